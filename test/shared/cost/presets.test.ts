import { describe, expect, it } from 'vitest';
import { hourlyRatesOf } from '#shared/cost/hourly-rates.ts';
import { NEWEST_TABLE, PRESET_PRODUCTS, PRESET_TABLES, PRESET_TIERS, presetPrice } from '#shared/cost/presets.ts';
import { DEFAULT_COST_BOOK } from '#shared/cost/default-cost-book.ts';
import type { CostBookRevision } from '#shared/model/cost-book.ts';

const [assumed] = DEFAULT_COST_BOOK.revisions;

function revisionOf(hardware: CostBookRevision['hardware']): CostBookRevision {
  return { ...assumed!, hardware };
}

describe('presets', () => {
  it('are assumptions with the table, the tier and the day they were true', () => {
    for (const table of PRESET_TABLES)
      for (const { sku } of PRESET_PRODUCTS)
        for (const tier of PRESET_TIERS) {
          const price = presetPrice(table, sku, tier);
          if (price === null) continue;
          expect(price.provenance).toMatchObject({ quality: 'assumed', asOf: table.asOf });
          expect(price.provenance.note).toContain(table.name);
        }
  });

  it.each([
    ['NVIDIA GB200', 2.26],
    ['NVIDIA B200', 2.07],
    ['NVIDIA H100 80GB HBM3', 1.55],
  ])('price the product that the driver calls %s', (sku, usdPerGpuHour) => {
    const hardware = PRESET_PRODUCTS.flatMap((product) => presetPrice(NEWEST_TABLE, product.sku, 'neocloud') ?? []);
    expect(hourlyRatesOf(revisionOf(hardware), sku)?.capital).toBe(usdPerGpuHour);
  });

  it('have no price for a product that no table knows, rather than an invented one', () => {
    for (const table of PRESET_TABLES) expect(presetPrice(table, 'RTX PRO 6000', 'neocloud')).toBeNull();
  });
});

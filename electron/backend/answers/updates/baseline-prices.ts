import type { Store } from '#backend/store/store.ts';
import type { FingerprintChange } from '#shared/cost/savings/fingerprint-change.ts';
import { hourlyRatesOf, revisionAt, totalRateOf } from '#shared/cost/hourly-rates.ts';
import { placesNamedBy, type GpuPlace } from '#shared/cost/matching-price.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { CostBook, CostBookRevision } from '#shared/model/cost-book.ts';
import type { FigureInput } from '#shared/model/figure.ts';
import type { TokenWeights } from '#shared/model/token-basis.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { usdPerGpuHour, type UsdPerGpuHour } from '#shared/units/quantities.ts';

/** Prices and weights of the moment before a change: held on both sides, so that a new price is no saving. */
export type BaselinePrices = { readonly revision: CostBookRevision; readonly weights: TokenWeights };

export function baselinePrices(book: CostBook, { firstAt, deployment }: FingerprintChange): BaselinePrices {
  const revision = revisionAt(book, epochMs(firstAt - 1));
  if (revision === null) throw new Error('a cost book has at least one revision');
  const own = revision.modelWeights.find(({ model }) => model === deployment.model);
  return { revision, weights: own?.weights ?? revision.weights };
}

/** What a freed GPU-hour is worth: all that does not move with load, over the products that did the work. */
export type FixedRate = { readonly usdPerGpuHour: UsdPerGpuHour | null; readonly inputs: readonly FigureInput[] };

type Work = {
  readonly scope: { readonly model: string; readonly pool?: string | null };
  /** The time whose GPU time the rate is weighed by. */
  readonly window: TimeRange;
};

/**
 * fixed rate [USD/GPU-h] = sum over products and places of share of GPU time x (capital + facility + network + operations)
 *
 * Null where any of the GPUs has no price: the rest would not be the rate.
 */
export async function fixedRateOf(store: Store, { revision }: BaselinePrices, work: Work): Promise<FixedRate> {
  const places = placesNamedBy(revision);
  const rows = await store.gpuFacts({
    ...work,
    by: ['sku', ...places],
    stepSeconds: null,
    columns: ['observedSeconds'],
  });
  const all = sumOf(rows, (row) => row.sums.observedSeconds ?? 0);
  const lines = rows.map(({ by: [sku, ...where], sums }) => {
    const place = Object.fromEntries(places.map((name, index) => [name, where[index] ?? null])) as GpuPlace;
    const rates = hourlyRatesOf(revision, sku ?? '', place);
    return {
      label: [sku, ...where.filter((name) => name !== null)].join(', '),
      share: (sums.observedSeconds ?? 0) / all,
      rates,
    };
  });
  const isPriced = all > 0 && lines.every(({ rates }) => rates !== null);
  const since = formatInstant(revision.from, 'UTC', 'date');
  return {
    usdPerGpuHour: isPriced
      ? usdPerGpuHour(sumOf(lines, ({ share, rates }) => (rates === null ? 0 : share * totalRateOf(rates))))
      : null,
    inputs: lines.map(({ label, share, rates }) => ({
      label: `Fixed rate of ${label}${lines.length === 1 ? '' : `, ${(share * 100).toFixed(1)} % of GPU time`}`,
      value: rates === null ? null : totalRateOf(rates),
      unit: 'USD/GPU-h',
      source: rates === null ? 'the cost book has no price' : `cost book of ${since}: ${rates.price.provenance.note}`,
      quality: rates?.price.provenance.quality ?? 'assumed',
    })),
  };
}

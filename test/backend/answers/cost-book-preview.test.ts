import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { CallInput } from '#shared/contract/backend-api.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import type { CostBookPreview, PreviewedFigures } from '#shared/contract/cost-book-preview-schema.ts';
import type { CostBook, CostBookRevision } from '#shared/model/cost-book.ts';
import { hour, NOW, SMALL_BOOK, SMALL_FLEET, WINDOW } from '../../golden/small-fleet.ts';
import { ask, clientOver } from './ask.ts';

async function clientOf(book: CostBook = SMALL_BOOK): Promise<BackendClient> {
  const store = createMemoryStore();
  await store.append(SMALL_FLEET);
  return clientOver({ store, book, now: NOW });
}

async function previewOf(
  change: (revision: CostBookRevision) => CostBookRevision,
  asked: Partial<CallInput['previewCostBook']> = {},
): Promise<CostBookPreview> {
  const revisions = SMALL_BOOK.revisions.map(change);
  return await ask(await clientOf(), 'previewCostBook', { window: WINDOW, ...asked, revisions });
}

function partOf(figures: PreviewedFigures, key: string): number {
  return figures.loaded.parts.find((part) => part.key === key)?.value ?? Number.NaN;
}

const doubledTariff = (revision: CostBookRevision): CostBookRevision => ({
  ...revision,
  energy: { ...revision.energy, usdPerKilowattHour: revision.energy.usdPerKilowattHour * 2 },
});

describe('a preview of a cost book', () => {
  it('gives equal figures for equal books, those of the overview', async () => {
    const preview = await previewOf((revision) => revision);
    expect(preview.range.draft).toEqual(preview.range.inForce);
    expect(preview.day.draft).toEqual(preview.day.inForce);
    const { range } = await ask(await clientOf(), 'overview', { window: WINDOW });
    expect(preview.range.inForce.loaded).toEqual(range.cost);
    expect(preview.range.inForce.serving).toEqual(range.servingCost);
    expect(preview.range.inForce.marginal).toEqual(range.marginalCost);
    expect(preview).toMatchObject({ trouble: null, warnings: [] });
  });

  it('doubles the energy part, and no other, when the tariff is doubled', async () => {
    const { draft, inForce } = (await previewOf(doubledTariff)).range;
    expect(partOf(draft, 'energy')).toBeCloseTo(2 * partOf(inForce, 'energy'), 12);
    expect(partOf(draft, 'energy')).toBeGreaterThan(0);
    expect(draft.marginal.value).toBeCloseTo(2 * inForce.marginal.value!, 12);
    for (const key of ['capital', 'facility', 'network-operations'])
      expect(partOf(draft, key)).toBe(partOf(inForce, key));
  });

  it('adds the parts of each book to its loaded cost', async () => {
    const { draft, inForce } = (await previewOf(doubledTariff)).range;
    for (const { loaded } of [draft, inForce]) {
      const added = loaded.parts.reduce((total, part) => total + part.value, 0);
      expect(added).toBeCloseTo(loaded.value!, 12);
    }
  });

  it('takes a month at the pace of the window: 78.24 USD in four hours', async () => {
    const { month, spend } = (await previewOf((revision) => revision)).range.inForce;
    expect(spend.value).toBeCloseTo(78.24, 2);
    expect(month.value).toBeCloseTo((spend.value! / 4) * 730, 9);
    expect(month.unit).toBe('USD');
    expect(month.parts.reduce((total, part) => total + part.value, 0)).toBeCloseTo(month.value!, 9);
  });

  it('shows what each product comes to in both books, and nothing where a price is gone', async () => {
    const { rates, range, warnings } = await previewOf((revision) => ({
      ...revision,
      hardware: revision.hardware
        .filter((price) => price.sku !== 'B200')
        .map((price) => ({ ...price, networkUsdPerGpuHour: price.networkUsdPerGpuHour + 1 })),
    }));
    expect(rates).toMatchObject([
      {
        sku: 'NVIDIA H100 80GB HBM3',
        gpus: 4,
        sites: ['site-1'],
        draft: 4,
        inForce: 3,
        draftPrice: 0,
        draftRate: { value: 4 },
      },
      {
        sku: 'NVIDIA B200',
        gpus: 2,
        sites: ['site-1'],
        draft: null,
        inForce: 5,
        draftPrice: null,
        draftRate: { absence: 'no-price' },
      },
    ]);
    expect(range.draft.loaded).toMatchObject({ value: null, absence: 'no-price' });
    expect(range.inForce.loaded.value).toBeGreaterThan(0);
    expect(warnings.join(' ')).toContain('No price for NVIDIA B200 (2 GPUs)');
  });

  it('prices each piece of the window with the revision that begins in it, in whatever order they come', async () => {
    const [first, second] = SMALL_BOOK.revisions;
    const later: CostBookRevision = { ...doubledTariff(second!), from: hour(3) };
    const client = await clientOf();
    const ask1 = { window: { from: hour(3), to: hour(4) }, revisions: [later, second!, first!] };
    const { draft, inForce } = (await ask(client, 'previewCostBook', ask1)).range;
    expect(draft.marginal.value).toBeCloseTo(2 * inForce.marginal.value!, 12);
    const before = { ...ask1, window: { from: hour(2), to: hour(3) } };
    const unchanged = (await ask(client, 'previewCostBook', before)).range;
    expect(unchanged.draft.marginal.value).toBe(unchanged.inForce.marginal.value);
  });

  it('says why a draft could not be saved, warns of what is unlikely, and stores nothing', async () => {
    const client = await clientOf();
    const [first] = SMALL_BOOK.revisions;
    const repeated = { ...first!, hardware: [...first!.hardware, ...first!.hardware] };
    const far = { ...repeated, energy: { ...repeated.energy, pue: 3 } };
    const preview = await ask(client, 'previewCostBook', { window: WINDOW, revisions: [far] });
    expect(preview.trouble).toContain('two prices');
    expect(preview.warnings.join(' ')).toContain('PUE is 3');
    expect((await ask(client, 'costBook', {})).book).toEqual(SMALL_BOOK);
  });
});

describe('the rates of the cost book', () => {
  it('list each product with the price that matched, and why', async () => {
    const { rates, known } = await ask(await clientOf(), 'costBook', {});
    expect(rates.map(({ sku, gpus, usdPerGpuHour }) => [sku, gpus, usdPerGpuHour])).toEqual([
      ['NVIDIA H100 80GB HBM3', 4, 3],
      ['NVIDIA B200', 2, 5],
    ]);
    expect(rates[0]!.matched).toMatchObject({ sku: 'H100', where: {} });
    expect(rates[0]!.matched!.why).toContain('H100');
    expect(known).toMatchObject({ sites: ['site-1'], racks: ['rack-1', 'rack-2'], pools: ['prod'] });
    expect(known.models).toEqual(['llama', 'qwen']);
  });
});

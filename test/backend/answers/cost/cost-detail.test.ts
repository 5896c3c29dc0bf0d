import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { FactBatch, Store } from '#backend/store/store.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import type { CallInput } from '#shared/contract/backend-api.ts';
import { ASKED_KINDS } from '#shared/contract/cost-schema.ts';
import type { CostBook, ServiceLevel, TokenPrice } from '#shared/model/cost-book.ts';
import { SERVICE_LEVEL_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import { at, createRandom, latencyFact, SPANS } from '../../store/store-facts.ts';
import { ask, clientOver } from '../ask.ts';
import { randomBook, randomFleet, SPAN_SECONDS } from '../random-fleet.ts';

const WINDOW = { from: at(0), to: at(SPAN_SECONDS) };
const NOW = at(SPAN_SECONDS + 5);
const PROVENANCE = { quality: 'entered', note: 'seeded', asOf: null } as const;

function clientOf(batch: FactBatch, book: CostBook): BackendClient {
  const store: Store = createMemoryStore();
  void store.append(batch);
  return clientOver({ store, book, now: NOW });
}

/** The same fleet with prefill and decode of one model apart. */
function disaggregated(batch: FactBatch): FactBatch {
  const roles = { 'span-0': 'prefill', 'span-1': 'prefill', 'span-2': 'decode' } as const;
  return {
    ...batch,
    engineSpans: SPANS.map((span) => ({ ...span, role: roles[span.key as keyof typeof roles] ?? null })),
  };
}

function withBook(book: CostBook, changes: Partial<CostBook['revisions'][number]>): CostBook {
  return { revisions: book.revisions.map((revision) => ({ ...revision, ...changes })) };
}

const SCOPES: readonly NonNullable<CallInput['costDetail']['scope']>[] = [
  {},
  { rack: 'rack-1' },
  { model: 'llama' },
  { tenant: 'team-a' },
];

describe.each([1, 2, 3, 5])('the detail of a cost, seed %i', (seed) => {
  const random = createRandom(seed);
  const batch = randomFleet(random);
  const book = randomBook(random);
  const fleets = { together: clientOf(batch, book), apart: clientOf(disaggregated(batch), book) };

  it('classes of tokens add to the bill of every kind, also where prefill and decode are apart', async () => {
    for (const client of Object.values(fleets)) {
      for (const scope of SCOPES) {
        for (const kind of ASKED_KINDS) {
          const { classes } = await ask(client, 'costDetail', { window: WINDOW, scope, kind });
          if (classes.bill.value === null) continue;
          const added = classes.rows.reduce((sum, row) => sum + (row.cost.value ?? 0), 0);
          expect(added).toBeCloseTo(classes.bill.value, 9);
        }
      }
    }
  });

  it('the bill of a prefill pool is in the input, that of a decode pool in the output', async () => {
    const { classes } = await ask(fleets.apart, 'costDetail', { window: WINDOW });
    const pool = classes.pools.find(({ model }) => model === 'llama')!;
    const costOf = (key: string) => classes.rows.find((row) => row.key === key)!.cost.value!;
    expect(pool.prefill.value).toBeGreaterThan(0);
    expect(costOf('output')).toBeGreaterThanOrEqual(pool.decode.value!);
    expect(costOf('uncached-input') + costOf('cached-input')).toBeGreaterThanOrEqual(pool.prefill.value!);
  });

  it('every line of the reconciliation closes', async () => {
    for (const client of Object.values(fleets)) {
      for (const scope of SCOPES) {
        const { lines } = await ask(client, 'reconciliation', { window: WINDOW, scope });
        expect(lines.length).toBeGreaterThan(15);
        for (const line of lines) {
          expect(line.closes, `${line.label} of ${JSON.stringify(scope)}: ${line.difference}`).toBe(true);
          expect(line.whole).not.toBeNull();
        }
      }
    }
  });

  it('revenue is tokens by class at their list prices, and is not known while a model has none', async () => {
    const price = { uncachedInput: 1, cachedInput: 0.1, output: 5, provenance: PROVENANCE };
    const priced = (models: readonly string[]): BackendClient =>
      clientOf(batch, withBook(book, { tokenPrices: models.map((model): TokenPrice => ({ ...price, model })) }));
    const half = await ask(priced(['llama']), 'costDetail', { window: WINDOW });
    expect(half.earnings.revenue).toMatchObject({ value: null, absence: 'no-price' });
    expect(half.earnings.missing.join()).toContain('qwen');
    const whole = await ask(priced(['*']), 'costDetail', { window: WINDOW });
    const { earnings, classes, spend } = whole;
    const countOf = (key: string) => classes.rows.find((row) => row.key === key)!.tokens ?? 0;
    const expected = (countOf('uncached-input') + 0.1 * countOf('cached-input') + 5 * countOf('output')) / 1e6;
    expect(earnings.revenue.value).toBeCloseTo(expected, 9);
    expect(earnings.margin.value).toBeCloseTo(1 - spend.value! / expected, 9);
    expect(earnings.multiple.value).toBeCloseTo(expected / spend.value!, 9);
    expect(earnings.returnOnCost.value).toBeCloseTo((expected - spend.value!) / spend.value!, 9);
  });

  it('tokens per second and megawatt are tokens per joule in the same boundary, and boundaries widen', async () => {
    const { energy } = await ask(fleets.together, 'costDetail', { window: WINDOW });
    for (const { tokensPerJoule, perMegawatt } of energy.rows) {
      if (tokensPerJoule.value === null) continue;
      expect(perMegawatt.value).toBeCloseTo(tokensPerJoule.value * 1e6, 6);
    }
    const [, it_, facility] = energy.rows.map((row) => row.tokensPerJoule.value!);
    expect(facility).toBeLessThanOrEqual(it_! * (1 + 1e-12));
    expect(energy.rows.map(({ boundary }) => boundary)).toEqual(['board', 'it', 'facility', 'provisioned']);
  });
});

describe('the cost of tokens within the latency targets', () => {
  const random = createRandom(4);
  const bins = (engineSpan: string, measure: 'ttft' | 'interToken', counts: readonly [number, number][]) =>
    counts.map(([upperBoundSeconds, count]) =>
      latencyFact({ engineSpan, measure, start: at(0), seconds: 60, upperBoundSeconds, count }),
    );
  const batch: FactBatch = {
    ...randomFleet(random),
    latencyFacts: ['span-0', 'span-3'].flatMap((span) => [
      ...bins(span, 'ttft', [
        [0.5, 90],
        [1, 10],
      ]),
      ...bins(span, 'interToken', [
        [0.05, 800],
        [0.1, 200],
      ]),
    ]),
  };
  const book = randomBook(random);
  const level = (changes: Partial<ServiceLevel>): ServiceLevel => ({
    ...SERVICE_LEVEL_DEFAULTS,
    model: '*',
    ...changes,
  });
  const goodputOf = async (levels: readonly ServiceLevel[]) =>
    (await ask(clientOf(batch, withBook(book, { serviceLevels: levels })), 'costDetail', { window: WINDOW })).goodput;

  it('is a range between what both shares allow, and an estimate inside it', async () => {
    const goodput = await goodputOf([level({ ttftSeconds: 0.5, interTokenSeconds: 0.05 })]);
    expect(goodput.missing).toEqual([]);
    for (const model of goodput.models) {
      expect(model.ttft.value).toBeCloseTo(0.9, 12);
      expect(model.interToken.value).toBeCloseTo(0.8, 12);
      expect(model.good.value).toBeCloseTo(0.72, 12);
      expect(model.goodRange!.least).toBeCloseTo(0.7, 12);
      expect(model.goodRange!.most).toBeCloseTo(0.8, 12);
    }
    const { value } = goodput.cost;
    expect(goodput.range!.least.value).toBeLessThanOrEqual(value!);
    expect(goodput.range!.most.value).toBeGreaterThanOrEqual(value!);
    const { cost } = await ask(clientOf(batch, book), 'costDetail', { window: WINDOW });
    expect(value).toBeCloseTo(cost.loaded.figure.value! / 0.72, 9);
  });

  it('one target alone is a share that is known', async () => {
    const goodput = await goodputOf([level({ ttftSeconds: 0.5, interTokenSeconds: null })]);
    expect(goodput.range!.least.value).toBe(goodput.range!.most.value);
    expect(goodput.models[0]!.good.value).toBeCloseTo(0.9, 12);
  });

  it('says what to enter where no target is set, and what to switch on where no latency is told', async () => {
    const none = await goodputOf([]);
    expect(none.cost).toMatchObject({ value: null, absence: 'no-latency' });
    expect(none.missing.join()).toContain('service levels');
    const client = clientOf(
      { ...batch, latencyFacts: [] },
      withBook(book, { serviceLevels: [level({ ttftSeconds: 1, interTokenSeconds: null })] }),
    );
    const { goodput } = await ask(client, 'costDetail', { window: WINDOW });
    expect(goodput.missing.join()).toContain('latency histograms');
  });
});

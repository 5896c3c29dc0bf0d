import { describe, expect, it } from 'vitest';
import { costOfKind, IDLE_STATES, WORKING_STATES } from '#shared/cost/cost-per-million-tokens.ts';
import { addCosts, costOf, NO_COST, priceUsage, type GpuUsage } from '#shared/cost/price-usage.ts';
import { SAMPLE_COST_BOOK } from '#shared/cost/sample-cost-book.ts';
import { tokenClassesOf, tokensIn } from '#shared/cost/token-count.ts';
import { COST_CATEGORIES } from '#shared/model/cost-book.ts';
import { GPU_STATES } from '#shared/model/gpu-state.ts';
import { METER_BOUNDARIES } from '#shared/model/power-boundary.ts';
import { TOKEN_BASES } from '#shared/model/token-basis.ts';
import { createRandom } from '../../backend/store/store-facts.ts';

const REVISION = SAMPLE_COST_BOOK.revisions[0]!;
const BOUNDARIES = ['board', ...METER_BOUNDARIES] as const;

function randomUsage(seed: number): GpuUsage[] {
  const random = createRandom(seed);
  return Array.from({ length: 60 }, () => ({
    sku: random.pick(['NVIDIA B200', 'NVIDIA GB200', 'NVIDIA H100']),
    state: random.pick(GPU_STATES),
    gpuSeconds: random.next() * 1e6,
    energyJoules: random.below(5) === 0 ? null : random.next() * 1e9,
    boundary: random.pick(BOUNDARIES),
  }));
}

describe.each([1, 2, 3])('pricing, seed %i', (seed) => {
  const usage = randomUsage(seed);
  const { cost } = priceUsage(usage, REVISION);

  it('adds over categories, over states and over pieces of usage', () => {
    const whole = costOf(cost);
    const byCategory = COST_CATEGORIES.map((category) => costOf(cost, GPU_STATES, [category]));
    const byState = GPU_STATES.map((state) => costOf(cost, [state]));
    for (const parts of [byCategory, byState]) expect(parts.reduce((a, b) => a + b, 0) / whole).toBeCloseTo(1, 12);
    const pieces = usage.map((item) => priceUsage([item], REVISION).cost);
    expect(costOf(addCosts(pieces)) / whole).toBeCloseTo(1, 12);
    expect(costOf(addCosts(pieces.toReversed()))).toBe(costOf(addCosts(pieces)));
  });

  it('has loaded = working + idle + away, and energy within it', () => {
    const away = costOf(cost, ['unhealthy', 'unobserved']);
    const sum = costOf(cost, WORKING_STATES) + costOf(cost, IDLE_STATES) + away;
    expect(sum / costOfKind('loaded', cost)).toBeCloseTo(1, 12);
    expect(costOfKind('serving', cost)).toBeLessThan(costOfKind('loaded', cost));
    expect(costOfKind('marginal', cost)).toBeLessThan(costOfKind('loaded', cost));
  });

  it('leaves a product without a price out of the table and names it, once', () => {
    const stranger: GpuUsage = {
      sku: 'NVIDIA L40S',
      state: 'serving',
      gpuSeconds: 1e9,
      energyJoules: 1e12,
      boundary: 'board',
    };
    const priced = priceUsage([...usage, stranger, stranger], REVISION);
    expect(priced.unpricedSkus).toEqual(['NVIDIA L40S']);
    expect(costOf(priced.cost)).toBe(costOf(cost));
  });
});

it('costs nothing where nothing was owned', () => {
  expect(costOf(NO_COST)).toBe(0);
});

describe('tokens', () => {
  const counts = { input: 100, cached: 40, output: 7 };
  const weights = { input: 1, cached: 0.1, output: 5 };

  it('of each basis are its classes added', () => {
    for (const basis of TOKEN_BASES) {
      const classes = tokenClassesOf(basis, counts, weights);
      expect(tokensIn(basis, counts, weights)).toBe(classes.output + classes.uncachedInput + classes.cachedInput);
    }
    expect(tokensIn('output', counts, weights)).toBe(7);
    expect(tokensIn('total', counts, weights)).toBe(107);
    expect(tokensIn('billed', counts, weights)).toBe(60 + 4 + 35);
  });

  it('count unknown cached as uncached, and never more cached than input', () => {
    expect(tokensIn('billed', { ...counts, cached: null }, weights)).toBe(135);
    expect(tokenClassesOf('billed', { ...counts, cached: 500 }, weights).uncachedInput).toBe(0);
  });

  it('stay exact beside 2^53 (fault R04)', () => {
    expect(tokensIn('total', { input: 2 ** 53 - 2, cached: 1, output: 1 }, weights)).toBe(2 ** 53 - 1);
  });
});

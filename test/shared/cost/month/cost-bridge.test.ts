import { describe, expect, it } from 'vitest';
import { costBridge } from '#shared/cost/month/cost-bridge.ts';
import { loadedShares } from '#shared/cost/month/loaded-shares.ts';
import { moverEffects } from '#shared/cost/month/mover-effects.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { ChargeRow } from '#shared/model/charge-row.ts';
import { epochMs } from '#shared/time/instant.ts';

const DAY = { from: epochMs(0), to: epochMs(86_400_000) };

function row(draft: Partial<ChargeRow> & { readonly quantity: number; readonly unitPrice: number }): ChargeRow {
  return {
    day: '1970-01-01',
    period: DAY,
    site: null,
    pool: 'prod',
    model: null,
    tenant: null,
    version: null,
    use: 'serving',
    component: 'capital',
    product: 'H100',
    skuId: 'sku:h100:capital',
    skuPriceId: 'sku:h100:capital:first',
    engineKind: null,
    tariffPeriod: null,
    unit: 'GPU-h',
    cost: draft.quantity * draft.unitPrice,
    gpuHours: draft.quantity,
    kilowattHours: null,
    itKilowattHours: null,
    isMetered: null,
    tokens: null,
    requests: null,
    coverage: { observedSeconds: 1, expectedSeconds: 1 },
    commitment: null,
    priceVersion: epochMs(0),
    ...draft,
  };
}

const served = (model: string, gpuHours: number, price: number, tokens: number): ChargeRow =>
  row({ model, quantity: gpuHours, unitPrice: price, tokens: { input: tokens, cached: null, output: 0 } });

const idle = (gpuHours: number, price: number): ChargeRow => row({ use: 'idle', quantity: gpuHours, unitPrice: price });

function stepsOf(before: readonly ChargeRow[], after: readonly ChargeRow[], lengthRatio = 1): Record<string, number> {
  return Object.fromEntries((costBridge({ before, after, lengthRatio }) ?? []).map(({ key, usd }) => [key, usd]));
}

describe('the bridge of a cost', () => {
  it('names tokens, prices, efficiency and idle apart, by hand', () => {
    // Before: 100 GPU-h at 2 for 1,000 tokens, 50 idle: 300 USD. After: 90 GPU-h at 3 for 1,200 tokens, 60 idle: 450 USD.
    const steps = stepsOf([served('a', 100, 2, 1000), idle(50, 2)], [served('a', 90, 3, 1200), idle(60, 3)]);
    expect(steps['length']).toBe(0);
    expect(steps['rate']).toBeCloseTo(150, 10); // (3 - 2) x 150 GPU-h
    expect(steps['volume']).toBeCloseTo(40, 10); // 200 x (1200/1000 - 1)
    expect(steps['mix']).toBeCloseTo(0, 10);
    expect(steps['efficiency']).toBeCloseTo(-60, 10); // 90 x 2 - 200 - 40
    expect(steps['idle']).toBeCloseTo(20, 10); // 10 more GPU-h at 2
    expect(sumOf(Object.values(steps), (usd) => usd)).toBeCloseTo(150, 10);
  });

  it('calls dearer models mix, not efficiency', () => {
    // a costs 0.1 a token, b 0.3: 1,000 tokens move from a to b at unchanged prices per token.
    const before = [served('a', 100, 1, 1000), served('b', 300, 1, 1000)];
    const steps = stepsOf(before, [served('b', 600, 1, 2000)]);
    expect(steps['volume']).toBeCloseTo(0, 10);
    expect(steps['mix']).toBeCloseTo(200, 10);
    expect(steps['efficiency']).toBeCloseTo(0, 10);
  });

  it('takes a longer month first', () => {
    const steps = stepsOf([served('a', 100, 2, 1000)], [served('a', 110, 2, 1100)], 1.1);
    expect(steps).toMatchObject({ length: expect.closeTo(20, 10), volume: expect.closeTo(0, 10) });
  });

  it('is one step of serving where a side has no tokens', () => {
    const steps = stepsOf([idle(10, 2)], [served('a', 5, 2, 100), idle(5, 2)]);
    expect(steps).toMatchObject({ serving: 10, idle: -10 });
    expect(steps['volume']).toBeUndefined();
  });

  it('is none where a price is not known', () => {
    expect(costBridge({ before: [{ ...idle(1, 2), cost: null }], after: [idle(1, 2)], lengthRatio: 1 })).toBeNull();
  });
});

it('a mover divides into volume and unit cost; what is new changed by volume alone', () => {
  expect(moverEffects({ cost: 100, tokens: 1000 }, { cost: 180, tokens: 1500 })).toEqual({
    change: 80,
    volume: 50,
    unitCost: 30,
  });
  expect(moverEffects({ cost: 0, tokens: null }, { cost: 40, tokens: 7 })).toMatchObject({ volume: 40, unitCost: 0 });
  expect(moverEffects({ cost: 10, tokens: null }, { cost: 40, tokens: null })).toMatchObject({ volume: null });
});

it('loaded shares add to the total in proportion to what each cost', () => {
  expect(loadedShares([30, 10], 100)).toEqual([75, 25]);
  expect(loadedShares([0, 0], 100)).toEqual([null, null]);
});

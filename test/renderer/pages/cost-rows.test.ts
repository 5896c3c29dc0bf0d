import { describe, expect, it } from 'vitest';
import { costRows, type CostRowsInput } from '#renderer/pages/overview/cost-rows.ts';
import type { BreakdownRow, CostBreakdown } from '#shared/contract/backend-api.ts';
import { GPU_STATES, type GpuState } from '#shared/model/gpu-state.ts';
import { epochMs } from '#shared/time/instant.ts';

const noSeconds = Object.fromEntries(GPU_STATES.map((state) => [state, 0])) as Record<GpuState, number>;

function row(key: string, patch: Partial<BreakdownRow> = {}): BreakdownRow {
  return {
    key,
    label: key,
    group: 'member',
    gpus: 8,
    gpuSeconds: noSeconds,
    tokensPerSecond: 1000,
    cost: 0.1,
    servingCost: 0.08,
    marginalCost: 0.01,
    costBefore: 0.11,
    tokensPerJoule: 5,
    powerWatts: 8000,
    idleUsdPerHour: 1,
    spendUsdPerHour: 10,
    spendUsd: 240,
    coverage: { observedSeconds: 1, expectedSeconds: 1 },
    history: [],
    figures: null,
    ...patch,
  };
}

function breakdown(rows: readonly BreakdownRow[], total: Partial<BreakdownRow>, omitted = 0): CostBreakdown {
  return { window: { from: epochMs(0), to: epochMs(3_600_000) }, rows, total: row('fleet', total), omitted };
}

function shape(answer: CostBreakdown, patch: Partial<CostRowsInput> = {}) {
  return costRows({
    answer,
    by: 'model',
    scope: {},
    kind: 'loaded',
    sort: { key: 'spend', isDescending: true },
    ...patch,
  });
}

const keys = (shaped: ReturnType<typeof costRows>): readonly string[] => shaped.rows.map((one) => one.row.key);

describe('costRows', () => {
  it('rounds spend so that the rows add to the total as printed', () => {
    const third = 10 / 3;
    const rows = ['a', 'b', 'c'].map((key) => row(key, { spendUsdPerHour: third }));
    const shaped = shape(breakdown(rows, { spendUsdPerHour: 10 }));
    const sum = shaped.rows.reduce((total, one) => total + Number(one.spendText), 0);
    expect(sum.toFixed(2)).toBe(shaped.total.spendText);
  });

  it('does not force the rows to add where some are left out', () => {
    const shaped = shape(breakdown([row('a', { spendUsdPerHour: 3 })], { spendUsdPerHour: 10 }, 5));
    expect([shaped.rows[0]?.spendText, shaped.total.spendText]).toEqual(['3.00', '10.00']);
  });

  it('keeps what belongs to no member below the members, whatever the order', () => {
    const rows = [row('free', { group: 'free', spendUsdPerHour: 99 }), row('a', { spendUsdPerHour: 1 }), row('b')];
    expect(keys(shape(breakdown(rows, {})))).toEqual(['b', 'a', 'free']);
    expect(keys(shape(breakdown(rows, {}), { sort: { key: 'spend', isDescending: false } }))).toEqual([
      'a',
      'b',
      'free',
    ]);
  });

  it('puts the unknown last in either direction', () => {
    const rows = [row('a', { cost: null }), row('b', { cost: 0.2 }), row('c', { cost: 0.1 })];
    expect(keys(shape(breakdown(rows, {}), { sort: { key: 'cost', isDescending: true } }))).toEqual(['b', 'c', 'a']);
    expect(keys(shape(breakdown(rows, {}), { sort: { key: 'cost', isDescending: false } }))).toEqual(['c', 'b', 'a']);
  });

  it('orders names as people count', () => {
    const rows = ['node-10', 'node-9', 'node-1'].map((key) => row(key));
    expect(keys(shape(breakdown(rows, {}), { sort: { key: 'label', isDescending: false } }))).toEqual([
      'node-1',
      'node-9',
      'node-10',
    ]);
  });

  it('prints an unknown cost as a dash and a small one with three digits', () => {
    const shaped = shape(breakdown([row('a', { cost: null }), row('b', { cost: 0.067_64 })], {}));
    expect(shaped.rows.map((one) => one.costText).toSorted()).toEqual(['0.0676', '–']);
  });

  it('shows the chosen kind of cost', () => {
    expect(shape(breakdown([row('a')], {}), { kind: 'serving' }).rows[0]?.cost).toBe(0.08);
  });

  it('narrows the page to a member within its scope, and to no row that is none', () => {
    const shaped = shape(breakdown([row('a'), row('free', { group: 'free' })], {}), { scope: { node: 'n1' } });
    expect(shaped.rows.map((one) => one.scope)).toEqual([{ node: 'n1', model: 'a' }, null]);
  });

  it('scales bars by the longest of the column', () => {
    const shaped = shape(breakdown([row('a', { cost: 0.2 }), row('b', { cost: 0.1 })], { cost: 0.9 }));
    expect(shaped.rows.map((one) => one.costShare).toSorted((one, other) => one - other)).toEqual([0.5, 1]);
  });
});

import { describe, expect, it } from 'vitest';
import { barsOf, partsExport, rowsExport, stepBarsOf } from '#renderer/pages/compare/what-if-rows.ts';
import type { WhatIf } from '#shared/contract/what-if-schema.ts';

const side = (spend: number | null) => ({ spend: { value: spend }, cost: { value: 0.1 } });

const ANSWER = {
  parts: [
    { key: 'capital', label: 'Capital', was: 60, would: 30 },
    { key: 'idle', label: 'Idle', was: 40, would: 20 },
    { key: 'energy', label: 'Energy', was: 0, would: null },
  ],
  steps: [
    { label: 'Rent', change: { value: -30 } },
    { label: 'PUE', change: { value: 10 } },
    { label: 'Nothing', change: { value: null } },
  ],
  rows: [
    {
      key: 'kimi',
      label: 'kimi',
      was: { value: 100 },
      would: { value: null },
      costWas: { value: 0.2 },
      costWould: { value: null },
    },
  ],
  was: side(100),
  would: side(50),
} as unknown as WhatIf;

describe('the bars of a scenario', () => {
  it('share one scale, which the wider side fills', () => {
    expect(barsOf(ANSWER)).toEqual({
      was: [
        { key: 'capital', width: 0.6 },
        { key: 'idle', width: 0.4 },
      ],
      would: [
        { key: 'capital', width: 0.3 },
        { key: 'idle', width: 0.2 },
      ],
    });
    expect(barsOf({ ...ANSWER, parts: [] })).toEqual({ was: [], would: [] });
  });

  it('of levers begin at one zero and go both ways', () => {
    const { zero, bars } = stepBarsOf(ANSWER);
    expect(zero).toBeCloseTo(0.75, 12);
    expect(bars.map(({ left, width }) => [left, width])).toEqual([
      [0, 0.75],
      [0.75, 0.25],
      [0.75, 0],
    ]);
    expect(stepBarsOf({ ...ANSWER, steps: [] })).toEqual({ zero: 0, bars: [] });
  });
});

describe('exports of a scenario', () => {
  it('hold what is shown, with totals, and nothing where something is not known', () => {
    expect(partsExport(ANSWER).rows).toEqual([
      ['Capital', 60, 30, -30],
      ['Idle', 40, 20, -20],
      ['Energy', 0, null, null],
      ['Total', 100, 50, -50],
    ]);
    expect(rowsExport(ANSWER, 'billed').rows).toEqual([
      ['kimi', 100, null, null, 0.2, null],
      ['Total', 100, 50, -50, 0.1, 0.1],
    ]);
    expect(rowsExport(ANSWER, 'billed').columns.at(-1)).toEqual({
      head: 'Cost what if',
      unit: 'USD per million billed tokens',
    });
  });
});

import { describe, expect, it } from 'vitest';
import {
  editOf,
  editsFrom,
  editsTo,
  firstEdit,
  LEVERS,
  withEdit,
  withoutLever,
} from '#renderer/pages/compare/scenario-levers.ts';
import { scenarioSchema, type WhatIfBasis } from '#shared/contract/what-if-schema.ts';
import type { ScenarioEdit } from '#shared/model/scenario.ts';

const BASIS: WhatIfBasis = {
  usdPerKilowattHour: 0.08,
  pue: 1.25,
  weights: { input: 1, cached: 0.1, output: 5 },
  products: [{ sku: 'NVIDIA B200', gpuHours: 100, usdPerGpuHour: 2.123456 }],
  replacements: ['B200', 'GB200'],
};

const all = (): readonly ScenarioEdit[] =>
  LEVERS.reduce<readonly ScenarioEdit[]>((edits, lever) => withEdit(edits, firstEdit(lever, BASIS, 0.8)), []);

describe('the levers of a scenario', () => {
  it('begin at what is in force', () => {
    expect(firstEdit('electricity', BASIS, 0.8)).toEqual({ kind: 'tariff', usdPerKilowattHour: 0.08 });
    expect(firstEdit('busy', BASIS, 0.8)).toEqual({ kind: 'busy', share: 0.8 });
    expect(firstEdit('replace', BASIS, 0.8)).toMatchObject({ sku: 'NVIDIA B200', by: 'GB200', throughputRatio: null });
    expect(firstEdit('hardware', BASIS, null)).toMatchObject({ kind: 'rent', usdPerGpuHour: 2.123 });
  });

  it('hold one edit each, in their own order', () => {
    const edits = withEdit(withEdit([], { kind: 'weights', weights: BASIS.weights }), { kind: 'pue', pue: 1.5 });
    expect(edits.map(({ kind }) => kind)).toEqual(['pue', 'weights']);
    const other = withEdit(edits, { kind: 'pue', pue: 1.1 });
    expect(editOf(other, 'pue')).toEqual({ kind: 'pue', pue: 1.1 });
    expect(withoutLever(other, 'pue').map(({ kind }) => kind)).toEqual(['weights']);
    expect(editOf(edits, 'busy')).toBeNull();
  });

  it('are taken by the contract as they begin', () => {
    expect(scenarioSchema.safeParse({ edits: all() }).success).toBe(true);
  });

  it('go through an address and come back', () => {
    expect(editsFrom(editsTo(all()))).toEqual(all());
    expect(editsTo([])).toBeNull();
    for (const text of [null, '', '{', '[1]', '[{"kind":"pue","pue":99}]']) expect(editsFrom(text)).toEqual([]);
  });
});

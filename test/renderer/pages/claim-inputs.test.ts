import { describe, expect, it } from 'vitest';
import { inputsOf, withInput, withOwnFigures } from '#renderer/pages/compare/claim-inputs.ts';
import type { ComparedDeployment } from '#shared/contract/compare-schema.ts';
import type { ClaimArithmetic } from '#shared/model/reference-catalogue.ts';

const RATIO: ClaimArithmetic = {
  kind: 'per-megawatt',
  here: { tokensPerSecondPerGpu: 6000, kilowattsPerGpu: 2.1 },
  there: { tokensPerSecondPerGpu: 90, kilowattsPerGpu: 1.73 },
  note: 'a table',
};

const COST: ClaimArithmetic = {
  kind: 'throughput-for-cost',
  usdPerMillionTokens: 0.02,
  usdPerGpuHour: 1.95,
  note: 'of its time',
};

const own = (values: Readonly<Record<string, number | null>>) =>
  ({ own: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value }])) }) as ComparedDeployment;

const KNOWN = { totalPerGpu: 3000, efficiency: 2, rate: 2.5, cost: 0.2 };

describe('the inputs of a claim', () => {
  it('are named, with units, and say which side they are of', () => {
    expect(inputsOf(RATIO).map(({ path, label, unit }) => [path, label, unit])).toEqual([
      ['here.tokensPerSecondPerGpu', 'Throughput, here', 'tok/s/GPU'],
      ['here.kilowattsPerGpu', 'Power, here', 'kW/GPU'],
      ['there.tokensPerSecondPerGpu', 'Throughput, there', 'tok/s/GPU'],
      ['there.kilowattsPerGpu', 'Power, there', 'kW/GPU'],
    ]);
    expect(inputsOf(COST).every(({ value, min, max }) => value >= min && value <= max)).toBe(true);
  });

  it('change one at a time', () => {
    expect(withInput(RATIO, 'there.kilowattsPerGpu', 1.37)).toEqual({
      ...RATIO,
      there: { tokensPerSecondPerGpu: 90, kilowattsPerGpu: 1.37 },
    });
    expect(withInput(COST, 'usdPerGpuHour', 3)).toEqual({ ...COST, usdPerGpuHour: 3 });
  });

  it('take the figures of a deployment: its power per GPU is throughput / efficiency', () => {
    expect(withOwnFigures(RATIO, own(KNOWN))).toEqual({
      ...RATIO,
      here: { tokensPerSecondPerGpu: 3000, kilowattsPerGpu: 1.5 },
    });
    expect(withOwnFigures(COST, own(KNOWN))).toEqual({ ...COST, usdPerGpuHour: 2.5, usdPerMillionTokens: 0.2 });
  });

  it('take none where one of them is not known', () => {
    expect(withOwnFigures(RATIO, own({ ...KNOWN, efficiency: null }))).toBeNull();
    expect(withOwnFigures(COST, own({ ...KNOWN, rate: null }))).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { powerRatioOf, throughputRatioOf } from '#shared/cost/reference/throughput-ratio.ts';
import type { BenchmarkFront, ReferenceCatalogue } from '#shared/model/reference-catalogue.ts';

const front = (gpu: string, points: readonly (readonly [number, number])[], more: Partial<BenchmarkFront> = {}) => ({
  model: 'DeepSeek-R1',
  source: 'runs',
  gpu,
  precision: 'fp8',
  speculation: 'none',
  inputTokens: 1024,
  outputTokens: 1024,
  points: points.map(([interactivity, totalPerGpu]) => ({
    interactivity,
    totalPerGpu,
    engine: 'SGLang',
    isDisaggregated: false,
    date: '2026-05-22',
  })),
  ...more,
});

const catalogueOf = (fronts: readonly BenchmarkFront[]): ReferenceCatalogue => ({
  version: 'test',
  asOf: '2026-08-14',
  sources: {},
  models: [],
  tiers: [],
  power: [{ source: 'runs', from: '2026-01-01', boundary: 'provisioned', kilowattsPerGpu: { H100: 1.37, B200: 1.71 } }],
  tdpWatts: {},
  fronts,
  latencyLimits: [],
  submissions: [],
  gains: [],
  claims: [],
});

const OLD = front('H100', [
  [20, 400],
  [60, 200],
]);
const NEW = front('B200', [
  [40, 1800],
  [100, 600],
]);
const asked = { from: 'NVIDIA H100 80GB HBM3', to: 'B200', interactivity: 50 };

describe('the throughput of one product over that of another', () => {
  it('is read at the interactivity that is asked for', () => {
    // 250 of the old and 1,600 of the new at 50 tok/s per user
    expect(throughputRatioOf(catalogueOf([OLD, NEW]), asked)!.ratio).toBeCloseTo(6.4, 9);
  });

  it('is read at the slowest that both were measured at where that is beyond it, or not known', () => {
    for (const interactivity of [null, 10, 90]) {
      const found = throughputRatioOf(catalogueOf([OLD, NEW]), { ...asked, interactivity })!;
      expect(found.pairs[0]!.interactivity).toBe(40);
    }
  });

  it('is a geometric mean over recipes, of the same precision where there is one', () => {
    const long = { inputTokens: 8192 };
    const slower = front('B200', [[50, 500]], long);
    const catalogue = catalogueOf([OLD, NEW, { ...OLD, ...long }, slower, { ...NEW, precision: 'fp4' }]);
    const found = throughputRatioOf(catalogue, asked)!;
    expect(found.pairs.map((pair) => pair.ratio)).toEqual([expect.closeTo(6.4, 9), expect.closeTo(2, 9)]);
    expect(found.ratio).toBeCloseTo(Math.sqrt(12.8), 9);
    const other = throughputRatioOf(catalogueOf([OLD, { ...NEW, precision: 'fp4' }]), asked)!;
    expect(other.ratio).toBeCloseTo(6.4, 9);
  });

  it('is not known without a shared recipe or interactivity', () => {
    expect(throughputRatioOf(catalogueOf([OLD, { ...NEW, speculation: 'mtp' }]), asked)).toBeNull();
    expect(throughputRatioOf(catalogueOf([OLD, front('B200', [[90, 600]])]), asked)).toBeNull();
    expect(throughputRatioOf(catalogueOf([OLD]), asked)).toBeNull();
  });

  it('has the ratio of provisioned power beside it', () => {
    const day = '2026-09-01';
    expect(powerRatioOf(catalogueOf([]), { from: 'NVIDIA H100', to: 'B200', day })).toBeCloseTo(1.71 / 1.37, 12);
    expect(powerRatioOf(catalogueOf([]), { from: 'NVIDIA L4', to: 'B200', day })).toBeNull();
  });
});

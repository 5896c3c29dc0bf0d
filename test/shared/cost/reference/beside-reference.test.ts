import { describe, expect, it } from 'vitest';
import { besideReference, type OwnPoint } from '#shared/cost/reference/beside-reference.ts';
import { besideSubmissions, gainsOn } from '#shared/cost/reference/beside-submissions.ts';
import { reasonText, type NotComparable } from '#shared/cost/reference/not-comparable.ts';
import { referenceModel } from '#shared/cost/reference/reference-tables.ts';
import type { BenchmarkFront, ReferenceCatalogue } from '#shared/model/reference-catalogue.ts';
import { usdPerGpuHour } from '#shared/units/quantities.ts';

const run = (interactivity: number, totalPerGpu: number) => ({
  interactivity,
  totalPerGpu,
  engine: 'SGLang',
  isDisaggregated: false,
  date: '2026-05-22',
});

const FRONT: BenchmarkFront = {
  model: 'DeepSeek-R1',
  source: 'results',
  gpu: 'B200',
  precision: 'fp8',
  speculation: 'none',
  inputTokens: 1024,
  outputTokens: 1024,
  points: [run(20, 3000), run(60, 1000)],
};

const CATALOGUE: ReferenceCatalogue = {
  version: 'test',
  asOf: '2026-08-14',
  sources: { results: { title: 'results', where: 'here', date: '2026-06' } },
  models: [
    { name: 'DeepSeek-R1', alsoCalled: ['DeepSeek-R1-0528'] },
    { name: 'Llama-2-70B', alsoCalled: ['Llama2-70B'] },
  ],
  tiers: [
    {
      source: 'results',
      from: '2026-08-14',
      note: 'as published',
      usdPerGpuHour: { B200: { hyperscaler: 1.8, neocloud: 2, rental: 2.6 } },
    },
  ],
  power: [],
  tdpWatts: {},
  fronts: [FRONT, { ...FRONT, gpu: 'GB200' }, { ...FRONT, precision: 'fp4' }],
  latencyLimits: [
    { source: 'results', model: 'DeepSeek-R1', scenario: 'server', ttftP99Seconds: 2, tpotP99Seconds: 0.08 },
  ],
  submissions: [
    {
      source: 'results',
      round: '6.0',
      resultId: '6.0-1',
      submitter: 'NVIDIA',
      model: 'DeepSeek-R1',
      scenario: 'server',
      gpu: 'B200',
      gpus: 8,
      outputTokensPerSecond: 40_000,
      precision: 'fp4',
      software: 'TensorRT-LLM',
      systemWatts: 10_000,
    },
  ],
  gains: [],
  claims: [],
};

/** Half as fast as the reference at 40 tok/s per user, which gives 2,000 there. */
const OWN: OwnPoint = {
  model: 'deepseek-ai/DeepSeek-R1-0528',
  skus: ['NVIDIA B200'],
  precision: 'fp8',
  speculation: 'none',
  interactivity: 40,
  lengths: { input: 1500, output: 800 },
  cachedShare: 0.01,
  totalPerGpu: 1000,
  usdPerGpuHour: usdPerGpuHour(3.6),
};

const beside = (own: Partial<OwnPoint>) =>
  besideReference({ ...OWN, ...own }, CATALOGUE, { day: '2026-09-01', tier: 'neocloud' });

describe('a deployment beside a reference', () => {
  it('is compared at its own interactivity, the gap divided into throughput and rate', () => {
    const [best] = beside({});
    expect(best!.notComparable).toEqual([]);
    expect(best!.referencePerGpu).toBeCloseTo(2000, 9);
    // 3.6 x 1e6 / 3600 / 1000 = 1; / 2000 = 0.5; 2 x 1e6 / 3600 / 2000 = 0.27778
    expect(best!.ownCost).toBeCloseTo(1, 12);
    expect(best!.costAtOwnRate).toBeCloseTo(0.5, 12);
    expect(best!.costAtTierRate).toBeCloseTo(0.2777777778, 9);
    expect(best!.gapOfThroughput).toBeCloseTo(0.5, 12);
    expect(best!.gapOfRate).toBeCloseTo(0.2222222222, 9);
    expect(best!.gapOfThroughput! + best!.gapOfRate!).toBeCloseTo(best!.ownCost! - best!.costAtTierRate!, 12);
  });

  it('has the fronts that compare best first, and all of its model', () => {
    expect(beside({}).map((one) => [one.front.gpu, one.front.precision, one.notComparable.length])).toEqual([
      ['B200', 'fp8', 0],
      ['B200', 'fp4', 1],
      ['GB200', 'fp8', 1],
    ]);
  });

  it('stands beside another model on its own product where its own has no reference, and says so', () => {
    const found = beside({ model: 'Qwen/Qwen3-32B' });
    expect(found.map((one) => [one.front.gpu, one.notComparable[0]!.kind])).toEqual([
      ['B200', 'other-model'],
      ['B200', 'other-model'],
    ]);
    expect(reasonText(found[0]!.notComparable[0]!)).toBe('it served DeepSeek-R1, this is Qwen/Qwen3-32B');
    expect(beside({ model: 'Qwen/Qwen3-32B', skus: ['NVIDIA L4'] })).toEqual([]);
  });

  it('takes another precision for nearer than another product, and the nearest lengths where all else is alike', () => {
    const long = { ...FRONT, inputTokens: 8192 };
    const catalogue = { ...CATALOGUE, fronts: [long, ...CATALOGUE.fronts] };
    const found = besideReference({ ...OWN, lengths: { input: 90, output: 1000 } }, catalogue, {
      day: '2026-09-01',
      tier: 'neocloud',
    });
    expect(found.map(({ front }) => [front.gpu, front.precision, front.inputTokens])).toEqual([
      ['B200', 'fp8', 1024],
      ['B200', 'fp8', 8192],
      ['B200', 'fp4', 1024],
      ['GB200', 'fp8', 1024],
    ]);
  });

  it.each<[string, Partial<OwnPoint>, readonly NotComparable['kind'][]]>([
    ['another product', { skus: ['NVIDIA GB200'] }, ['other-gpu']],
    ['several products', { skus: ['NVIDIA B200', 'NVIDIA GB200'] }, ['other-gpu']],
    ['no known product', { skus: [] }, ['other-gpu']],
    ['another precision', { precision: 'bf16' }, ['other-precision']],
    ['an unknown precision', { precision: null }, ['other-precision']],
    ['speculative decoding', { speculation: 'mtp' }, ['other-speculation']],
    ['an unknown interactivity', { interactivity: null }, ['interactivity-unknown']],
    ['one above what was measured', { interactivity: 61 }, ['interactivity-not-measured']],
    ['one below what was measured', { interactivity: 19 }, ['interactivity-not-measured']],
    ['twice the input', { lengths: { input: 2048, output: 1024 } }, ['other-lengths']],
    ['half the output', { lengths: { input: 1024, output: 500 } }, ['other-lengths']],
    ['unknown lengths', { lengths: null }, ['other-lengths']],
    ['cached input', { cachedShare: 0.5 }, ['cached-input']],
    ['unknown cached input', { cachedShare: null }, ['cached-input']],
    ['no tokens', { totalPerGpu: 0 }, ['no-own-throughput']],
  ])('is not comparable with %s', (_, own, reasons) => {
    const found = beside(own).find((one) => one.front === FRONT)!;
    expect(found.notComparable.map((reason) => reason.kind)).toEqual(reasons);
    for (const reason of found.notComparable) expect(reasonText(reason)).toMatch(/^[a-z].{15,}/);
  });

  it('has no reference cost where the reference was not measured, and no own cost without tokens', () => {
    expect(beside({ interactivity: 61 })[0]).toMatchObject({ costAtOwnRate: null, gapOfThroughput: null });
    expect(beside({ totalPerGpu: 0 })[0]).toMatchObject({ ownCost: null, gapOfThroughput: null });
  });

  it('has no gap of rate where the tier does not price the product', () => {
    const other = beside({}).find((one) => one.front.gpu === 'GB200')!;
    expect(other).toMatchObject({ costAtTierRate: null, gapOfRate: null });
    expect(other.gapOfThroughput).toBeCloseTo(0.5, 12);
  });
});

describe('a served name means a model of the catalogue', () => {
  it.each([
    ['deepseek-ai/DeepSeek-R1-0528', 'DeepSeek-R1'],
    ['nvidia/DeepSeek-R1-FP4', 'DeepSeek-R1'],
    ['llama2-70b-chat', 'Llama-2-70B'],
    ['meta-llama/Llama-2-70b-hf', 'Llama-2-70B'],
    ['DeepSeek-R1x', null],
    ['DeepSeek-V3', null],
    ['', null],
  ])('%s', (served, expected) => {
    expect(referenceModel(CATALOGUE, served)?.name ?? null).toBe(expected);
  });

  it('but not a distilled one', () => {
    expect(referenceModel(CATALOGUE, 'deepseek-ai/DeepSeek-R1-Distill-Llama-70B')).toBeNull();
  });
});

describe('MLPerf results beside a deployment', () => {
  it('cost what their output tokens would at its own rate, and are never the same thing', () => {
    const [found] = besideSubmissions(OWN, CATALOGUE);
    // 40,000 / 8 = 5,000 tok/s per GPU; 3.6 x 1e6 / 3600 / 5000 = 0.2; 40,000 tok/s / 10,000 W = 4 tok/J
    expect(found).toMatchObject({ outputPerGpu: 5000, outputTokensPerJoule: 4, limit: { tpotP99Seconds: 0.08 } });
    expect(found!.costAtOwnRate).toBeCloseTo(0.2, 12);
    expect(found!.notComparable.map((reason) => reason.kind)).toEqual([
      'output-tokens-only',
      'other-latency-target',
      'other-precision',
    ]);
    for (const reason of found!.notComparable) expect(reasonText(reason)).toMatch(/^[a-z].{15,}/);
  });

  it('are of its own product and model', () => {
    expect(besideSubmissions({ ...OWN, skus: ['NVIDIA GB200'] }, CATALOGUE)).toEqual([]);
    expect(besideSubmissions({ ...OWN, model: 'other' }, CATALOGUE)).toEqual([]);
  });
});

it('lists what newer software reached on the same hardware, the best supported first', () => {
  const gain = (pairs: number, gpu = 'B200') => ({
    source: 'results',
    model: 'DeepSeek-R1',
    gpu,
    engine: 'SGLang',
    precision: 'fp8',
    speculation: 'none',
    scenario: null,
    from: '2025-12-05',
    to: '2026-05-22',
    pairs,
    throughputRatio: 1.1,
    steadyRatio: 1.1,
    startupArtefacts: 0,
    isSameSoftwareText: null,
  });
  const catalogue = { ...CATALOGUE, gains: [gain(2), gain(9), gain(5, 'H100')] };
  expect(gainsOn(OWN, catalogue).map((one) => one.pairs)).toEqual([9, 2]);
});

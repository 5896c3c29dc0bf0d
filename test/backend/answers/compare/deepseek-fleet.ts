import type { FactBatch } from '#backend/store/store.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import {
  ENERGY_DEFAULTS,
  HARDWARE_DEFAULTS,
  RENTAL_DEFAULTS,
  REVISION_DEFAULTS,
} from '#shared/model/cost-book-defaults.ts';
import type { GpuState } from '#shared/model/gpu-state.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import type { BenchmarkFront, ReferenceCatalogue } from '#shared/model/reference-catalogue.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { engineFact, gpuFact, latencyFact, NO_BATCH } from '../../store/store-facts.ts';

/**
 * A deployment small enough to work out by hand: one hour, one engine of DeepSeek-R1 on two B200 at 4 USD/GPU-h, and one of
 * another model on an H100 at 2.
 *
 *   2 B200 x 1 h = 2 GPU-h = 8 USD; each serves for 45 minutes and is loaded but quiet for 15: 1.5 GPU-h of work
 *   3.6 M input + 3.6 M output tokens, none cached, 3,600 requests: 1,000 and 1,000 a request, 1,000 tok/s per GPU
 *   half of all gaps between tokens end by 0.025 s: 40 tok/s per user
 */
export const START = epochMs(Date.UTC(2026, 8, 1));
const HOUR = 3600;
export const END = epochMs(START + HOUR * 1000);
export const WINDOW = { from: START, to: END };
export const NOW = epochMs(END + 5000);

const SEATS = [
  { key: 'b0', sku: 'NVIDIA B200', node: 'node-b' },
  { key: 'b1', sku: 'NVIDIA B200', node: 'node-b' },
  { key: 'h0', sku: 'NVIDIA H100 80GB HBM3', node: 'node-h' },
].map(({ key, sku, node }) => ({
  key,
  gpu: `GPU-${key}`,
  sku,
  index: key.slice(1),
  domain: null,
  tray: null,
  driverVersion: null,
  cudaVersion: null,
  site: null,
  rack: null,
  pool: null,
  node,
  since: START,
  until: null,
}));

export function spanOf(key: string, model: string, more: Partial<EngineSpan> = {}): EngineSpan {
  return {
    key,
    engine: `${key}:8000`,
    kind: 'sglang',
    model,
    role: null,
    pod: null,
    site: null,
    rack: null,
    pool: null,
    node: null,
    version: '0.5.6',
    versionEvidence: 'http',
    image: null,
    settings: null,
    tenant: null,
    since: START,
    until: null,
    ...more,
  };
}

/** What the engines were launched with: a precision that they tell, and no speculative decoding. */
const SETTINGS = JSON.stringify({ precision: 'fp8', speculative: 'none' });

function stretch(seat: string, placement: string, state: GpuState, fromSecond: number, seconds: number) {
  return gpuFact({ seat, placement, state, start: second(fromSecond), seconds, observedSeconds: seconds });
}

export function second(count: number): EpochMs {
  return epochMs(START + count * 1000);
}

export const DEEPSEEK_FLEET: FactBatch = {
  ...NO_BATCH,
  seats: SEATS,
  engineSpans: [spanOf('ds', 'deepseek-ai/DeepSeek-R1-0528', { settings: SETTINGS }), spanOf('qwen', 'Qwen/Qwen3-32B')],
  placements: [
    { key: 'on-b', rule: 'node', members: [{ engineSpan: 'ds', share: 1 }] },
    { key: 'on-h', rule: 'node', members: [{ engineSpan: 'qwen', share: 1 }] },
  ],
  gpuFacts: [
    stretch('b0', 'on-b', 'serving', 0, 2700),
    stretch('b0', 'on-b', 'loaded-idle', 2700, 900),
    stretch('b1', 'on-b', 'serving', 0, 2700),
    stretch('b1', 'on-b', 'loaded-idle', 2700, 900),
    stretch('h0', 'on-h', 'serving', 0, 3600),
  ],
  engineFacts: [
    engineFact({
      engineSpan: 'ds',
      start: START,
      seconds: HOUR,
      observedSeconds: HOUR,
      inputTokens: 3.6e6,
      cachedTokens: 0,
      outputTokens: 3.6e6,
      requestsStopped: 3000,
      requestsLength: 600,
    }),
    engineFact({
      engineSpan: 'qwen',
      start: START,
      seconds: HOUR,
      observedSeconds: HOUR,
      inputTokens: 8e5,
      cachedTokens: 4e5,
      outputTokens: 1e5,
    }),
  ],
  latencyFacts: [
    latencyFact({
      engineSpan: 'ds',
      start: START,
      seconds: 60,
      measure: 'interToken',
      upperBoundSeconds: 0.02,
      count: 100,
    }),
    latencyFact({
      engineSpan: 'ds',
      start: START,
      seconds: 60,
      measure: 'interToken',
      upperBoundSeconds: 0.03,
      count: 800,
    }),
    latencyFact({
      engineSpan: 'ds',
      start: START,
      seconds: 60,
      measure: 'interToken',
      upperBoundSeconds: 0.1,
      count: 100,
    }),
  ],
};

const PROVENANCE = { quality: 'entered', note: 'by hand', asOf: null } as const;

export const BOOK: CostBook = {
  revisions: [
    {
      ...REVISION_DEFAULTS,
      from: epochMs(0),
      hardware: (
        [
          ['B200', 4],
          ['H100', 2],
        ] as const
      ).map(([sku, usdPerGpuHour]) => ({
        ...HARDWARE_DEFAULTS,
        sku,
        terms: { ...RENTAL_DEFAULTS, kind: 'rented' as const, usdPerGpuHour, includesEnergy: true },
        facility: null,
        networkUsdPerGpuHour: 0,
        operationsUsdPerGpuHour: 0,
        provenance: PROVENANCE,
      })),
      energy: {
        ...ENERGY_DEFAULTS,
        usdPerKilowattHour: 0.1,
        pue: 1.25,
        nodeOverhead: 1.2,
        moduleOverhead: 1.1,
        provenance: PROVENANCE,
      },
      weights: { input: 1, cached: 0.1, output: 5 },
    },
  ],
};

const run = (interactivity: number, totalPerGpu: number) => ({
  interactivity,
  totalPerGpu,
  engine: 'SGLang',
  isDisaggregated: false,
  date: '2026-05-22',
});

export const FRONT: BenchmarkFront = {
  model: 'DeepSeek-R1',
  source: 'runs',
  gpu: 'B200',
  precision: 'fp8',
  speculation: 'none',
  inputTokens: 1024,
  outputTokens: 1024,
  points: [run(20, 3000), run(60, 1000)],
};

/** 2,000 tok/s per GPU at 40 tok/s per user; a neocloud's B200 for 2 USD/GPU-h, with 1.6 kW provisioned. */
export const CATALOGUE: ReferenceCatalogue = {
  version: 'by hand',
  asOf: '2026-08-14',
  sources: { runs: { title: 'Runs by hand', where: 'here', date: '2026-06' } },
  models: [{ name: 'DeepSeek-R1', alsoCalled: ['DeepSeek-R1-0528'] }],
  tiers: [
    {
      source: 'runs',
      from: '2026-08-14',
      note: 'as published',
      usdPerGpuHour: { B200: { hyperscaler: 1.8, neocloud: 2, rental: 2.6 } },
    },
  ],
  power: [{ source: 'runs', from: '2026-08-14', boundary: 'provisioned power', kilowattsPerGpu: { B200: 1.6 } }],
  tdpWatts: {},
  fronts: [FRONT, { ...FRONT, precision: 'fp4' }],
  latencyLimits: [],
  submissions: [
    {
      source: 'runs',
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
  gains: [
    {
      source: 'runs',
      model: 'DeepSeek-R1',
      gpu: 'B200',
      engine: 'SGLang',
      precision: 'fp8',
      speculation: 'none',
      scenario: null,
      from: '2025-12-08',
      to: '2026-05-22',
      pairs: 9,
      throughputRatio: 1.287,
      steadyRatio: 1.044,
      startupArtefacts: 4,
      isSameSoftwareText: null,
    },
  ],
  claims: [
    {
      id: 'two-cents',
      statement: 'A million tokens for two cents',
      statedBy: 'a vendor',
      source: 'runs',
      attributedTo: null,
      model: 'DeepSeek-R1',
      status: 'not reproduced',
      finding: 'needs more than was measured',
      arithmetic: { kind: 'throughput-for-cost', usdPerMillionTokens: 0.02, usdPerGpuHour: 1.95, note: 'of its time' },
    },
  ],
};

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#backend/clock.ts';
import type { Probe } from '#backend/sources/probe/probe-answer.ts';
import { probe } from '#backend/sources/probe/probe.ts';

const CAPTURES = join(import.meta.dirname, '../../../../../shared/data');

/** What a capture holds: whatever is left out here is not there. Power in W, energy in J, memory in bytes. */
type Known = {
  readonly valid?: false;
  readonly format?: Probe['format'];
  readonly samples: number;
  readonly kind: string;
  readonly engine?: string;
  readonly models?: readonly string[];
  readonly version?: readonly [string, string];
  readonly gpus?: {
    readonly count: number;
    readonly name: string | null;
    readonly first: Readonly<Record<string, unknown>>;
  };
  readonly boardWatts?: number;
  readonly moduleWatts?: number;
  /** Input, cached and output tokens. */
  readonly tokens?: readonly (number | null)[];
  /** Running and waiting requests. */
  readonly requests?: readonly (number | null)[];
  /** Kinds of the problems with their lines. */
  readonly problems?: readonly (readonly [string, number | null])[];
};

const MIB = 1024 * 1024;

/** Read by eye from each file, sample lines counted and watts added with awk. */
const KNOWN: Readonly<Record<string, Known>> = {
  'exposition/dynamo-frontend-2026-01.txt': {
    samples: 89,
    kind: 'engine',
    engine: 'dynamo',
    models: ['qwen/qwen3-0.6b'],
    tokens: [33, null, 300],
    requests: [0, 0],
  },
  'exposition/llamacpp-ik-fork-2025-08-fragment.txt': {
    samples: 4,
    kind: 'engine',
    engine: 'llama.cpp',
    tokens: [6886, null, 3469],
    requests: [null, null],
  },
  'exposition/nim-1.x-llama31-8b.txt': {
    samples: 111,
    kind: 'engine',
    engine: 'nim',
    models: ['meta/llama-3.1-8b-instruct'],
    tokens: [109, null, 174],
    requests: [1, 0],
    problems: [['no-final-newline', 159]],
  },
  // A version document is no answer of the API that `.json` stands for: the version is read all the same.
  'exposition/nim-version-endpoint.json': {
    valid: false,
    format: 'prometheus-api',
    samples: 0,
    kind: 'engine',
    engine: 'nim',
    version: ['1.0.0', 'http'],
    problems: [['not-prometheus', null]],
  },
  'exposition/sglang-0.5.2-inferred-llama31-8b-idle.txt': {
    samples: 71,
    kind: 'engine',
    engine: 'sglang',
    models: ['RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8'],
    tokens: [7, null, 8],
    requests: [0, 0],
  },
  'exposition/sglang-docs-llama31-8b-loaded.txt': {
    samples: 91,
    kind: 'engine',
    engine: 'sglang',
    models: ['meta-llama/Llama-3.1-8B-Instruct'],
    tokens: [8_128_902, null, 7_557_572],
    requests: [162, 2826],
  },
  'exposition/triton-trtllm-backend-nv_trt_llm-fragment.txt': {
    samples: 23,
    kind: 'engine',
    engine: 'triton',
    models: ['tensorrt_llm'],
    tokens: [null, null, null],
    requests: [1, 1],
    problems: [['unread', null]],
  },
  'exposition/triton-vllm-2024-08-reason-labels-fragment.txt': {
    samples: 12,
    kind: 'engine',
    engine: 'triton',
    models: ['mistral7b', 'llama2'],
    problems: [['unread', null]],
  },
  // Its histogram has neither its last bucket nor its count; each line reads well.
  'exposition/trtllm-serve-1.2-era-unprefixed-fragment.txt': {
    samples: 4,
    kind: 'engine',
    engine: 'tensorrt-llm',
    problems: [
      ['broken-histogram', 3],
      ['broken-histogram', 3],
      ['unread', null],
    ],
  },
  'exposition/vllm-0.5.4-inferred-llama31-8b-fp8.txt': {
    samples: 125,
    kind: 'engine',
    engine: 'vllm',
    models: ['neuralmagic/Meta-Llama-3.1-8B-Instruct-FP8'],
    tokens: [90, null, 2546],
    requests: [3, 2],
  },
  'exposition/vllm-data-parallel-2026-05-fragment.txt': {
    samples: 2,
    kind: 'engine',
    engine: 'vllm',
    models: ['deepseek-v4-flash-w8a8-mtp'],
    version: ['≥ 0.8.3', 'metric-names'],
    tokens: [null, null, null],
    requests: [0, null],
    problems: [['unread', null]],
  },
  // The document that it comes from leaves lines out, and says so by lines of dots.
  'exposition/vllm-v1-design-doc-llama31-8b-fragment.txt': {
    valid: false,
    samples: 14,
    kind: 'engine',
    engine: 'vllm',
    models: ['meta-llama/Llama-3.1-8B-Instruct'],
    tokens: [null, null, 27_453],
    requests: [8, null],
    problems: [
      ['syntax', 4],
      ['syntax', 8],
      ['syntax', 14],
      ['broken-histogram', 17],
      ['broken-histogram', 17],
    ],
  },
  'gpu/dcgm-exporter_a100-mig_k8s_partial.prom': {
    samples: 21,
    kind: 'dcgm-exporter',
    boardWatts: 409.692,
    gpus: {
      count: 1,
      name: null,
      first: {
        uuid: 'GPU-34319582-d595-d1c7-d1d2-179bcfa61660',
        energyJoules: 319_159.391,
        utilization: 0.99563,
        memoryUsedBytes: 4845 * MIB,
        migDevices: [{ gpuInstance: '13', computeInstance: null, memoryUsedBytes: null, memoryTotalBytes: null }],
      },
    },
  },
  'gpu/dcgm-exporter_gb200x4_580.105.05.prom': {
    samples: 76,
    kind: 'dcgm-exporter',
    boardWatts: 688.013,
    gpus: {
      count: 4,
      name: 'NVIDIA GB200',
      first: { powerWatts: 170.582, energyJoules: null, utilization: 0, memoryUsedBytes: 16 * MIB, migDevices: null },
    },
  },
  'gpu/dcgm-exporter_h100x8-k8s_580.105.08_partial.prom': {
    samples: 30,
    kind: 'dcgm-exporter',
    boardWatts: 583.767,
    gpus: {
      count: 8,
      name: 'NVIDIA H100 80GB HBM3',
      first: { uuid: 'GPU-c4529c8d-69c4-b61d-e0bc-7b2460096005', powerWatts: 113.611, utilization: 0 },
    },
  },
  'gpu/nvidia-smi-capture_h200_590.48.01.txt': {
    valid: false,
    samples: 0,
    kind: 'nvidia-smi',
    problems: [['not-metrics', null]],
  },
  'gpu/nvidia-smi-qx_a100-sxm4-mig_535.54.03.xml': {
    format: 'nvidia-smi-xml',
    samples: 1,
    kind: 'nvidia-smi',
    boardWatts: 67.03,
    gpus: {
      count: 1,
      name: 'NVIDIA A100-SXM4-80GB',
      first: {
        uuid: 'GPU-513536b6-7d19-9063-b049-1e69664bb298',
        utilization: null,
        memoryUsedBytes: 50 * MIB,
        migDevices: ['3', '4', '5', '6'].map((gpuInstance) => ({
          gpuInstance,
          computeInstance: '0',
          memoryUsedBytes: 12 * MIB,
          memoryTotalBytes: 19_968 * MIB,
        })),
      },
    },
  },
  'gpu/nvidia-smi-qx_a10g_515.105.01.xml': smi({
    boardWatts: 25.58,
    gpus: { count: 1, name: 'NVIDIA A10G', first: { utilization: 0, memoryUsedBytes: 22 * MIB } },
  }),
  // Two modules, each metered by both of its GPUs: (467.36 + 459.96) / 2 = 463.66 W, (460.38 + 451.85) / 2 = 456.115 W.
  'gpu/nvidia-smi-qx_gb200x4_580.173.02.xml': smi({
    boardWatts: 662.97,
    moduleWatts: 919.775,
    gpus: { count: 4, name: 'NVIDIA GB200', first: { powerWatts: 165.93, utilization: 0, memoryUsedBytes: 0 } },
  }),
  'gpu/nvidia-smi-qx_h100x8_580.105.08.xml': smi({
    boardWatts: 547.04,
    gpus: { count: 8, name: 'NVIDIA H100 80GB HBM3', first: { powerWatts: 68.57, utilization: 0, memoryUsedBytes: 0 } },
  }),
  'gpu/nvidia-smi-qx_l40s_595.91.07.xml': smi({
    boardWatts: 65.64,
    gpus: { count: 1, name: 'NVIDIA L40S', first: { utilization: 0, memoryUsedBytes: 0 } },
  }),
  'gpu/nvidia-smi-qx_rtx3060_570.124.04.xml': smi({
    boardWatts: 11.6,
    gpus: { count: 1, name: 'NVIDIA GeForce RTX 3060', first: { utilization: 0, memoryUsedBytes: 116 * MIB } },
  }),
  'gpu/nvidia-smi-qx_rtx3090_525.147.05.xml': smi({
    boardWatts: 27.23,
    gpus: { count: 1, name: 'NVIDIA GeForce RTX 3090', first: { utilization: 0, memoryUsedBytes: MIB } },
  }),
  'gpu/prometheus-query_dcgm-power-usage_h100x8-k8s_580.105.08.json': {
    format: 'prometheus-api',
    samples: 16,
    kind: 'dcgm-exporter',
    boardWatts: 1129.212,
    gpus: { count: 16, name: 'NVIDIA H100 80GB HBM3', first: { powerWatts: 68.347, utilization: null } },
  },
};

function smi(known: Pick<Known, 'boardWatts' | 'moduleWatts'> & Required<Pick<Known, 'gpus'>>): Known {
  const { gpus } = known;
  const first = { energyJoules: null, migDevices: [], ...gpus.first };
  return { format: 'nvidia-smi-xml', samples: gpus.count, kind: 'nvidia-smi', ...known, gpus: { ...gpus, first } };
}

const there = ['exposition', 'gpu'].flatMap((folder) => {
  const place = join(CAPTURES, folder);
  if (!existsSync(place)) return [];
  return readdirSync(place).flatMap((name) => (name === 'INDEX.md' ? [] : [`${folder}/${name}`]));
});

describe.skipIf(there.length === 0)('a probe of captured files (data: ../shared/data)', () => {
  it('knows every file that is there', () => {
    expect(Object.keys(KNOWN).toSorted()).toEqual(there.toSorted());
  });

  it.each(Object.keys(KNOWN))('reads what is in %s, and nothing else', async (name) => {
    const { answer: found } = await probe(join(CAPTURES, name), { clock: systemClock, format: null });
    const known = KNOWN[name]!;
    const { engine, models = [], version, gpus, tokens, requests, boardWatts = null, moduleWatts = null } = known;
    const [of, from] = version ?? [null, null];
    expect(found).toMatchObject({
      valid: known.valid ?? true,
      format: known.format ?? 'prometheus-text',
      samples: known.samples,
      kind: known.kind,
      engine: engine === undefined ? null : { name: engine, version: of, versionFrom: from, models },
      tokens: tokens === undefined ? null : { input: tokens[0], cachedInput: tokens[1], output: tokens[2] },
      requests: requests === undefined ? null : { running: requests[0], waiting: requests[1] },
    });
    expect(found.problems.map(({ kind, line }) => [kind, line])).toEqual(known.problems ?? []);
    expect(found.gpus.map((gpu) => gpu.name)).toEqual(Array.from({ length: gpus?.count ?? 0 }, () => gpus?.name));
    if (gpus !== undefined) expect(found.gpus[0]).toMatchObject(gpus.first);
    expect(new Set(found.gpus.map((gpu) => gpu.uuid)).size).toBe(gpus?.count ?? 0);
    expect(roundedOf(found.power)).toEqual({
      boardWatts,
      moduleWatts,
      boundary: moduleWatts !== null ? 'superchip module' : boardWatts === null ? null : 'GPU board',
    });
  });
});

/** Sums of decimals are off by less than a nanowatt. */
function roundedOf({ boardWatts, moduleWatts, boundary }: Probe['power']): Probe['power'] {
  const round = (watts: number | null): number | null => watts && Math.round(watts * 1e6) / 1e6;
  return { boardWatts: round(boardWatts), moduleWatts: round(moduleWatts), boundary };
}

import type { LimitKey, LimitOfDeployment } from '#shared/contract/cost-schema.ts';
import { LIMIT_THRESHOLDS } from '#shared/cost/limits/limit-thresholds.ts';
import type { Limit } from '#shared/cost/limits/limits-of.ts';
import type { FigureInput } from '#shared/model/figure.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { explained } from '../explained.ts';
import type { FigureContext } from '../figure-inputs.ts';
import { percent, short } from '../figure-text.ts';

/** A cause with its share of time as a figure, what speaks for it in a sentence, or the signal that is missing. */
export function limitOfDeployment(figures: FigureContext, limit: Limit, preemptions: number | null): LimitOfDeployment {
  const { cause, share, heldSeconds, ofSeconds } = limit;
  const time = ENGINE_CAUSES.includes(cause) ? 'engine time' : 'GPU time';
  const figure = explained(figures, {
    value: share,
    unit: 'ratio',
    absence: share === null ? 'not-observed' : null,
    formula: `${time} in which ${HELD_WORDS[cause]} ÷ ${time} of the deployment`,
    working:
      share === null
        ? '–'
        : `${short(heldSeconds / SECONDS_PER_HOUR)} h ÷ ${short(ofSeconds / SECONDS_PER_HOUR)} h = ${percent(share)}`,
    inputs: inputsOf(limit, time),
  });
  const notes = share === null || JUDGED.includes(cause) === false ? figure.notes : [JUDGED_NOTE, ...figure.notes];
  return {
    key: cause,
    share: { ...figure, notes },
    evidence: share === null ? '' : evidenceOf(limit, preemptions),
    missing: share === null ? MISSING[cause] : null,
  };
}

const ENGINE_CAUSES: readonly LimitKey[] = ['kv-cache', 'queueing'];
const JUDGED: readonly LimitKey[] = [
  'tensor',
  'memory-bandwidth',
  'nvlink',
  'pcie',
  'kv-cache',
  'queueing',
  'little-demand',
];

const JUDGED_NOTE =
  'The threshold is a judgement, no source gives it; it is held against the mean of each bucket of time, so shorter moments do not show.';

const HELD_WORDS: Readonly<Record<LimitKey, string>> = {
  'power-cap': 'the power cap held the clocks back at work',
  heat: 'heat held the clocks back at work',
  tensor: 'the tensor pipe was busy at or above the threshold',
  'memory-bandwidth': 'memory moved data at or above the threshold',
  nvlink: 'NVLink carried at or above the threshold of its capacity',
  pcie: 'PCIe carried at or above the threshold of its capacity',
  'kv-cache': 'the KV cache was at or above the threshold, or requests were thrown out of it at its own',
  queueing: 'at least as many requests waited as the threshold',
  'little-demand':
    'the model stood quiet, or worked with tensor pipe and memory below the thresholds and nothing waiting',
};

const MISSING: Readonly<Record<LimitKey, string>> = {
  'power-cap':
    'clock event reasons: add DCGM_FI_DEV_CLOCKS_EVENT_REASONS or DCGM_FI_DEV_POWER_VIOLATION to the collector file of dcgm-exporter',
  heat: 'clock event reasons: add DCGM_FI_DEV_CLOCKS_EVENT_REASONS or DCGM_FI_DEV_THERMAL_VIOLATION to the collector file of dcgm-exporter',
  tensor: 'tensor activity: DCGM_FI_PROF_PIPE_TENSOR_ACTIVE, which needs profiling counters',
  'memory-bandwidth': 'memory activity: DCGM_FI_PROF_DRAM_ACTIVE, which needs profiling counters',
  nvlink:
    'NVLink traffic: add DCGM_FI_PROF_NVLINK_TX_BYTES and _RX_BYTES to the collector file of dcgm-exporter (known for H100, H200, B200, B300 and their superchips)',
  pcie: 'PCIe traffic: add DCGM_FI_PROF_PCIE_TX_BYTES and _RX_BYTES to the collector file of dcgm-exporter',
  'kv-cache': "KV cache usage of the engine's own metrics",
  queueing: "waiting requests of the engine's own metrics",
  'little-demand': 'no GPU time of the deployment was observed',
};

function evidenceOf({ cause, mean }: Limit, preemptions: number | null): string {
  const average = mean === null ? '' : percent(Math.min(1, mean));
  const at = (threshold: number): string => percent(threshold);
  switch (cause) {
    case 'power-cap':
    case 'heat':
      return 'counted by the driver, or read from its clock event reasons, while at work';
    case 'tensor':
      return `tensor pipe busy ${average} on average at work; counts from ${at(LIMIT_THRESHOLDS.tensorActive)}`;
    case 'memory-bandwidth':
      return `memory busy ${average} on average at work; counts from ${at(LIMIT_THRESHOLDS.dramActive)}`;
    case 'nvlink':
    case 'pcie':
      return `${average} of the link's capacity on average at work; counts from ${at(LIMIT_THRESHOLDS.linkUse)}`;
    case 'kv-cache':
      return `KV cache ${average} full on average; counts from ${at(LIMIT_THRESHOLDS.kvCacheUsage)} or at ${LIMIT_THRESHOLDS.preemptionsPerMinute} preemption per engine and minute; ${preemptionWords(preemptions)}`;
    case 'queueing':
      return `${short(mean ?? 0)} requests wait per engine on average; counts from ${LIMIT_THRESHOLDS.waitingPerEngine}`;
    case 'little-demand':
      return `loaded and quiet, or at work with tensor pipe below ${at(LIMIT_THRESHOLDS.quietTensorActive)} and memory below ${at(LIMIT_THRESHOLDS.quietDramActive)}`;
  }
}

function preemptionWords(count: number | null): string {
  if (count === null) return 'preemptions are not told';
  return count === 0 ? 'no preemption' : `${short(count)} preemptions`;
}

function inputsOf({ cause, heldSeconds, ofSeconds }: Limit, time: string): FigureInput[] {
  const measured = (label: string, seconds: number): FigureInput => ({
    label,
    value: seconds / SECONDS_PER_HOUR,
    unit: 'GPU-h',
    source: time === 'GPU time' ? 'readings of each GPU per interval' : 'readings of each engine per interval',
    quality: 'measured',
  });
  const threshold = (label: string, value: number, unit: FigureInput['unit'] = 'ratio'): FigureInput => ({
    label,
    value,
    unit,
    source: 'judgement of Tokenwatt',
    quality: 'assumed',
  });
  const times = [measured('Time held', heldSeconds), measured('All time', ofSeconds)].map((input) =>
    time === 'GPU time' ? input : { ...input, unit: 's' as const, value: (input.value ?? 0) * SECONDS_PER_HOUR },
  );
  switch (cause) {
    case 'power-cap':
    case 'heat':
      return times;
    case 'tensor':
      return [...times, threshold('Tensor activity from', LIMIT_THRESHOLDS.tensorActive)];
    case 'memory-bandwidth':
      return [...times, threshold('Memory activity from', LIMIT_THRESHOLDS.dramActive)];
    case 'nvlink':
    case 'pcie':
      return [...times, threshold('Share of capacity from', LIMIT_THRESHOLDS.linkUse)];
    case 'kv-cache':
      return [...times, threshold('KV cache usage from', LIMIT_THRESHOLDS.kvCacheUsage)];
    case 'queueing':
      return [...times, threshold('Requests waiting per engine from', LIMIT_THRESHOLDS.waitingPerEngine, 'count')];
    case 'little-demand':
      return [
        ...times,
        threshold('Tensor activity below', LIMIT_THRESHOLDS.quietTensorActive),
        threshold('Memory activity below', LIMIT_THRESHOLDS.quietDramActive),
      ];
  }
}

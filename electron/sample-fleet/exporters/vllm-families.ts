import type { EngineMoment } from '../world/engine-moment.ts';
import { kvCacheTokens } from '../world/engine-moment.ts';
import type { Engine } from '../world/fleet-plan.ts';
import { launchDefault, type Launch } from '../world/story.ts';
import type { SeriesLabels } from './series.ts';
import { vllmFamilyMakers, type Releases, type VllmFamily } from './vllm-family-makers.ts';
import { vllmHistograms } from './vllm-histograms.ts';

/** Every family a vLLM V1 server of releases 0.10 to 0.20 writes; each shows only in the releases that have it. */
export function vllmFamilies(engine: Engine): readonly VllmFamily[] {
  const labels = [
    ['engine', '0'],
    ['model_name', engine.model.name],
  ] as const;
  const make = vllmFamilyMakers(labels);
  return [
    ...processFamilies(),
    ...gaugeFamilies(make),
    ...counterFamilies(make),
    ...vllmHistograms(engine, make),
    cacheConfig(engine),
    ...httpFamilies(),
  ];
}

type Makers = ReturnType<typeof vllmFamilyMakers>;
const never = () => 0;
const since = (from: number): Releases => ({ from });

function gaugeFamilies(make: Makers): readonly VllmFamily[] {
  const byReason = [
    [[['reason', 'capacity']], (engine: EngineMoment) => engine.waiting],
    [[['reason', 'deferred']], never],
  ] as const;
  const sleepStates = [
    [[['sleep_state', 'awake']], () => 1],
    [[['sleep_state', 'weights_offloaded']], never],
    [[['sleep_state', 'discard_all']], never],
  ] as const;
  const kvUse = (engine: EngineMoment) => engine.kvUse;
  return [
    make.gauge('vllm:num_requests_running', 'Requests in execution batches.', (engine) => engine.running),
    make.gauge('vllm:num_requests_waiting', 'Requests waiting to be processed.', (engine) => engine.waiting),
    make.gauges('vllm:num_requests_waiting_by_reason', 'Waiting requests by reason.', byReason, since(2000)),
    make.gauges('vllm:engine_sleep_state', 'Sleep state of the engine.', sleepStates, since(1101)),
    make.gauge('vllm:kv_cache_usage_perc', 'KV-cache usage. 1 means 100 percent usage.', kvUse),
    make.gauge('vllm:gpu_cache_usage_perc', 'KV-cache usage, old name.', kvUse, { from: 902, before: 1100 }),
  ];
}

function counterFamilies(make: Makers): readonly VllmFamily[] {
  const input = (engine: EngineMoment) => engine.counts.input;
  const cached = (engine: EngineMoment) => engine.counts.inputCached;
  const bySource = [
    [[['source', 'local_compute']], (engine: EngineMoment) => engine.counts.inputComputed],
    [[['source', 'local_cache_hit']], cached],
    [[['source', 'external_kv_transfer']], never],
  ] as const;
  const recomputed = { from: 1600, before: 2000 };
  return [
    ...make.counter('vllm:prefix_cache_queries_total', 'Tokens looked up in the prefix cache.', [[[], input]]),
    ...make.counter('vllm:prefix_cache_hits_total', 'Tokens found in the prefix cache.', [[[], cached]]),
    ...externalCacheFamilies(make),
    ...make.counter('vllm:mm_cache_queries_total', 'Multi-modal cache lookups.', [[[], never]], since(1100)),
    ...make.counter('vllm:mm_cache_hits_total', 'Multi-modal cache hits.', [[[], never]], since(1100)),
    ...make.counter('vllm:num_preemptions_total', 'Preemptions.', [[[], preemptions]]),
    ...make.counter('vllm:prompt_tokens_total', 'Prefill tokens processed.', [[[], input]]),
    ...make.counter('vllm:prompt_tokens_by_source_total', 'Prefill tokens by source.', bySource, since(1600)),
    ...make.counter('vllm:prompt_tokens_cached_total', 'Cached prefill tokens.', [[[], cached]], since(1600)),
    ...make.counter('vllm:prompt_tokens_recomputed_total', 'Cached tokens recomputed.', [[[], never]], recomputed),
    ...make.counter('vllm:generation_tokens_total', 'Generated tokens.', [[[], (engine) => engine.counts.output]]),
    ...finishFamilies(make),
  ];
}

function externalCacheFamilies(make: Makers): readonly VllmFamily[] {
  const names = ['vllm:external_prefix_cache_queries_total', 'vllm:external_prefix_cache_hits_total'];
  return names.flatMap((name) => make.counter(name, 'Tokens of the external cache.', [[[], never]], since(1101)));
}

/** A handful of requests in ten thousand are preempted, all of them in busy hours. */
function preemptions(engine: EngineMoment): number {
  return Math.floor(engine.sums.requestsHeavy * 0.0007);
}

/** Each finished request has its reason by its number, so the reasons add up and none ever falls. */
function finishFamilies(make: Makers): readonly VllmFamily[] {
  const every = (nth: number) => (engine: EngineMoment) => Math.floor(engine.counts.requests / nth);
  const aborted = every(211);
  const atLength = (engine: EngineMoment) => every(23)(engine) - every(23 * 211)(engine);
  const stopped = (engine: EngineMoment) => engine.counts.requests - aborted(engine) - atLength(engine);
  const reason = (name: string): SeriesLabels => [['finished_reason', name]];
  const help = 'Finished requests by reason.';
  const rows = [
    [reason('stop'), stopped],
    [reason('length'), atLength],
    [reason('abort'), aborted],
  ] as const;
  const name = 'vllm:request_success_total';
  const [total, created] = make.counter(name, help, rows);
  const [withError] = make.counter(name, help, [[reason('error'), never]], since(1300));
  const [withRepetition] = make.counter(name, help, [[reason('repetition'), never]], since(1700));
  if (total === undefined || created === undefined) return [];
  const later = [withError, withRepetition].flatMap((family) => family?.series ?? []);
  return [{ ...total, series: [...total.series, ...later] }, created];
}

function cacheConfig(engine: Engine): VllmFamily {
  const blocks = kvCacheTokens(engine) / 16;
  const launches = [launchDefault, ...engine.story.outages.flatMap(({ launch }) => launch ?? [])];
  const rows = launches.map((launch) => {
    const valueOf = ({ life }: EngineMoment) => (life.launch === launch ? 1 : undefined);
    return [cacheLabels(launch, blocks), valueOf] as const;
  });
  const make = vllmFamilyMakers([]);
  return make.gauges('vllm:cache_config_info', 'Settings of the KV cache.', rows);
}

function cacheLabels(launch: Launch, blocks: number): SeriesLabels {
  return [
    ['block_size', '16'],
    ['cache_dtype', launch.cacheDtype],
    ['enable_prefix_caching', 'True'],
    ['engine', '0'],
    ['gpu_memory_utilization', launch.gpuMemoryUtilization],
    ['num_gpu_blocks', String(blocks)],
    ['prefix_caching_hash_algo', 'sha256'],
    ['sliding_window', 'None'],
  ];
}

function processFamilies(): readonly VllmFamily[] {
  const make = vllmFamilyMakers([]);
  const python: SeriesLabels = [
    ['implementation', 'CPython'],
    ['major', '3'],
    ['minor', '12'],
    ['patchlevel', '11'],
    ['version', '3.12.11'],
  ];
  const cpuSeconds = (engine: EngineMoment) => Math.round(engine.secondsUp * 112) / 100;
  const [cpu] = make.counter('process_cpu_seconds_total', 'CPU time spent in seconds.', [[[], cpuSeconds]]);
  return [
    make.gauges('python_info', 'Python platform information', [[python, () => 1]]),
    make.gauge('process_virtual_memory_bytes', 'Virtual memory size in bytes.', () => 48_318_382_080),
    make.gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', () => 6_442_450_944),
    make.gauge('process_start_time_seconds', 'Start time of the process in seconds.', (engine) => {
      return engine.processStart / 1000;
    }),
    ...(cpu === undefined ? [] : [cpu]),
    make.gauge('process_open_fds', 'Open file descriptors.', (engine) => 83 + engine.running),
    make.gauge('process_max_fds', 'Most file descriptors allowed.', () => 1_048_576),
  ];
}

function httpFamilies(): readonly VllmFamily[] {
  const make = vllmFamilyMakers([]);
  const labels: SeriesLabels = [
    ['handler', '/v1/chat/completions'],
    ['method', 'POST'],
    ['status', '2xx'],
  ];
  return make.counter('http_requests_total', 'HTTP requests by method, status and handler.', [
    [labels, (engine) => engine.counts.requests],
  ]);
}

import type { EpochMs } from '#shared/time/instant.ts';
import type { GpuUuid, Location } from './gpu.ts';
import type { EngineKind, EngineRole, VersionEvidence } from './inference-engine.ts';
import type { MeterBoundary } from './power-boundary.ts';

/**
 * One reading of a GPU at one instant, in base units. Null is "not reported", never zero.
 * Ratios are 0 to 1.
 */
export type GpuSample = Location & {
  readonly gpu: GpuUuid;
  readonly origin: GpuOrigin;
  readonly sku: string;
  readonly index: string | null;
  readonly driverVersion: string | null;
  /** Newest CUDA version that the driver can serve, such as `13.0`. */
  readonly cudaVersion: string | null;
  /** Serial number of the board: the GPUs of one superchip share it. */
  readonly boardSerial: string | null;
  /** NVLink domain that reaches beyond the node (NVL72), see gpu-place.ts; null where it ends at the node. */
  readonly domain: string | null;
  /** Where the GPU is mounted, see gpu-place.ts. */
  readonly tray: string | null;
  /** The workloads that hold the GPU, as the exporter labels it; empty when none does or nobody tells. */
  readonly workloads: readonly GpuWorkload[];
  /** Slices of a card divided by MIG; empty where it is not divided, null when nobody tells. */
  readonly migDevices: readonly MigDevice[] | null;
  /** Processes with memory on the GPU; null when nobody tells. */
  readonly processes: readonly GpuProcess[] | null;
  /** Energy since driver load, J. Restarts with the driver. */
  readonly energyCounterJoules: number | null;
  /** Power of the GPU's board, W. */
  readonly powerWatts: number | null;
  /**
   * Power of the whole superchip module (GPUs, CPU and memory), W, as this GPU reports it. Each GPU of a module reports
   * all of it: it is one value per board serial, never to be added over GPUs nor to GPU power.
   */
  readonly moduleWatts: number | null;
  readonly powerLimitWatts: number | null;
  /** Share of time in which at least one kernel ran. */
  readonly utilisation: number | null;
  readonly smActive: number | null;
  readonly tensorActive: number | null;
  readonly dramActive: number | null;
  readonly memoryUsedBytes: number | null;
  readonly smClockHertz: number | null;
  readonly temperatureCelsius: number | null;
  /** Bit mask of NVML clock event reasons; see the telemetry reference, section 2.4. */
  readonly clockEventReasons: number | null;
  /** Time since driver load in which power, or heat, held the clocks back, s. */
  readonly powerHeldSeconds: number | null;
  readonly heatHeldSeconds: number | null;
  /** Bytes sent and received over NVLink since driver load; where only a rate is told, bytes per second. */
  readonly nvlinkBytes: number | null;
  readonly nvlinkBytesPerSecond: number | null;
  /** Bytes per second sent and received over PCIe. */
  readonly pcieBytesPerSecond: number | null;
  /** Last XID the driver reported; 0 for none. A standing value, not a count. */
  readonly xid: number | null;
};

/** Who tells of a GPU, the one that tells most and most directly first. All but `triton` ask the driver for its own counter. */
export const GPU_ORIGINS = ['nvml', 'dcgm-exporter', 'nvidia-smi', 'nvidia-gpu-exporter', 'triton'] as const;

export type GpuOrigin = (typeof GPU_ORIGINS)[number];

/** A pod that holds a GPU or a part of it. The shares of a GPU's workloads, 0 to 1, add to 1. */
export type GpuWorkload = { readonly pod: string; readonly namespace: string | null; readonly share: number };

/** A slice of a GPU. Its power cannot be metered: the card's is for all slices together. */
export type MigDevice = {
  readonly gpuInstance: string;
  readonly computeInstance: string | null;
  readonly memoryUsedBytes: number | null;
  readonly memoryTotalBytes: number | null;
};

/** A process that computes on a GPU. Its memory is null where the driver does not tell it. */
export type GpuProcess = { readonly pid: number; readonly memoryUsedBytes: number | null };

/**
 * Counters of an engine since its process started. Null: this engine does not report it. Speculative decoding is counted
 * apart: `speculativeDrafts` proposals held `draftTokens`, of which `acceptedTokens` became output; output tokens hold
 * the accepted ones already.
 */
export type EngineCounters = { readonly [Counter in EngineCounter]: number | null };

export const ENGINE_COUNTERS = [
  'inputTokens',
  'cachedTokens',
  'outputTokens',
  'requestsStopped',
  'requestsLength',
  'requestsAborted',
  'requestsFailed',
  'preemptions',
  'speculativeDrafts',
  'draftTokens',
  'acceptedTokens',
] as const;

export type EngineCounter = (typeof ENGINE_COUNTERS)[number];

/** Latencies measured by engines as histograms, in seconds. */
export const LATENCY_MEASURES = ['ttft', 'interToken', 'endToEnd'] as const;

export type LatencyMeasure = (typeof LATENCY_MEASURES)[number];

/** A cumulative histogram since process start. `bounds` ascend and end with Infinity; `counts[i]` is observations <= bounds[i]. */
export type CumulativeHistogram = {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sumSeconds: number;
  readonly count: number;
};

/** One reading of an inference engine at one instant. Input tokens include the cached ones. */
export type EngineSample = Location & {
  readonly engine: string;
  readonly kind: EngineKind;
  readonly model: string;
  /** Host and port that its metrics come from; null for a loopback address, which names no machine. */
  readonly address: string | null;
  readonly pod: string | null;
  readonly namespace: string | null;
  /** Whom it serves: its namespace, or the label that the operator named. */
  readonly tenant: string | null;
  /** When the process started; null when the engine does not say. Evidence for counter resets. */
  readonly startedAt: EpochMs | null;
  readonly version: string | null;
  readonly versionEvidence: VersionEvidence | null;
  /** Container image with its digest, where the cluster tells it. */
  readonly image: string | null;
  /** Launch settings that are told, as `settingsText` writes them. */
  readonly settings: string | null;
  /** The side of requests that its own labels name; null: both, or not told. */
  readonly role: EngineRole | null;
  /** As the process counts them, whoever else counts the same request: sampling decides what of them is counted. */
  readonly counters: EngineCounters;
  /** Input tokens, cached ones too, that came over from another engine or a cache outside; null: not told apart. */
  readonly transferredTokens: number | null;
  /** GPUs of this machine that the engine says it uses; null: it does not say. */
  readonly gpuCount: number | null;
  /** The GPUs that it can see, by UUID, where it names them. */
  readonly gpuUuids: readonly GpuUuid[];
  /** Its processes, where it runs on this machine and the system tells; empty elsewhere. */
  readonly pids: readonly number[];
  readonly requestsRunning: number | null;
  readonly requestsWaiting: number | null;
  readonly kvCacheUsage: number | null;
  /** Share of its ranks that sleep, their weights off the GPU, 0 to 1. */
  readonly sleeping: number | null;
  readonly latencies: { readonly [Measure in LatencyMeasure]: CumulativeHistogram | null };
};

/**
 * One reading of what a meter covers at one instant, in base units. `node` is null for the meter of a rack. Several parts
 * of one scrape (sockets, power supplies, feeds) are added already, and `parts` says how many were.
 */
export type MeterSample = Location & {
  /** Tells apart the meters that add to one place: feeds with a target of their own. */
  readonly meter: string;
  readonly boundary: MeterBoundary;
  /** Who measures: two origins of one place and boundary read the same power, and only one of them counts. */
  readonly origin: MeterOrigin;
  readonly parts: number;
  readonly watts: number | null;
  /** Energy counted by the meter itself, J, where it has a counter. */
  readonly energyCounterJoules: number | null;
};

/** Who measures, the most trusted first: what an operator maps by hand is what they trust. */
export const METER_ORIGINS = ['mapped', 'gpu', 'ipmi', 'redfish', 'kepler', 'dcgm', 'hwmon'] as const;

export type MeterOrigin = (typeof METER_ORIGINS)[number];

/**
 * A value that was held out, and why: it changes no total. The notices hold nothing out: `unread` is an engine whose
 * tokens are not known, `newer` one of a release that nobody has read yet, `repeats` a gateway whose tokens are those of
 * the engines behind it, `disagrees` an engine whose own metrics contradict each other.
 */
export type SampleProblem = {
  readonly kind: 'not-finite' | 'negative' | 'implausible' | 'conflict' | SampleNotice;
  readonly message: string;
};

export const SAMPLE_NOTICES = ['unread', 'repeats', 'disagrees', 'newer'] as const;

export type SampleNotice = (typeof SAMPLE_NOTICES)[number];

/** Whether a problem only tells something, and holds no value out. */
export function isNotice(problem: SampleProblem): boolean {
  return SAMPLE_NOTICES.some((kind) => kind === problem.kind);
}

/** What a pod runs, as kube-state-metrics tells it. */
export type PodSample = {
  readonly pod: string;
  readonly namespace: string | null;
  readonly images: readonly { readonly container: string; readonly image: string; readonly imageId: string }[];
  /** The label `app.kubernetes.io/version`; null where it is not set, or not exported. */
  readonly versionLabel: string | null;
};

/** Everything one answer of one target held: what the sources hand to sampling. */
export type Scrape = {
  /** Name of the target, unique over all sources: the identity of the endpoint, not of the things behind it. */
  readonly target: string;
  /** Wall-clock instant of the first byte of the answer, or the sample's own time when read from a server's history. */
  readonly at: EpochMs;
  /** Monotonic reading of the same instant, ms; null for samples read from history, whose own time is trusted. */
  readonly monotonicMs: number | null;
  /** Seconds between readings of this target, where a server scrapes it at its own pace; null: Tokenwatt's own pace. */
  readonly intervalSeconds: number | null;
  readonly gpus: readonly GpuSample[];
  readonly engines: readonly EngineSample[];
  readonly meters: readonly MeterSample[];
  /** Pods of engines; left out by every source but kube-state-metrics. */
  readonly pods?: readonly PodSample[];
  readonly problems: readonly SampleProblem[];
};

import type { EngineSample, GpuSample, MeterSample } from '#shared/model/sample.ts';

/** What one answer of one target held, as far as signals are told from it. */
export type TargetRead = {
  readonly gpus: readonly GpuSample[];
  readonly engines: readonly EngineSample[];
  readonly meters: readonly MeterSample[];
  /** What spoke: text of metrics, or a driver without metric names. */
  readonly by: 'metrics' | 'nvidia-smi' | 'nvml';
  /** Names of the metrics that have a value of the present. */
  readonly names: ReadonlySet<string>;
  /** Names of the metrics whose values are all of a time long ago. */
  readonly staleNames: ReadonlySet<string>;
};

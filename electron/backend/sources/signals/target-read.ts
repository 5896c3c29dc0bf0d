import type { EngineSample, GpuSample, MeterSample } from '#shared/model/sample.ts';
import type { Series } from '../prometheus/series.ts';

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
  /** Of a server: the names of the metrics that each job told; left out by what has no jobs. */
  readonly namesOfJobs?: ReadonlyMap<string, ReadonlySet<string>>;
};

/** Hears what each answer of a source's targets held, as a poll read it. */
export type OnRead = (read: TargetRead) => void;

/** The names of metrics with a value of the present, and of those that have only older ones. */
export function namesIn(
  series: readonly Series[],
  isCurrent: (index: number) => boolean,
): Pick<TargetRead, 'names' | 'staleNames'> {
  const names = new Set(series.flatMap(({ name }, index) => (isCurrent(index) ? [name] : [])));
  return { names, staleNames: new Set(series.map(({ name }) => name).filter((name) => !names.has(name))) };
}

/** What a driver told, which has no metric names. */
export function driverRead(by: 'nvidia-smi' | 'nvml', gpus: readonly GpuSample[]): TargetRead {
  return { by, gpus, engines: [], meters: [], names: new Set(), staleNames: new Set() };
}

import { succeed, type Result } from '#shared/lib/result.ts';
import type { LabelMatcher } from '#shared/model/access.ts';
import type { MeterMapping } from '#shared/model/power-boundary.ts';
import type { JobSignal, ServerJob } from '#shared/model/server-job.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { GPU_METRICS } from '../gpu-exporters/gpu-tables.ts';
import { METER_METRICS } from '../host-power/meter-metrics.ts';
import type { HttpClient, HttpTarget } from '../http/http-client.ts';
import type { MatrixSeries } from './server-answer.ts';
import { queryOf, vectorOf, type ServerFailure } from './server-api.ts';

const SIGNALS: readonly JobSignal[] = ['gpu', 'engine', 'power'];

/** Metrics that every program with a Prometheus client has. */
const OF_ANY_PROGRAM = new Set(['process_start_time_seconds']);

type NamesOfJobs = ReadonlyMap<string, ReadonlySet<string>>;

type About = {
  readonly at: EpochMs;
  readonly matchers?: readonly LabelMatcher[];
  readonly meters?: readonly MeterMapping[];
  /** What an answer of the server told. */
  readonly names: NamesOfJobs;
};

/** The names of the metrics that each job tells. */
export function namesOfJobs(series: readonly MatrixSeries[]): NamesOfJobs {
  const jobs = new Map<string, Set<string>>();
  for (const one of series) {
    const names = jobs.get(jobOf(one)) ?? new Set();
    jobs.set(jobOf(one), names.add(one.metric['__name__'] ?? ''));
  }
  return jobs;
}

/**
 * The jobs behind a server, those first of which something is read. Their targets are told by `up`, because the page of
 * targets that Prometheus has is missing from Mimir and from servers that others write to.
 */
export async function serverJobs(
  http: HttpClient,
  server: HttpTarget,
  { at, matchers = [], meters = [], names }: About,
  signal: AbortSignal,
): Promise<Result<readonly ServerJob[], ServerFailure>> {
  const scraped = await vectorOf(http, server, { query: queryOf({ names: ['up'], matchers }), at }, signal);
  return scraped.ok ? succeed(jobsOf(scraped.value.series, names, signalsOfNames(meters))) : scraped;
}

type SignalOf = (metric: string) => JobSignal | null;

function signalsOfNames(meters: readonly MeterMapping[]): SignalOf {
  const gpu = new Set<string>(GPU_METRICS);
  const power = new Set([
    ...METER_METRICS.flatMap(({ names, contradictedBy }) => [...names, contradictedBy ?? []].flat()),
    ...meters.map(({ metric }) => metric),
  ]);
  return (metric) => {
    if (gpu.has(metric)) return 'gpu';
    if (power.has(metric)) return 'power';
    return OF_ANY_PROGRAM.has(metric) ? null : 'engine';
  };
}

function jobsOf(up: readonly MatrixSeries[], told: NamesOfJobs, signalOf: SignalOf): readonly ServerJob[] {
  const scraped = Map.groupBy(up, jobOf);
  const jobs = [...new Set([...told.keys(), ...scraped.keys()])].map((name): ServerJob => {
    const targets = scraped.get(name);
    const signals = new Set([...(told.get(name) ?? [])].map(signalOf));
    return {
      name,
      targets: targets?.length ?? null,
      down: (targets ?? []).filter(isDown).map(({ metric }) => metric['instance'] ?? ''),
      tells: SIGNALS.filter((one) => signals.has(one)),
    };
  });
  const isIdle = ({ tells }: ServerJob): number => (tells.length === 0 ? 1 : 0);
  return jobs.toSorted((one, other) => isIdle(one) - isIdle(other) || one.name.localeCompare(other.name, 'en'));
}

function jobOf({ metric }: MatrixSeries): string {
  return metric['job'] ?? '';
}

function isDown({ values }: MatrixSeries): boolean {
  return Number(values.at(-1)?.[1]) === 0;
}

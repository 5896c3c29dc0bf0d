import type { Clock } from '#backend/clock.ts';
import type { ServerJob } from '#shared/model/server-job.ts';
import type { SourceHealth } from '#shared/model/source-health.ts';
import { createHttpClient, noAccess, type HttpClient } from '../http/http-client.ts';
import { createLocalGpusSource } from '../local-gpus/local-gpus-source.ts';
import { createDiscoverySource, createScrapeSource } from '../prometheus/scrape-source.ts';
import { createServerSource } from '../prometheus-server/server-source.ts';
import { serverJobs } from '../prometheus-server/server-jobs.ts';
import type { RecognisedSource } from '../recognise-address.ts';
import type { OnRead, TargetRead } from '../signals/target-read.ts';
import type { Source } from '../source.ts';
import { kindOfMetrics } from './kind-of-metrics.ts';
import type { ProbeProblem, ReadInput } from './probe-answer.ts';

/** Nobody polls yet: each target has as long as the client's own limits give it. */
const POLL_SECONDS = 15;
const READ_MS_MAX = 60_000;

const JOBS_MS_MAX = 20_000;

/** What all of a source told, and which jobs it has where it is a server that tells them. */
export type SourceRead = { readonly read: ReadInput; readonly jobs: readonly ServerJob[] | null };

/** Reads what was found at an address by asking all of it once: a server, a list of targets, the driver of this machine. */
export async function readSource(recognised: RecognisedSource, clock: Clock): Promise<SourceRead> {
  const http = createHttpClient(clock);
  const reads: TargetRead[] = [];
  const source = sourceOf(recognised, { http, clock, onRead: (read) => void reads.push(read) });
  try {
    await source.poll(() => {}, AbortSignal.timeout(READ_MS_MAX));
    const read = readInputOf(recognised, reads, source.health(clock.now()));
    return {
      read,
      jobs: recognised.kind === 'prometheus' ? await jobsOf(recognised.url, reads, { http, clock }) : null,
    };
  } finally {
    source.close();
    http.close();
  }
}

async function jobsOf(
  url: string,
  reads: readonly TargetRead[],
  { http, clock }: Omit<Asking, 'onRead'>,
): Promise<SourceRead['jobs']> {
  const asking = await noAccess();
  if (!asking.ok) return null;
  const target = { ...asking.value, url };
  const names = reads.at(-1)?.namesOfJobs ?? new Map();
  const jobs = await serverJobs(http, target, { at: clock.now(), names }, AbortSignal.timeout(JOBS_MS_MAX));
  return jobs.ok ? jobs.value : null;
}

type Asking = { readonly http: HttpClient; readonly clock: Clock; readonly onRead: OnRead };

function sourceOf(recognised: RecognisedSource, { http, clock, onRead }: Asking): Source {
  const common = { name: recognised.name, http, now: () => clock.now(), pollSeconds: POLL_SECONDS, onRead };
  switch (recognised.kind) {
    case 'scrape':
      return createScrapeSource({ ...common, targets: recognised.targets });
    case 'discovery':
      return createDiscoverySource({ ...common, url: recognised.url });
    case 'prometheus':
      return createServerSource({ ...common, url: recognised.url, use: 'live' });
    case 'local-gpus':
      return createLocalGpusSource({ ...common, via: recognised.via, monotonicMs: () => clock.monotonicMs() });
  }
}

function readInputOf({ kind }: RecognisedSource, reads: readonly TargetRead[], health: SourceHealth): ReadInput {
  const gpus = [...new Map(reads.flatMap((read) => read.gpus).map((gpu) => [gpu.gpu, gpu])).values()];
  const engines = reads.flatMap((read) => read.engines);
  const names = new Set(reads.flatMap((read) => [...read.names]));
  const ofMetrics = kindOfMetrics(names, {
    hasGpus: gpus.length > 0,
    hasEngines: engines.length > 0,
    isGateway: false,
  });
  return {
    valid: health.state !== 'down' && health.targets.every((target) => target.state !== 'down'),
    format: kind === 'prometheus' ? 'prometheus-api' : kind === 'local-gpus' ? 'unknown' : 'prometheus-text',
    samples: health.targets.reduce((total, target) => total + target.samples, 0),
    kind: kind === 'prometheus' ? 'prometheus' : kind === 'local-gpus' ? (reads[0]?.by ?? 'unknown') : ofMetrics,
    gpus,
    engines,
    meters: reads.flatMap((read) => read.meters),
    migDevices: new Map(gpus.flatMap(({ gpu, migDevices }) => (migDevices === null ? [] : [[gpu, migDevices]]))),
    reads,
    problems: problemsOf(health),
  };
}

function problemsOf({ reason, targets }: SourceHealth): readonly ProbeProblem[] {
  const problem = (kind: string, message: string): ProbeProblem => ({ kind, message, line: null });
  const ofTargets = targets.flatMap((target) => [
    ...(target.state === 'down' ? [problem('down', `${target.name}: ${target.reason ?? 'no answer'}`)] : []),
    ...(target.heldOutReason === null ? [] : [problem('held-out', `${target.name}: ${target.heldOutReason}`)]),
  ]);
  const isTold = reason === null || targets.some((target) => target.reason !== null && reason.includes(target.reason));
  return isTold ? ofTargets : [problem('source', reason), ...ofTargets];
}

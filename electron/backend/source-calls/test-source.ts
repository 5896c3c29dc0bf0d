import type { Clock } from '#backend/clock.ts';
import type { Config, SourceConfig } from '#backend/config.ts';
import { createSource } from '#backend/create-source.ts';
import { createAccessReader } from '#backend/secrets/read-access.ts';
import type { Secrets } from '#backend/secrets/secrets.ts';
import { createHttpClient, noAccess, type HttpClient } from '#backend/sources/http/http-client.ts';
import { serverJobs } from '#backend/sources/prometheus-server/server-jobs.ts';
import { signalsOf } from '#backend/sources/signals/signals-of.ts';
import type { TargetRead } from '#backend/sources/signals/target-read.ts';
import type { SourceTest } from '#shared/contract/backend-api.ts';

/** Every target has its own deadline; this ends a source that hangs all the same. */
const TEST_MS_MAX = 45_000;

/** Counting the series of a large server takes seconds. */
const JOBS_MS_MAX = 20_000;

/** A test is not held to a short poll interval: who waits for it wants to know whether it answers at all. */
const POLL_SECONDS_LEAST = 15;

/** Asks a source once, exactly as a poll would, and says what came. Nothing is kept. */
export async function testSource(
  source: SourceConfig,
  { config, clock, secrets }: { readonly config: Config; readonly clock: Clock; readonly secrets: Secrets },
): Promise<SourceTest> {
  const http = createHttpClient(clock);
  const reads: TargetRead[] = [];
  const pollSeconds = Math.max(config.pollSeconds, POLL_SECONDS_LEAST);
  const asked = source.kind === 'prometheus' ? { ...source, use: 'live' as const } : source;
  const surroundings = { config: { ...config, pollSeconds }, http, clock, secrets };
  const onRead = (read: TargetRead): void => {
    reads.push(read);
  };
  const atWork = createSource(asked, { ...surroundings, onRead });
  try {
    await atWork.poll(() => {}, AbortSignal.timeout(TEST_MS_MAX));
    const health = atWork.health(clock.now());
    const jobs =
      source.kind !== 'prometheus' || health.state === 'down' ? null : await jobsOf(source, reads, surroundings);
    return { name: source.name, health, signals: signalsOf(reads), jobs };
  } finally {
    atWork.close();
    http.close();
  }
}

type ServerConfig = Extract<SourceConfig, { readonly kind: 'prometheus' }>;

type Asking = { readonly config: Config; readonly http: HttpClient; readonly clock: Clock; readonly secrets: Secrets };

/** Beside the test itself: where the server does not tell its jobs, the test is as good. */
async function jobsOf(
  { url, access, matchers = [] }: ServerConfig,
  reads: readonly TargetRead[],
  { config, http, clock, secrets }: Asking,
): Promise<SourceTest['jobs']> {
  const asking = access === undefined ? await noAccess() : await createAccessReader(access, secrets, clock)();
  if (!asking.ok) return null;
  const names = reads.at(-1)?.namesOfJobs ?? new Map();
  const about = { at: clock.now(), matchers, meters: config.meters, names };
  const jobs = await serverJobs(http, { ...asking.value, url }, about, AbortSignal.timeout(JOBS_MS_MAX));
  return jobs.ok ? jobs.value : null;
}

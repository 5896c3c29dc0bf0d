import type { Clock } from '#backend/clock.ts';
import type { Config, SourceConfig } from '#backend/config.ts';
import { createSource } from '#backend/create-source.ts';
import type { Secrets } from '#backend/secrets/secrets.ts';
import { createHttpClient } from '#backend/sources/http/http-client.ts';
import { signalsOf } from '#backend/sources/signals/signals-of.ts';
import type { TargetRead } from '#backend/sources/signals/target-read.ts';
import type { SourceTest } from '#shared/contract/backend-api.ts';

/** Every target has its own deadline; this ends a source that hangs all the same. */
const TEST_MS_MAX = 45_000;

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
    return { name: source.name, health, signals: signalsOf(reads) };
  } finally {
    atWork.close();
    http.close();
  }
}

import type { Backend } from '#backend/create-backend.ts';
import type { BackendApi, CallName } from '#shared/contract/backend-api.ts';
import { CALLS } from '#shared/contract/backend-api.ts';
import type { BackendEvents, EventTopic } from '#shared/contract/backend-events.ts';
import { fail, succeed } from '#shared/lib/result.ts';
import { epochMs } from '#shared/time/instant.ts';

type Hear = (event: unknown) => void;

export type TinyBackend = Backend & {
  emit<Topic extends EventTopic>(topic: Topic, event: BackendEvents[Topic]): void;
  /** Inputs that `events` was called with, as they arrived after the check. */
  readonly heard: unknown[];
};

export const CAPABILITIES = {
  version: '0.1.0',
  host: 'server',
  isSample: true,
  fleetName: 'Tiny fleet',
  pollSeconds: 5,
  now: epochMs(1_800_000_000_000),
  snapshot: null,
} as const;

/**
 * The smallest backend that can show what a wire does: one call that answers, one that echoes, one that fails, one that
 * throws and one that never ends. The wire tests need no facts, and must not depend on how answers are computed.
 */
export function tinyBackend(): TinyBackend {
  const hearers = new Map<EventTopic, Set<Hear>>();
  const heard: unknown[] = [];
  const answers: Partial<BackendApi> = {
    capabilities: () => Promise.resolve(succeed(CAPABILITIES)),
    events: (input) => {
      heard.push(input);
      return Promise.resolve(succeed([]));
    },
    removeSource: () => Promise.resolve(fail({ kind: 'not-possible', message: 'the sample has no sources to remove' })),
    costBook: () => Promise.reject(new Error('a mistake in /secret/path')),
    sourceHealth: () => new Promise(() => undefined),
  };
  const notThere = () => Promise.resolve(fail({ kind: 'failed' as const, message: 'not in the tiny backend' }));
  const names = Object.keys(CALLS) as CallName[];
  return {
    api: Object.fromEntries(names.map((name) => [name, answers[name] ?? notThere])) as BackendApi,
    subscribe(topic, hear) {
      const known = hearers.get(topic) ?? new Set<Hear>();
      hearers.set(topic, known.add(hear as Hear));
      return () => known.delete(hear as Hear);
    },
    emit: (topic, event) => {
      for (const hear of hearers.get(topic) ?? []) hear(event);
    },
    heard,
    openSnapshot: () => Promise.resolve(fail('the tiny backend opens no files')),
    stop: () => Promise.resolve(),
  };
}

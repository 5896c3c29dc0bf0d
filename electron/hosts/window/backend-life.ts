import type { Backend, BackendFailure } from '#backend/create-backend.ts';
import { createSafeDispatch, type SafeDispatch } from '#electron/hosts/server/safe-dispatch.ts';
import { EVENT_TOPICS } from '#shared/contract/backend-events.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';

export type BackendLifeOptions = {
  readonly open: () => Promise<Result<Backend, BackendFailure>>;
  readonly log: (line: string) => void;
};

/** A backend that sleeps with the machine: those who use it keep their wire while it is closed and opened again. */
export type BackendLife = {
  wake(): Promise<Result<void, BackendFailure>>;
  /** Commits and closes the store, so that no interval reaches over the sleep. */
  sleep(): Promise<void>;
  readonly dispatch: SafeDispatch;
  readonly subscribe: Backend['subscribe'];
  readonly openSnapshot: Backend['openSnapshot'];
};

type Hearer = { readonly topic: string; readonly hear: (event: never) => void };

export function createBackendLife({ open, log }: BackendLifeOptions): BackendLife {
  const hearers = new Set<Hearer>();
  let awake: { readonly backend: Backend; readonly dispatch: SafeDispatch } | null = null;
  // Sleep and wake may follow each other quickly: each waits for the one before.
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <Value>(step: () => Promise<Value>): Promise<Value> => {
    const turn = last.then(step);
    last = turn.catch(() => undefined);
    return turn;
  };

  return {
    wake: () =>
      inTurn(async () => {
        if (awake !== null) return succeed(undefined);
        const opened = await open();
        if (!opened.ok) return opened;
        const backend = opened.value;
        awake = { backend, dispatch: createSafeDispatch(backend.api, log) };
        for (const topic of EVENT_TOPICS) backend.subscribe(topic, (event) => tell(hearers, topic, event));
        return succeed(undefined);
      }),
    sleep: () =>
      inTurn(async () => {
        const ending = awake?.backend;
        awake = null;
        await ending?.stop();
      }),
    dispatch(name, input) {
      const asleep = fail({ kind: 'disconnected' as const, message: 'Tokenwatt sleeps with the machine.' });
      return awake === null ? Promise.resolve(asleep) : awake.dispatch(name, input);
    },
    openSnapshot: (path) =>
      inTurn(async () =>
        awake === null ? fail('Tokenwatt sleeps with the machine.') : await awake.backend.openSnapshot(path),
      ),
    subscribe(topic, hear) {
      const hearer = { topic, hear };
      hearers.add(hearer);
      return () => void hearers.delete(hearer);
    },
  };
}

function tell(hearers: ReadonlySet<Hearer>, topic: string, event: unknown): void {
  for (const hearer of hearers) if (hearer.topic === topic) hearer.hear(event as never);
}

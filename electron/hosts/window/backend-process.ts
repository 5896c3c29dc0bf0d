import { nextRestart } from './back-off.ts';
import { isFromBackend, type BackendWish, type FromBackend, type ToBackend } from './host-messages.ts';
import type { MessagePortMain } from 'electron';

/** The process may take this long to commit and close its store; then it is ended. */
const STOP_LIMIT_MS = 5000;

export type BackendState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'restarting'; readonly afterMs: number }
  /** Nothing more is tried until `start` is called again. */
  | { readonly kind: 'ended'; readonly reason: string };

/** The part of a utility process that is needed. */
export type Child = {
  postMessage(message: ToBackend, ports?: MessagePortMain[]): void;
  kill(): boolean;
  on(event: 'message', hear: (message: unknown) => void): unknown;
  on(event: 'exit', hear: (code: number) => void): unknown;
};

export type BackendProcessOptions = {
  readonly fork: () => Child;
  readonly onState: (state: BackendState) => void;
  readonly onWish: (wish: BackendWish) => void;
  /** A clock that never goes back, ms. */
  readonly monotonicMs: () => number;
};

export type BackendProcess = {
  start(): void;
  /** Sends to the living process; dropped when there is none. */
  post(message: ToBackend, ports?: MessagePortMain[]): void;
  /** Asks the process to close its store and end; ends it after five seconds. */
  stop(): Promise<void>;
};

/** Keeps one backend process alive: restarts it with growing waits, gives up with a reason, ends it cleanly. */
export function createBackendProcess(options: BackendProcessOptions): BackendProcess {
  let child: Child | null = null;
  let failures = 0;
  let stopping: (() => void) | null = null;
  let timer: NodeJS.Timeout | undefined;

  const start = (): void => {
    clearTimeout(timer);
    if (child !== null || stopping !== null) return;
    const startedMs = options.monotonicMs();
    options.onState({ kind: 'starting' });
    const born = options.fork();
    child = born;
    born.on('message', (message) => {
      if (child === born && isFromBackend(message)) hear(message);
    });
    born.on('exit', (code) => {
      if (child !== born) return;
      child = null;
      afterExit(code, options.monotonicMs() - startedMs);
    });
  };

  const hear = (message: FromBackend): void => {
    if (message.kind === 'ready') options.onState(message);
    else if (message.kind === 'refused') giveUp(message.reason);
    else options.onWish(message);
  };

  const giveUp = (reason: string): void => {
    const ending = child;
    child = null;
    failures = 0;
    ending?.kill();
    options.onState({ kind: 'ended', reason });
  };

  const afterExit = (code: number, livedMs: number): void => {
    if (stopping !== null) return stopping();
    const next = nextRestart({ failures, livedMs });
    failures = next.failures;
    if (next.kind === 'give-up') return giveUp(`It ended ${next.failures} times in a row, last with code ${code}.`);
    options.onState({ kind: 'restarting', afterMs: next.afterMs });
    timer = setTimeout(start, next.afterMs);
  };

  return {
    start,
    post: (message, ports) => child?.postMessage(message, ports),
    stop() {
      clearTimeout(timer);
      const living = child;
      return new Promise((resolve) => {
        const deadline = setTimeout(() => living?.kill(), STOP_LIMIT_MS);
        stopping = () => {
          clearTimeout(deadline);
          resolve();
        };
        if (living === null) stopping();
        else living.postMessage({ kind: 'stop' });
      });
    },
  };
}

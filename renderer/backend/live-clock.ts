import type { Connection } from '#shared/contract/transport.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';

/** What the page knows of the present: the backend's clock, the instant its windows end at, and whether it holds still. */
export type LiveState = {
  readonly connection: Connection;
  readonly isPaused: boolean;
  /** End of relative windows: moves with each refresh, stands while paused. Null until the backend told its time. */
  readonly asOf: EpochMs | null;
};

export type LiveClock = {
  readonly state: () => LiveState;
  readonly subscribe: (hear: () => void) => () => void;
  /** Present instant by the backend's clock. */
  readonly now: () => EpochMs;
  /** Learns the backend's clock from an answer that was just received; `isStill`: in a snapshot time does not pass. */
  readonly learn: (backendNow: EpochMs, isStill?: boolean) => void;
  /** Moves `asOf` to the present, also while paused: "refresh now". */
  readonly advance: () => void;
  readonly setPaused: (isPaused: boolean) => void;
  readonly setConnection: (connection: Connection) => void;
};

/** `wallMs` is the clock of the page; only its difference to the backend's is used. */
export function createLiveClock(wallMs: () => number): LiveClock {
  const hearers = new Set<() => void>();
  let offsetMs = 0;
  let stillAt: EpochMs | null = null;
  let state: LiveState = { connection: 'connecting', isPaused: false, asOf: null };

  const change = (patch: Partial<LiveState>): void => {
    state = { ...state, ...patch };
    for (const hear of hearers) hear();
  };
  const now = (): EpochMs => stillAt ?? epochMs(wallMs() + offsetMs);

  return {
    state: () => state,
    subscribe: (hear) => {
      hearers.add(hear);
      return () => void hearers.delete(hear);
    },
    now,
    learn: (backendNow, isStill = false) => {
      const hasJumped = isStill || stillAt !== null;
      offsetMs = backendNow - wallMs();
      stillAt = isStill ? backendNow : null;
      if (state.asOf === null || !state.isPaused || hasJumped) change({ asOf: backendNow });
    },
    advance: () => change({ asOf: now() }),
    setPaused: (isPaused) => change({ isPaused }),
    setConnection: (connection) => change({ connection }),
  };
}

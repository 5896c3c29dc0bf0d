import type { Clock } from '#backend/clock.ts';

import type { HttpFailure, HttpTarget } from './http-client.ts';

/** Refused credentials are tried again once a minute: more often would lock an account out. Source: faults N12. */
const REFUSED_SECONDS = 60;
/** A server that is overloaded and does not say for how long is left alone for twice as long at each repeat, up to this. */
const BUSY_SECONDS_MIN = 5;
const BUSY_SECONDS_MAX = 60;
/** Held addresses that are remembered; those held for the longest are let go first. */
const HELD_MAX = 10_000;

type Held = { readonly untilMs: number; readonly seconds: number; readonly failure: HttpFailure };

/** Keeps requests from servers that refused our credentials, or asked to be left alone, until their time has come. */
export type HoldBack = {
  /** The failure that still holds for a target, with the time that is left in its message; null when it may be asked. */
  readonly heldOf: (target: HttpTarget) => HttpFailure | null;
  readonly failed: (target: HttpTarget, failure: HttpFailure) => void;
  readonly answered: (target: HttpTarget) => void;
};

/** Other credentials are another matter: a new secret is tried at once. */
export function createHoldBack(clock: Clock): HoldBack {
  const held = new Map<string, Held>();
  return {
    heldOf: (target) => {
      const known = held.get(keyOf(target));
      const leftMs = (known?.untilMs ?? 0) - clock.monotonicMs();
      if (known === undefined || leftMs <= 0) return null;
      return { ...known.failure, message: `${known.failure.message} Asked again in ${Math.ceil(leftMs / 1000)} s.` };
    },
    failed: (target, failure) => {
      const key = keyOf(target);
      const seconds = secondsOf(failure, held.get(key)?.seconds ?? 0);
      held.delete(key);
      if (seconds === null) return;
      const [oldest] = held.keys();
      if (oldest !== undefined && held.size >= HELD_MAX) held.delete(oldest);
      held.set(key, { untilMs: clock.monotonicMs() + seconds * 1000, seconds, failure });
    },
    answered: (target) => held.delete(keyOf(target)),
  };
}

function secondsOf({ kind, status, retryAfterSeconds }: HttpFailure, before: number): number | null {
  if (kind === 'unauthorized') return REFUSED_SECONDS;
  if (kind !== 'status' || (status !== 429 && status !== 503)) return null;
  return retryAfterSeconds ?? Math.min(BUSY_SECONDS_MAX, Math.max(BUSY_SECONDS_MIN, before * 2));
}

function keyOf({ url, headers, authorization, proxy }: HttpTarget): string {
  return JSON.stringify([url, headers, authorization, proxy?.url, proxy?.authorization]);
}

import type { Clock } from '#backend/clock.ts';
import { isSameSecret, randomSecret } from '#electron/hosts/challenge.ts';

/** Links and browsers that may be open at once; the oldest gives way. */
const CODES_MAX = 16;
const SESSIONS_MAX = 64;

/** The secrets of one run of the server: the token of scripts, one-time codes of links, sessions of browsers. */
export type Credentials = {
  readonly token: string;
  /** A code for one opening; it lapses after `lifetimeMs`, or holds until used when that is null. */
  mintCode(lifetimeMs: number | null): string;
  /** Trades a code for a session, once; null when the code is unknown, used or lapsed. */
  redeemCode(code: string): string | null;
  isToken(candidate: string): boolean;
  isSession(candidate: string): boolean;
};

export function createCredentials(clock: Clock): Credentials {
  const token = randomSecret();
  let codes: readonly { readonly code: string; readonly endsMs: number }[] = [];
  let sessions: readonly string[] = [];
  const live = () => codes.filter(({ endsMs }) => clock.monotonicMs() < endsMs);

  return {
    token,
    mintCode(lifetimeMs) {
      const code = randomSecret();
      const endsMs = lifetimeMs === null ? Number.POSITIVE_INFINITY : clock.monotonicMs() + lifetimeMs;
      codes = [...live(), { code, endsMs }].slice(-CODES_MAX);
      return code;
    },
    redeemCode(code) {
      const found = live().filter((known) => isSameSecret(known.code, code));
      if (found.length === 0) return null;
      codes = live().filter((known) => !found.includes(known));
      const session = randomSecret();
      sessions = [...sessions, session].slice(-SESSIONS_MAX);
      return session;
    },
    isToken: (candidate) => isSameSecret(candidate, token),
    isSession: (candidate) => sessions.filter((known) => isSameSecret(known, candidate)).length > 0,
  };
}

import type { RuleTest } from '#shared/model/alert.ts';
import type { EpochMs } from '#shared/time/instant.ts';

/**
 * One thing that is watched, from look to look. It fires when it was wrong without a break for long enough, and is over when
 * it was fine without a break for long enough, so that a value about its limit makes one alert and not many.
 *
 *   fine -> wrong -> firing -> fine
 *
 * `repriced`: wrong since prices were changed, not since anything happened; it waits until it was fine once, or a day.
 */
export type Condition = {
  readonly phase: 'fine' | 'wrong' | 'firing' | 'repriced';
  /** When the phase began; of `firing`, when it began to be wrong. */
  readonly since: EpochMs;
  readonly firedAt: EpochMs | null;
  /** While firing: since when it is fine again. */
  readonly fineSince: EpochMs | null;
  readonly lookedAt: EpochMs;
};

/** What a look found. `unknown`: nothing, or too little was observed to say. */
export type Finding = 'fine' | 'wrong' | 'unknown';

export type Patience = { readonly forMinutes: number; readonly clearMinutes: number };

/** Looks further apart than this do not tell what was between them: the app was closed, or the machine slept. */
export const LOOK_GAP_MS = 4 * 60_000;

/** So long prices that changed excuse a value. */
const REPRICED_MS = 86_400_000;

const MINUTE_MS = 60_000;

export function newCondition(at: EpochMs): Condition {
  return { phase: 'fine', since: at, firedAt: null, fineSince: null, lookedAt: at };
}

/** `isRepriced`: prices changed since the look before. */
export type Look = { readonly at: EpochMs; readonly finding: Finding; readonly isRepriced: boolean };

/** The next state of a condition. A gap longer than `gapMs` breaks what was between the looks. */
export function lookedAgain(before: Condition, look: Look, patience: Patience, gapMs = LOOK_GAP_MS): Condition {
  const known = afterGap(before, look.at, gapMs);
  return { ...advanced(known, look, patience), lookedAt: look.at };
}

/** What was wrong before a gap and had not fired is not known to have stayed wrong; what fired needs its time anew to be fine. */
function afterGap(before: Condition, at: EpochMs, gapMs: number): Condition {
  const passedMs = at - before.lookedAt;
  if (passedMs >= 0 && passedMs <= gapMs) return before;
  if (before.phase === 'wrong') return newCondition(at);
  return { ...before, fineSince: null };
}

function advanced(before: Condition, { at, finding, isRepriced }: Look, patience: Patience): Condition {
  switch (before.phase) {
    case 'fine':
      if (finding !== 'wrong') return before;
      if (isRepriced) return { ...before, phase: 'repriced', since: at };
      return fireWhenDue({ ...before, phase: 'wrong', since: at }, at, patience);
    case 'wrong':
      if (finding !== 'wrong') return newCondition(at);
      if (isRepriced) return { ...before, phase: 'repriced', since: at };
      return fireWhenDue(before, at, patience);
    case 'repriced':
      if (finding === 'fine') return newCondition(at);
      return at - before.since < REPRICED_MS ? before : { ...before, phase: 'wrong', since: at };
    case 'firing':
      if (finding !== 'fine') return { ...before, fineSince: null };
      return clearWhenDue({ ...before, fineSince: before.fineSince ?? at }, at, patience);
  }
}

function fireWhenDue(wrong: Condition, at: EpochMs, { forMinutes }: Patience): Condition {
  return at - wrong.since >= forMinutes * MINUTE_MS ? { ...wrong, phase: 'firing', firedAt: at } : wrong;
}

function clearWhenDue(firing: Condition, at: EpochMs, { clearMinutes }: Patience): Condition {
  return at - (firing.fineSince ?? at) >= clearMinutes * MINUTE_MS ? newCondition(at) : firing;
}

/** What a value says about a limit. */
export function findingOf(value: number | null, test: Extract<RuleTest, { readonly kind: 'limit' }>): Finding {
  if (value === null) return 'unknown';
  const isWrong = test.comparison === 'above' ? value > test.limit : value < test.limit;
  return isWrong ? 'wrong' : 'fine';
}

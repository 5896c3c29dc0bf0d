import type { EpochMs } from '#shared/time/instant.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { lookedAgain, newCondition, type Condition, type Finding, type Patience } from './condition.ts';

/** A look at the past: what it found of the window that ended then. */
export type PastLook = { readonly at: EpochMs; readonly finding: Finding };

/**
 * When a rule would have been an alert, had it looked at these instants, in order: the same steps as when it is live. Looks
 * `stepSeconds` apart tell to one step. The last one may go on: it ends with the last look.
 */
export function replayed(
  looks: readonly PastLook[],
  patience: Patience,
  { stepSeconds }: { readonly stepSeconds: number },
): readonly TimeRange[] {
  const [first] = looks;
  const last = looks.at(-1);
  if (first === undefined || last === undefined) return [];
  const found: TimeRange[] = [];
  let condition: Condition = newCondition(first.at);
  for (const { at, finding } of looks) {
    const next = lookedAgain(condition, { at, finding, isRepriced: false }, patience, stepSeconds * 1000);
    if (condition.phase === 'firing' && next.phase !== 'firing') found.push(rangeOf(condition, at));
    condition = next;
  }
  return condition.phase === 'firing' ? [...found, rangeOf(condition, last.at)] : found;
}

function rangeOf({ firedAt, since }: Condition, end: EpochMs): TimeRange {
  const from = firedAt ?? since;
  return { from, to: epochMs(Math.max(end, from + 1)) };
}

/**
 * What a counter did between two readings. A decrease is a reset only where the start time, or the lack of one, allows
 * it; a rise beyond the plausible is held out. Source: faults reference, section 3 and faults M05 to M08, G04.
 */
export type CounterChange =
  | { readonly kind: 'grown'; readonly amount: number }
  | { readonly kind: 'reset'; readonly amount: number }
  | { readonly kind: 'held-out'; readonly reason: string }
  | { readonly kind: 'unknown' };

/**
 * Whether the process behind a counter is the one of the previous reading: its start time decides when both are known.
 * `other`: a process that ran beside the known one, so two answer behind one address (fault M08).
 */
export type ProcessEvidence = 'same' | 'restarted' | 'other' | 'unknown';

/** Start times of one process may be reported with jitter; a later one by more than this is another process. */
const START_JITTER_MS = 2000;

/** How far the clock of a target's machine may be off before its start time no longer tells what was first. */
const TARGET_CLOCK_OFF_MAX_MS = 5 * 60_000;

/**
 * Judges a start time by the one of the previous reading, taken at `previousAt`. A process replaces another only if it
 * started after the other was last heard; whatever started before that was there all along.
 */
export function processEvidence(
  previousStart: number | null,
  start: number | null,
  previousAt: number,
): ProcessEvidence {
  if (previousStart === null || start === null) return 'unknown';
  if (Math.abs(start - previousStart) <= START_JITTER_MS) return 'same';
  return start > previousStart && start >= previousAt - TARGET_CLOCK_OFF_MAX_MS ? 'restarted' : 'other';
}

/**
 * Whether a fall alone proves a new process: it has counted less than half of what the old one had. A smaller fall looks
 * like two processes behind one address, and counting each flip as a restart would add the whole total again.
 */
export function isFallOfRestart(previous: number | null, now: number | null): boolean {
  return previous !== null && now !== null && now < previous && now <= previous / 2;
}

/**
 * The change of one counter. `amountMax` is the largest believable rise over the time since the counter was last seen to
 * move. After a proven restart the new value itself is the amount: it counts from zero.
 */
export function counterChange(
  previous: number | null,
  now: number | null,
  evidence: ProcessEvidence,
  amountMax: number,
): CounterChange {
  if (now === null || previous === null) return { kind: 'unknown' };
  if (evidence === 'other') return { kind: 'held-out', reason: 'comes from another process' };
  if (evidence === 'restarted') return believable('reset', now, amountMax);
  if (now >= previous) return believable('grown', now - previous, amountMax);
  if (evidence === 'unknown' && isFallOfRestart(previous, now)) return believable('reset', now, amountMax);
  return { kind: 'held-out', reason: `fell from ${previous} to ${now} without a restart` };
}

function believable(kind: 'grown' | 'reset', amount: number, amountMax: number): CounterChange {
  if (amount <= amountMax) return { kind, amount };
  return { kind: 'held-out', reason: `rose by ${amount}, more than the ${Math.round(amountMax)} that is plausible` };
}

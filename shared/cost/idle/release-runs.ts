/** A run of steps in which at least `level` replicas were beyond need. */
export type ReleaseRun = {
  readonly level: number;
  /** First step, and how many. */
  readonly from: number;
  readonly steps: number;
};

/**
 * For each k = 1 .. largest excess, the runs where excess >= k. Every replica-step of excess lies in exactly one run.
 * Source: economics reference, section 6.2.
 */
export function releaseRuns(excess: readonly number[]): ReleaseRun[] {
  const highest = excess.reduce((most, one) => Math.max(most, one), 0);
  return Array.from({ length: highest }, (_, index) => runsOfLevel(excess, index + 1)).flat();
}

function runsOfLevel(excess: readonly number[], level: number): ReleaseRun[] {
  const runs: ReleaseRun[] = [];
  let from: number | null = null;
  for (let at = 0; at <= excess.length; at++) {
    const isFree = (excess[at] ?? 0) >= level;
    if (isFree && from === null) from = at;
    if (!isFree && from !== null) {
      runs.push({ level, from, steps: at - from });
      from = null;
    }
  }
  return runs;
}

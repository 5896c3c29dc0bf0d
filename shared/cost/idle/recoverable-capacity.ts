import { sum, sumOf } from '#shared/lib/sum.ts';
import { releaseRuns, type ReleaseRun } from './release-runs.ts';
import { divideSteps, type DividedStep, type HeadroomRule, type PoolStep } from './required-replicas.ts';

/** What it takes to give replicas back. */
export type ReleaseRule = {
  readonly stepHours: number;
  /** tau: steps that a release must last to be worth it. */
  readonly holdSteps: number;
  /** o: hours of each release that draining and reloading take. */
  readonly transitionHours: number;
};

/** Replica-hours of a window. All but `provisioned` add to it: each hour lies in exactly one of them. */
export type ReplicaHours = {
  readonly provisioned: number;
  readonly load: number;
  /** Spare for peaks: a protection that is paid for, not waste. */
  readonly headroom: number;
  /** Beyond need, but in runs shorter than the hold time. */
  readonly tooShort: number;
  /** Lost to drain and reload when runs are released. */
  readonly transition: number;
  readonly recoverable: number;
  /** Hours whose demand nobody measured. */
  readonly unobserved: number;
};

export type RecoverableCapacity = {
  readonly steps: readonly DividedStep[];
  readonly hours: ReplicaHours;
  /** Runs that last at least the hold time. */
  readonly releases: readonly ReleaseRun[];
  /** Steps that needed more replicas than there were. */
  readonly deficitSteps: number;
  /** load / provisioned; null where nothing was provisioned. */
  readonly utilisation: number | null;
};

/**
 * Divides the replica-hours of a pool into what was needed and what could have been given back.
 *
 *   provisioned = load + headroom + too short + transition + recoverable (+ unobserved)        [replica-h]
 *
 * A run of at least the hold time loses `o` hours of it, or all of it where it is shorter than that, and the rest is
 * recoverable. Source: economics reference, section 6.2; worked case in section 6.3.
 */
export function recoverableCapacity(
  pool: readonly PoolStep[],
  need: HeadroomRule,
  release: ReleaseRule,
): RecoverableCapacity {
  const steps = divideSteps(pool, need);
  const runs = releaseRuns(steps.map((step) => step.excess));
  const releases = runs.filter((run) => run.steps >= release.holdSteps);
  const hoursOf = (run: ReleaseRun) => run.steps * release.stepHours;
  const lostOf = (run: ReleaseRun) => Math.min(release.transitionHours, hoursOf(run));
  const stepsToHours = (of: (step: DividedStep) => number) => sumOf(steps, of) * release.stepHours;
  const provisioned = stepsToHours((step) => step.replicas);
  const load = stepsToHours((step) => step.load);
  return {
    steps,
    hours: {
      provisioned,
      load,
      headroom: stepsToHours((step) => step.headroom),
      tooShort: sumOf(runs, (run) => (run.steps < release.holdSteps ? hoursOf(run) : 0)),
      transition: sumOf(releases, lostOf),
      recoverable: sumOf(releases, (run) => hoursOf(run) - lostOf(run)),
      unobserved: stepsToHours((step) => (step.required === null ? step.replicas : 0)),
    },
    releases,
    deficitSteps: steps.filter((step) => step.hasDeficit).length,
    utilisation: provisioned > 0 ? load / provisioned : null,
  };
}

/** Everything that provisioned hours were divided into, added up again: the check that it closes. */
export function sumOfParts(hours: ReplicaHours): number {
  const { load, headroom, tooShort, transition, recoverable, unobserved } = hours;
  return sum([load, headroom, tooShort, transition, recoverable, unobserved]);
}

/** Headroom shares that the sensitivity shows, 10 to 50 %. Source: economics reference, section 6.2, defaults. */
export const HEADROOM_SHARES: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5];

/** What the same window would give back at other headrooms. */
export function headroomSensitivity(
  pool: readonly PoolStep[],
  need: HeadroomRule,
  release: ReleaseRule,
): { readonly headroom: number; readonly recoverableReplicaHours: number; readonly deficitSteps: number }[] {
  return HEADROOM_SHARES.map((headroom) => {
    const { hours, deficitSteps } = recoverableCapacity(pool, { ...need, headroom }, release);
    return { headroom, recoverableReplicaHours: hours.recoverable, deficitSteps };
  });
}

import { sumOf } from '#shared/lib/sum.ts';
import type { RecoverableCapacity, ReleaseRule } from './recoverable-capacity.ts';

/** What could have been given back in one step. */
export type ReleaseStep = {
  /** Replicas that lie in a release. */
  readonly released: number;
  /** Replica-hours of them, less what drain and reload take. */
  readonly recoverableHours: number;
};

/**
 * The releases of a window, step by step. The time that a release loses is spread over its steps, so that the steps add to the
 * recoverable hours of the window.
 */
export function releaseSteps(capacity: RecoverableCapacity, release: ReleaseRule): ReleaseStep[] {
  const { stepHours, transitionHours } = release;
  const steps = capacity.steps.map(() => ({ released: 0, recoverableHours: 0 }));
  for (const run of capacity.releases) {
    const hours = run.steps * stepHours;
    const kept = (hours - Math.min(transitionHours, hours)) / run.steps;
    for (const step of steps.slice(run.from, run.from + run.steps)) {
      step.released += 1;
      step.recoverableHours += kept;
    }
  }
  return steps;
}

/**
 * GPU-hours of the releases that empty whole nodes: rent is given back by the node.
 *
 *   whole-node GPU-h = sum over steps of recoverable GPU-h x whole nodes' GPUs / released GPUs
 */
export function wholeNodeGpuHours(
  steps: readonly ReleaseStep[],
  { gpusPerReplica, gpusPerNode }: { readonly gpusPerReplica: number; readonly gpusPerNode: number },
): number {
  return sumOf(steps, ({ released, recoverableHours }) => {
    const gpus = released * gpusPerReplica;
    if (gpus <= 0 || gpusPerNode <= 0) return 0;
    const whole = Math.floor(gpus / gpusPerNode + ROUNDING) * gpusPerNode;
    return recoverableHours * gpusPerReplica * Math.min(1, whole / gpus);
  });
}

/** A replica on a third of a card: three of them are a card, whatever binary fractions make of it. */
const ROUNDING = 1e-9;

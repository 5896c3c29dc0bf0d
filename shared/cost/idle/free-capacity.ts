import { sumOf } from '#shared/lib/sum.ts';
import { recoverableCapacity, type ReplicaHours } from './recoverable-capacity.ts';
import type { ReleaseRun } from './release-runs.ts';

/** A node in one step: mean number of its GPUs that nothing was bound to, and how many it has. */
export type FreeNode = {
  readonly freeGpus: number;
  readonly gpus: number;
  /** Share of the step in which anything was heard: what was free for all of it was free. */
  readonly heardShare: number;
};

/** GPU-hours that nothing was bound to: what could be given back, and why the rest could not. They add to `free`. */
export type FreeGpuHours = {
  readonly free: number;
  readonly recoverable: number;
  readonly tooShort: number;
  /** In pieces smaller than a node and smaller than a replica. */
  readonly fragments: number;
};

/** A GPU that was free for all but moments of a step was free in it. */
const NEARLY_ALL = 0.98;

/**
 * GPUs of a node that can be given back, or be given another replica: all of them where the whole node is free, else as many
 * as whole replicas take. Null: nothing runs there that a replica could be measured by, and only whole nodes count.
 */
export function usableGpus({ freeGpus, gpus, heardShare }: FreeNode, gpusPerReplica: number | null): number {
  const free = heardShare > 0 ? freeGpus / Math.min(1, heardShare) : 0;
  const whole = (size: number): number => Math.floor((free + size * (1 - NEARLY_ALL)) / size) * size;
  if (gpus > 0 && whole(gpus) >= gpus) return gpus;
  return gpusPerReplica === null || gpusPerReplica <= 0 ? 0 : whole(gpusPerReplica);
}

/**
 * Divides free GPU-hours of the nodes of one pool and product.
 *
 *   free = recoverable + too short + fragments                                                [GPU-h]
 *
 * Nothing needs to be drained, so a release loses no time; it counts only if it lasts at least the hold time.
 */
export function freeCapacity(
  steps: readonly (readonly FreeNode[])[],
  rule: { readonly stepHours: number; readonly holdSteps: number; readonly gpusPerReplica: number | null },
): {
  readonly hours: FreeGpuHours;
  readonly usable: readonly number[];
  readonly releases: readonly ReleaseRun[];
} {
  const usableOf = (node: FreeNode): number => usableGpus(node, rule.gpusPerReplica);
  const usable = steps.map((nodes) => Math.round(sumOf(nodes, usableOf)));
  const over = (of: (node: FreeNode) => number): number => sumOf(steps, (nodes) => sumOf(nodes, of)) * rule.stepHours;
  const divided = recoverableCapacity(
    usable.map((replicas) => ({ replicas, demand: 0 })),
    { capacityPerReplica: 1, headroom: 0, lookAheadSteps: 1, replicasMin: 0 },
    { stepHours: rule.stepHours, holdSteps: rule.holdSteps, transitionHours: 0 },
  );
  const free = over((node) => node.freeGpus);
  const wholly = over((node) => Math.min(node.freeGpus, usableOf(node)));
  return { hours: freeHours(free, wholly, divided.hours), usable, releases: divided.releases };
}

/** What was free for nearly all of a step counts as free for all of it: the moments are taken off again, in proportion. */
function freeHours(free: number, wholly: number, { recoverable, tooShort, provisioned }: ReplicaHours): FreeGpuHours {
  const scale = provisioned > 0 ? wholly / provisioned : 0;
  return { free, recoverable: recoverable * scale, tooShort: tooShort * scale, fragments: Math.max(0, free - wholly) };
}

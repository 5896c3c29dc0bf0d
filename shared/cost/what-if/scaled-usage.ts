import { assertNever } from '#shared/lib/assert.ts';
import type { GpuState } from '#shared/model/gpu-state.ts';
import type { FleetEdit, ReplaceEdit } from '#shared/model/scenario.ts';
import { IDLE_STATES } from '../cost-per-million-tokens.ts';
import { holdsWords } from '../matching-price.ts';

/** A replacement with its ratios known. */
export type KnownReplacement = ReplaceEdit & { readonly throughputRatio: number; readonly powerRatio: number };

export type KnownFleetEdit = KnownReplacement | Exclude<FleetEdit, ReplaceEdit>;

/** What GPU time and energy of a product in a state are multiplied by. */
export type UsageFactors = { readonly gpuTime: number; readonly energy: number };

export type UsageScale = (usage: { readonly sku: string; readonly state: GpuState }) => UsageFactors;

/** GPU-seconds of a scope with work, and without any. */
export type WorkAndIdle = { readonly workingGpuSeconds: number; readonly idleGpuSeconds: number };

const AS_IT_WAS: UsageFactors = { gpuTime: 1, energy: 1 };

/**
 * What a change of the fleet does to usage, for the same tokens:
 *
 *   replace: GPU time x 1 / throughput ratio, energy x power ratio / throughput ratio, of the product in all its states
 *   busy:    idle GPU time and energy x k, so that work / (work + k x idle) is the share that is asked for
 *
 * Without idle time there is nothing to scale, and all stays as it was.
 */
export function scaleOf(edit: KnownFleetEdit, { workingGpuSeconds, idleGpuSeconds }: WorkAndIdle): UsageScale {
  switch (edit.kind) {
    case 'replace': {
      const factors = { gpuTime: 1 / edit.throughputRatio, energy: edit.powerRatio / edit.throughputRatio };
      return ({ sku }) => (holdsWords(sku, edit.sku) ? factors : AS_IT_WAS);
    }
    case 'busy': {
      if (idleGpuSeconds <= 0) return () => AS_IT_WAS;
      const factor = (workingGpuSeconds * (1 - edit.share)) / edit.share / idleGpuSeconds;
      return ({ state }) => (IDLE_STATES.includes(state) ? { gpuTime: factor, energy: factor } : AS_IT_WAS);
    }
    default:
      return assertNever(edit);
  }
}

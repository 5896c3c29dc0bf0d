import {
  costOfKind,
  costPerMillionTokens,
  WORKING_STATES,
  type CostKind,
} from '#shared/cost/cost-per-million-tokens.ts';
import type { FigureAbsence } from '#shared/model/figure.ts';
import { GPU_STATES, type GpuState } from '#shared/model/gpu-state.ts';
import type { TokenBasis } from '#shared/model/token-basis.ts';
import { gpuSecondsOf, tokensOf, type PricedGroup } from './priced-group.ts';

/** A value, or why there is none: never a sum over the part that happens to be known. */
export type Known =
  | { readonly value: number; readonly absence: null }
  | { readonly value: null; readonly absence: FigureAbsence };

/** States whose cost a kind of unit cost divides. */
export const STATES_OF_KIND: Readonly<Record<CostKind, readonly GpuState[]>> = {
  loaded: GPU_STATES,
  serving: WORKING_STATES,
  marginal: GPU_STATES,
};

/**
 * Why a cost of a group cannot be shown; null when it can. Tokens whose GPUs nobody knows are not free, a product without a
 * price is not free, and energy that nobody measured is not free.
 */
export function absenceOfCost(kind: CostKind, group: PricedGroup): FigureAbsence | null {
  if (gpuSecondsOf(group) === 0 && !group.hasEnergy) return absenceOfGpus(group);
  if (group.unpricedSkus.length > 0) return 'no-price';
  if (kind === 'marginal') return group.hasEnergy ? null : 'no-energy';
  return gpuSecondsOf(group, STATES_OF_KIND[kind]) > 0 || costOfKind(kind, group.cost) > 0 ? null : 'not-observed';
}

function absenceOfGpus({ coverage }: PricedGroup): FigureAbsence {
  return coverage.expectedSeconds > 0 && coverage.observedSeconds < coverage.expectedSeconds
    ? 'not-observed'
    : 'no-gpus';
}

/** The cost of a kind, USD. */
export function knownCost(kind: CostKind, group: PricedGroup): Known {
  const absence = absenceOfCost(kind, group);
  return absence === null ? { value: costOfKind(kind, group.cost), absence } : { value: null, absence };
}

/** unit cost [USD/Mtok] = cost of the kind / tokens of the basis x 1e6. */
export function unitCostOf(kind: CostKind, group: PricedGroup, basis: TokenBasis): Known {
  const absence = absenceOfCost(kind, group);
  if (absence !== null) return { value: null, absence };
  const value = costPerMillionTokens(kind, group.cost, tokensOf(group, basis));
  return value === null ? { value, absence: 'no-tokens' } : { value, absence: null };
}

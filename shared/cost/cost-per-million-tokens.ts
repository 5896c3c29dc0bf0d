import { perMillionTokens } from '#shared/units/arithmetic.ts';
import type { Tokens, Usd, UsdPerMillionTokens } from '#shared/units/quantities.ts';
import { GPU_STATES, type GpuState } from '#shared/model/gpu-state.ts';
import { costOf, type CostTable } from './price-usage.ts';

/** Which cost a unit cost divides: all of it, that of GPUs at work, or energy alone. */
export type CostKind = 'loaded' | 'serving' | 'marginal';

/** States whose cost is work: serving, throttled (serving but held back) and loading (its overhead). */
export const WORKING_STATES: readonly GpuState[] = ['serving', 'throttled', 'loading'];

/** States whose cost is idle: the model is resident and quiet, or nothing is bound at all. */
export const IDLE_STATES: readonly GpuState[] = ['loaded-idle', 'unallocated'];

/** States whose GPUs cannot work: failed, or owned but not heard. */
export const AWAY_STATES: readonly GpuState[] = ['unhealthy', 'unobserved'];

/**
 *   loaded   = all cost of the scope, idle included
 *   serving  = cost of GPUs at work
 *   marginal = energy of the scope alone
 */
export function costOfKind(kind: CostKind, cost: CostTable): Usd {
  switch (kind) {
    case 'loaded':
      return costOf(cost);
    case 'serving':
      return costOf(cost, WORKING_STATES);
    case 'marginal':
      return costOf(cost, GPU_STATES, ['energy']);
  }
}

/** unit cost [USD/Mtok] = cost of the kind / tokens x 1e6; null without tokens. */
export function costPerMillionTokens(kind: CostKind, cost: CostTable, count: Tokens): UsdPerMillionTokens | null {
  return perMillionTokens(costOfKind(kind, cost), count);
}

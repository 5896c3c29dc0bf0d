import { AWAY_STATES, IDLE_STATES, WORKING_STATES } from '#shared/cost/cost-per-million-tokens.ts';
import { costOf } from '#shared/cost/price-usage.ts';
import type { CostPart } from '#shared/contract/backend-api.ts';
import type { Usd } from '#shared/units/quantities.ts';
import type { PricedGroup } from './priced-group.ts';

export const PART_LABELS: Readonly<Record<CostPart, string>> = {
  capital: 'Capital',
  facility: 'Facility',
  'network-operations': 'Network, operations',
  energy: 'Energy',
  'down-unseen': 'Down, unseen',
  idle: 'Idle',
};

/** The parts that add to the cost of GPUs at work; the others add to it up to the loaded cost. */
export const SERVING_PARTS: readonly CostPart[] = ['capital', 'facility', 'network-operations', 'energy'];

/** Cost by part, mutually exclusive, adding to the loaded cost. */
export function costParts(group: PricedGroup): { readonly [Part in CostPart]: Usd } {
  const { cost } = group;
  return {
    capital: costOf(cost, WORKING_STATES, ['capital']),
    facility: costOf(cost, WORKING_STATES, ['facility']),
    'network-operations': costOf(cost, WORKING_STATES, ['network', 'operations']),
    energy: costOf(cost, WORKING_STATES, ['energy']),
    'down-unseen': costOf(cost, AWAY_STATES),
    idle: costOf(cost, IDLE_STATES),
  };
}

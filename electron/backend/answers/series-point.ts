import { IDLE_STATES } from '#shared/cost/cost-per-million-tokens.ts';
import { costOf } from '#shared/cost/price-usage.ts';
import { COST_PARTS, type CostPart } from '#shared/contract/backend-api.ts';
import type { TokenBasis } from '#shared/model/token-basis.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { costParts } from './cost-parts.ts';
import { tokensOf, type PricedGroup } from './priced-group.ts';
import { knownCost, unitCostOf } from './unit-cost.ts';

/** A bucket observed by less than this share is drawn as a gap: its unit cost would be all numerator. */
const COVERAGE_MIN = 0.25;

/** One bucket of a series: what can be said of it, and null for what cannot. */
export type SeriesPoint = {
  readonly parts: { readonly [Part in CostPart]: number } | null;
  readonly cost: number | null;
  readonly spendPerHour: number | null;
  readonly idleSpendPerHour: number | null;
  readonly tokensPerSecond: number | null;
  readonly powerWatts: number | null;
  readonly tokensPerJoule: number | null;
  readonly coverage: number;
};

export const GAP: SeriesPoint = {
  parts: null,
  cost: null,
  spendPerHour: null,
  idleSpendPerHour: null,
  tokensPerSecond: null,
  powerWatts: null,
  tokensPerJoule: null,
  coverage: 0,
};

function observedShare({ coverage }: PricedGroup): number {
  return coverage.expectedSeconds > 0 ? coverage.observedSeconds / coverage.expectedSeconds : 0;
}

export function isGap(group: PricedGroup): boolean {
  return observedShare(group) < COVERAGE_MIN;
}

/** The columns of one bucket, of which `seconds` lie in the window. */
export function pointOf(group: PricedGroup, seconds: number, basis: TokenBasis): SeriesPoint {
  const coverage = observedShare(group);
  if (isGap(group) || seconds <= 0) return { ...GAP, coverage };
  const count = tokensOf(group, basis);
  const perHour = SECONDS_PER_HOUR / seconds;
  const unitCost = unitCostOf('loaded', group, basis).value;
  const cost = knownCost('loaded', group).value;
  const energy = group.itEnergyJoules;
  return {
    parts: unitCost === null ? null : partsPerMillion(group, count),
    cost: unitCost,
    spendPerHour: cost === null ? null : cost * perHour,
    idleSpendPerHour: cost === null ? null : costOf(group.cost, IDLE_STATES) * perHour,
    tokensPerSecond: group.hasTokens ? count / seconds : null,
    powerWatts: energy === null ? null : energy / seconds,
    tokensPerJoule: energy !== null && energy > 0 && count > 0 ? count / energy : null,
    coverage,
  };
}

function partsPerMillion(group: PricedGroup, count: number): { readonly [Part in CostPart]: number } {
  const parts = costParts(group);
  return eachPart((part) => (parts[part] / count) * 1e6);
}

export function eachPart<Value>(valueOf: (part: CostPart) => Value): { readonly [Part in CostPart]: Value } {
  return Object.fromEntries(COST_PARTS.map((part) => [part, valueOf(part)])) as { [Part in CostPart]: Value };
}

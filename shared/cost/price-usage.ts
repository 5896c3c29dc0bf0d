import { sum, sumOf } from '#shared/lib/sum.ts';
import { COST_CATEGORIES, type CostBookRevision, type CostCategory } from '#shared/model/cost-book.ts';
import { GPU_STATES, type GpuState } from '#shared/model/gpu-state.ts';
import type { PowerBoundary } from '#shared/model/power-boundary.ts';
import { priceOfGpuTime } from '#shared/units/arithmetic.ts';
import { joules, seconds, usd, type Usd } from '#shared/units/quantities.ts';
import { energyCostOf } from './energy-cost.ts';
import { hourlyRatesOf, type HourlyRates } from './hourly-rates.ts';
import { tariffOf, type Tariff } from './tariff.ts';

/** GPU time and energy of one product in one state, on one power boundary. */
export type GpuUsage = {
  readonly sku: string;
  readonly state: GpuState;
  /** GPU-seconds. */
  readonly gpuSeconds: number;
  /** Measured energy, J, of what the boundary says; null where nothing measured it. */
  readonly energyJoules: number | null;
  readonly boundary: PowerBoundary;
};

/** Cost of a scope by what its GPUs did and by category, USD. Every total is a sum over this table. */
export type CostTable = { readonly [State in GpuState]: { readonly [Category in CostCategory]: Usd } };

export type PricedUsage = {
  readonly cost: CostTable;
  /** Products that the book has no price for: their cost is missing from the table, not zero. */
  readonly unpricedSkus: readonly string[];
};

/** Usage with what it costs: the rates of its product at its place, and the electricity of its place and hours. */
export type PricedLine = GpuUsage & {
  /** Null where the book has no price for the product at its place. */
  readonly rates: HourlyRates | null;
  readonly tariff: Tariff;
};

/** Prices usage that stands nowhere in particular, at any hour, with one revision of a cost book. */
export function priceUsage(usage: readonly GpuUsage[], revision: CostBookRevision): PricedUsage {
  const tariff = tariffOf(revision, null);
  return priceLines(usage.map((item) => ({ ...item, rates: hourlyRatesOf(revision, item.sku), tariff })));
}

/**
 * Prices GPU time and energy.
 *
 *   capital, facility, network, operations [USD] = GPU time [h] x rate [USD/GPU-h]
 *   energy [USD] = facility energy behind what was measured (energy-cost.ts) x tariff, unless the rent includes it
 */
export function priceLines(lines: readonly PricedLine[]): PricedUsage {
  const parts: Part[] = [];
  const unpriced = new Set<string>();
  for (const { sku, state, gpuSeconds, energyJoules, boundary, rates, tariff } of lines) {
    if (rates === null) {
      unpriced.add(sku);
      continue;
    }
    const time = seconds(gpuSeconds);
    for (const category of ['capital', 'facility', 'network', 'operations'] as const) {
      parts.push({ state, category, amount: priceOfGpuTime(time, rates[category]) });
    }
    if (rates.includesEnergy || energyJoules === null) continue;
    const energy = energyCostOf({ joules: joules(energyJoules), boundary }, tariff);
    if (energy === null) unpriced.add(`electricity in ${tariff.price.currency}`);
    else parts.push({ state, category: 'energy', amount: energy });
  }
  return { cost: tableOf(parts), unpricedSkus: [...unpriced] };
}

type Part = { readonly state: GpuState; readonly category: CostCategory; readonly amount: number };

type CostRow = CostTable[GpuState];

/** The row of a state in which no GPU was: most states of most groups. */
const NO_ROW: CostRow = Object.fromEntries(COST_CATEGORIES.map((category) => [category, usd(0)])) as CostRow;

function tableOf(parts: readonly Part[]): CostTable {
  const byState = Map.groupBy(parts, (part) => part.state);
  const rowOf = (ofState: readonly Part[] | undefined): CostRow => {
    if (ofState === undefined) return NO_ROW;
    const byCategory = Map.groupBy(ofState, (part) => part.category);
    const cell = (category: CostCategory): Usd => usd(sumOf(byCategory.get(category) ?? [], ({ amount }) => amount));
    return Object.fromEntries(COST_CATEGORIES.map((category) => [category, cell(category)])) as CostRow;
  };
  return Object.fromEntries(GPU_STATES.map((state) => [state, rowOf(byState.get(state))])) as CostTable;
}

export const NO_COST: CostTable = tableOf([]);

/** Adds cost tables cell by cell: pieces of a window, or members of a scope. */
export function addCosts(tables: readonly CostTable[]): CostTable {
  const [only] = tables;
  if (only !== undefined && tables.length === 1) return only;
  const statesOf = (table: CostTable): readonly GpuState[] => GPU_STATES.filter((state) => table[state] !== NO_ROW);
  const partsOf = (table: CostTable): readonly Part[] =>
    statesOf(table).flatMap((state) =>
      COST_CATEGORIES.map((category) => ({ state, category, amount: table[state][category] })),
    );
  return tableOf(tables.flatMap(partsOf));
}

/** Total over chosen states and categories; over all of them when none are named. */
export function costOf(
  table: CostTable,
  states: readonly GpuState[] = GPU_STATES,
  categories: readonly CostCategory[] = COST_CATEGORIES,
): Usd {
  return usd(sum(states.flatMap((state) => categories.map((category) => table[state][category]))));
}

import { IDLE_STATES } from '#shared/cost/cost-per-million-tokens.ts';
import { costOf } from '#shared/cost/price-usage.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { CostCategory } from '#shared/model/cost-book.ts';
import type { Figure } from '#shared/model/figure.ts';
import { GPU_STATES, type GpuState } from '#shared/model/gpu-state.ts';
import type {
  IdleAmounts,
  IdleCapacity,
  IdleCostPart,
  IdleHourOfWeek,
  IdlePlace,
  IdleState,
} from '#shared/contract/idle-schema.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { wallClockAt } from '#shared/time/zone-clock.ts';
import { SECONDS_PER_HOUR, toKilowattHours } from '#shared/units/arithmetic.ts';
import { joules } from '#shared/units/quantities.ts';
import type { FigureContext } from '../figure-inputs.ts';
import { figureOf } from '../figures.ts';
import { addCoverage, gpuSecondsOf, mergeGroups, onlyStates, type PricedGroup } from '../priced-group.ts';
import { FIXED_CATEGORIES } from './prices.ts';

/** GPU time, cost and facility energy of a group in some states. */
export function amountsOf(group: PricedGroup, states: readonly GpuState[]): IdleAmounts {
  const part = onlyStates(group, states);
  const gpuHours = gpuSecondsOf(part) / SECONDS_PER_HOUR;
  const energy = part.facilityEnergyJoules;
  return {
    gpuHours,
    usd: part.unpricedSkus.length > 0 ? null : costOf(part.cost, states),
    kilowattHours: energy === null ? (gpuHours > 0 ? null : 0) : toKilowattHours(joules(energy)),
  };
}

/** Adds amounts: money is not known where a price is missing, energy where nothing at all was measured. */
export function addAmounts(list: readonly IdleAmounts[]): IdleAmounts {
  const idle = list.filter(({ gpuHours }) => gpuHours > 0);
  const isUnpriced = idle.some(({ usd }) => usd === null);
  const isUnmetered = idle.length > 0 && idle.every(({ kilowattHours }) => kilowattHours === null);
  return {
    gpuHours: sumOf(list, ({ gpuHours }) => gpuHours),
    usd: isUnpriced ? null : sumOf(list, ({ usd }) => usd ?? 0),
    kilowattHours: isUnmetered ? null : sumOf(list, ({ kilowattHours }) => kilowattHours ?? 0),
  };
}

/** Every state of the scope, with its cost and its energy explained. */
export function idleStates(figures: FigureContext): IdleState[] {
  return GPU_STATES.map((state) => {
    const amounts = amountsOf(figures.group, [state]);
    return {
      state,
      isWaste: IDLE_STATES.includes(state),
      ...amounts,
      ...explainedAmounts(amounts, { ...figures, group: onlyStates(figures.group, [state]) }),
    };
  });
}

const STATE_COST = 'GPU time in this state × the rate of its product + its energy × overhead, PUE and tariff';

/** Cost and energy of some GPU time with their working. No GPU time costs nothing, which is known. */
function explainedAmounts(
  { gpuHours, usd, kilowattHours }: IdleAmounts,
  figures: FigureContext,
): { readonly cost: Figure; readonly energy: Figure } {
  const energy = figureOf('energy', figures);
  const cost = { ...figureOf('spend', figures), formula: STATE_COST };
  const nothing = (figure: Figure, value: number | null): Figure =>
    figure.value === null && value === 0 && gpuHours === 0
      ? { ...figure, value: 0, absence: null, formula: 'no GPU time, so nothing', working: '0 GPU-h' }
      : figure;
  return { cost: nothing(cost, usd), energy: nothing(energy, kilowattHours) };
}

/** Idle time of pools and nodes, most money first, from groups by pool and node. */
export function idlePlaces(
  groups: readonly PricedGroup[],
  nodesMax: number,
  figures: FigureContext,
): Pick<IdleCapacity, 'pools' | 'nodes' | 'otherNodes'> {
  const sorted = groups
    .map((group) => ({ group, place: placeOf(group) }))
    .toSorted((one, other) => byMoney(one.place, other.place));
  const nodes = sorted.map(({ place }) => place);
  const pools = [...Map.groupBy(nodes, ({ pool }) => pool)].map(([pool, list]) => ({
    pool,
    node: null,
    allGpuHours: sumOf(list, ({ allGpuHours }) => allGpuHours),
    ...addAmounts(list),
  }));
  const others = sorted.slice(nodesMax).map(({ group }) => group);
  return {
    pools: pools.toSorted(byMoney),
    nodes: nodes.slice(0, nodesMax),
    otherNodes: others.length === 0 ? null : otherNodes(others, figures),
  };
}

function otherNodes(others: readonly PricedGroup[], figures: FigureContext): IdleCapacity['otherNodes'] {
  const [first] = others;
  const as = {
    by: [],
    start: first?.start ?? figures.group.start,
    coverage: addCoverage(others.map((one) => one.coverage)),
  };
  const group = mergeGroups(others, as);
  return {
    nodes: others.length,
    ...addAmounts(others.map((one) => amountsOf(one, IDLE_STATES))),
    cost: figureOf('idle-spend', { ...figures, group }),
    energy: figureOf('idle-energy', { ...figures, group }),
  };
}

function placeOf(group: PricedGroup): IdlePlace {
  const [pool = null, node = null] = group.by;
  return { pool, node, allGpuHours: gpuSecondsOf(group) / SECONDS_PER_HOUR, ...amountsOf(group, IDLE_STATES) };
}

function byMoney(one: IdlePlace, other: IdlePlace): number {
  return (
    (other.usd ?? 0) - (one.usd ?? 0) ||
    other.gpuHours - one.gpuHours ||
    ((one.node ?? one.pool ?? '') < (other.node ?? other.pool ?? '') ? -1 : 1)
  );
}

/** Width of buckets that lie within one hour of a zone's clock each, s: zones are ahead by quarters of an hour. */
export function hourStepOf({ from, to }: TimeRange, zone: string): number {
  const minutes = [from, to].map((at) => wallClockAt(epochMs(Math.floor(at / 3_600_000) * 3_600_000), zone).minute);
  if (minutes.every((minute) => minute === 0)) return 3600;
  return minutes.every((minute) => minute % 30 === 0) ? 1800 : 900;
}

const HOURS_OF_WEEK = Array.from({ length: 168 }, (_, index) => index);

/** Idle time by hour of the week, from groups in buckets that lie within one hour of the zone's clock each. */
export function hoursOfWeek(buckets: readonly PricedGroup[], zone: string): IdleHourOfWeek[] {
  const byHour = Map.groupBy(buckets, ({ start }) => {
    const { weekday, hour } = wallClockAt(start, zone);
    return weekday * 24 + hour;
  });
  return HOURS_OF_WEEK.map((index) => {
    const own = byHour.get(index) ?? [];
    const amounts = addAmounts(own.map((group) => amountsOf(group, IDLE_STATES)));
    return {
      weekday: Math.floor(index / 24),
      hour: index % 24,
      times: new Set(own.map(({ start }) => localHourKey(start, zone))).size,
      allGpuHours: sumOf(own, (group) => gpuSecondsOf(group)) / SECONDS_PER_HOUR,
      ...amounts,
      gpuTime: costPart(own, FIXED_CATEGORIES, { amounts, by: amounts.gpuHours }),
      energy: costPart(own, ['energy'], { amounts, by: amounts.kilowattHours }),
    };
  });
}

/** Cost of the idle time of groups in some categories, and what that is per GPU-hour or kWh. */
function costPart(
  groups: readonly PricedGroup[],
  categories: readonly CostCategory[],
  { amounts, by }: { readonly amounts: IdleAmounts; readonly by: number | null },
): IdleCostPart | null {
  if (amounts.usd === null) return null;
  const amount = sumOf(groups, (group) => costOf(group.cost, IDLE_STATES, categories));
  return { usd: amount, price: by === null || by <= 0 ? null : amount / by };
}

function localHourKey(start: PricedGroup['start'], zone: string): string {
  const { year, month, day } = wallClockAt(start, zone);
  return `${year}-${month}-${day}`;
}

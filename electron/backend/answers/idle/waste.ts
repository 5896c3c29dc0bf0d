import { IDLE_STATES } from '#shared/cost/cost-per-million-tokens.ts';
import { costOf } from '#shared/cost/price-usage.ts';
import { sumOf } from '#shared/lib/sum.ts';
import { GPU_STATES, type GpuState } from '#shared/model/gpu-state.ts';
import type { IdleAmounts, IdleCapacity, IdleHourOfWeek, IdlePlace, IdleState } from '#shared/contract/idle-schema.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { wallClockAt } from '#shared/time/zone-clock.ts';
import { SECONDS_PER_HOUR, toKilowattHours } from '#shared/units/arithmetic.ts';
import { joules } from '#shared/units/quantities.ts';
import { gpuSecondsOf, onlyStates, type PricedGroup } from '../priced-group.ts';

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

export function idleStates(whole: PricedGroup): IdleState[] {
  return GPU_STATES.map((state) => ({
    state,
    isWaste: IDLE_STATES.includes(state),
    ...amountsOf(whole, [state]),
  }));
}

/** Idle time of pools and nodes, most money first, from groups by pool and node. */
export function idlePlaces(
  groups: readonly PricedGroup[],
  nodesMax: number,
): Pick<IdleCapacity, 'pools' | 'nodes' | 'otherNodes'> {
  const nodes = groups.map(placeOf).toSorted(byMoney);
  const pools = [...Map.groupBy(nodes, ({ pool }) => pool)].map(([pool, list]) => ({
    pool,
    node: null,
    allGpuHours: sumOf(list, ({ allGpuHours }) => allGpuHours),
    ...addAmounts(list),
  }));
  const others = nodes.slice(nodesMax);
  return {
    pools: pools.toSorted(byMoney),
    nodes: nodes.slice(0, nodesMax),
    otherNodes: others.length === 0 ? null : { nodes: others.length, ...addAmounts(others) },
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
    return {
      weekday: Math.floor(index / 24),
      hour: index % 24,
      times: new Set(own.map(({ start }) => localHourKey(start, zone))).size,
      allGpuHours: sumOf(own, (group) => gpuSecondsOf(group)) / SECONDS_PER_HOUR,
      ...addAmounts(own.map((group) => amountsOf(group, IDLE_STATES))),
    };
  });
}

function localHourKey(start: PricedGroup['start'], zone: string): string {
  const { year, month, day } = wallClockAt(start, zone);
  return `${year}-${month}-${day}`;
}

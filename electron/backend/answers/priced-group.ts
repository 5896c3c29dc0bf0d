import { facilityEnergyOf, itEnergyOf, type MeasuredEnergy } from '#shared/cost/energy-cost.ts';
import { priceLines, type CostTable, type PricedLine } from '#shared/cost/price-usage.ts';
import { tokenClassesOf, type TokenClasses } from '#shared/cost/token-count.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { CostBookRevision, EnergyPrice } from '#shared/model/cost-book.ts';
import type { Coverage } from '#shared/model/figure.ts';
import { GPU_STATES, type GpuState } from '#shared/model/gpu-state.ts';
import type { PowerBoundary } from '#shared/model/power-boundary.ts';
import type { TokenBasis, TokenCounts, TokenWeights } from '#shared/model/token-basis.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { joules, tokens, type Joules, type Tokens } from '#shared/units/quantities.ts';

/** GPU time and energy of one product in one state at one set of prices, while one revision of the book was in force. */
export type UsageLine = PricedLine & {
  readonly revision: CostBookRevision;
  /** The part of the energy that was integrated from power readings, J. */
  readonly integratedJoules: number;
  /** GPU-seconds that the energy covers. */
  readonly energySeconds: number;
  readonly bridgedSeconds: number;
};

/** GPU time of a node whose energy rests on one boundary: what a figure's boundary is told from. */
export type PowerBasis = {
  readonly node: string | null;
  readonly boundary: PowerBoundary;
  /** GPU-seconds whose energy is known. */
  readonly gpuSeconds: number;
};

/** Tokens counted while one revision of the cost book was in force, and what they weigh on the billed basis. */
export type TokenPiece = {
  readonly revision: CostBookRevision;
  readonly weights: TokenWeights;
  /** The model that has these weights of its own; null for the general ones. */
  readonly model: string | null;
  readonly counts: TokenCounts;
};

/** What a group is made of: everything else about it is derived from these. */
export type GroupParts = {
  readonly by: readonly (string | null)[];
  readonly start: EpochMs;
  readonly lines: readonly UsageLine[];
  /** By node and boundary; empty where no meter is known, and in the buckets of a series. */
  readonly powerBases: readonly PowerBasis[];
  /** Empty where no engine counted. */
  readonly tokenPieces: readonly TokenPiece[];
  readonly restarts: number;
  readonly coverage: Coverage;
};

/** Everything a figure needs of one group of GPUs and engines in one bucket of time. */
export type PricedGroup = GroupParts & {
  readonly cost: CostTable;
  readonly gpuSeconds: { readonly [State in GpuState]: number };
  /** Whether any energy of the group was measured, on whatever boundary. */
  readonly hasEnergy: boolean;
  readonly integratedJoules: number;
  /** IT energy behind what was measured, J, by the revisions in force at their time; null where nothing measured it. */
  readonly itEnergyJoules: number | null;
  /** Facility energy behind what was measured, J, by the revisions in force at their time. */
  readonly facilityEnergyJoules: number | null;
  /** GPU-seconds that the energy covers. */
  readonly energySeconds: number;
  readonly bridgedSeconds: number;
  readonly tokens: TokenCounts;
  readonly hasTokens: boolean;
  /** Products without a price: their cost is missing, so no cost of the group may be shown. */
  readonly unpricedSkus: readonly string[];
};

/** Prices a group line by line, each with the revision of its time. */
export function priceGroup(parts: GroupParts): PricedGroup {
  const lines = condensed(parts.lines);
  const { cost, unpricedSkus } = priceLines(lines);
  const metered = lines.filter((line) => line.energyJoules !== null);
  const energy = (of: (measured: MeasuredEnergy, price: EnergyPrice) => Joules): number | null =>
    metered.length === 0 ? null : sumOf(metered, (line) => of(measuredOf(line), line.tariff.price));
  return {
    ...parts,
    lines,
    cost,
    gpuSeconds: secondsByState(lines),
    hasEnergy: metered.length > 0,
    integratedJoules: sumOf(lines, (line) => line.integratedJoules),
    itEnergyJoules: energy(itEnergyOf),
    facilityEnergyJoules: energy(facilityEnergyOf),
    energySeconds: sumOf(lines, (line) => line.energySeconds),
    bridgedSeconds: sumOf(lines, (line) => line.bridgedSeconds),
    tokens: addCounts(parts.tokenPieces.map((piece) => piece.counts)),
    hasTokens: parts.tokenPieces.length > 0,
    unpricedSkus,
  };
}

export function measuredOf({ energyJoules, boundary }: Pick<UsageLine, 'energyJoules' | 'boundary'>): MeasuredEnergy {
  return { joules: joules(energyJoules ?? 0), boundary };
}

/** Adds groups: pieces of a window with different prices, or members of a larger group. Coverage is the caller's to give. */
export function mergeGroups(
  groups: readonly GroupParts[],
  as: Pick<GroupParts, 'by' | 'start' | 'coverage'>,
): PricedGroup {
  const alike = Map.groupBy(
    groups.flatMap((group) => group.tokenPieces),
    ({ revision, model }) => JSON.stringify([revision.from, model]),
  );
  return priceGroup({
    ...as,
    lines: groups.flatMap((group) => group.lines),
    powerBases: groups.flatMap((group) => group.powerBases),
    tokenPieces: [...alike.values()].flatMap((list) => {
      const [first] = list;
      return first === undefined ? [] : [{ ...first, counts: addCounts(list.map((piece) => piece.counts)) }];
    }),
    restarts: sumOf(groups, (group) => group.restarts),
  });
}

export function addCoverage(list: readonly Coverage[]): Coverage {
  return {
    observedSeconds: sumOf(list, (one) => one.observedSeconds),
    expectedSeconds: sumOf(list, (one) => one.expectedSeconds),
  };
}

/** The part of a group's GPU time and energy in some states; its tokens stay with the rest. */
export function onlyStates(group: PricedGroup, states: readonly GpuState[]): PricedGroup {
  const lines = group.lines.filter((line) => states.includes(line.state));
  return priceGroup({ ...group, lines, tokenPieces: [], restarts: 0 });
}

/** All GPU time of a group, in chosen states, GPU-seconds. */
export function gpuSecondsOf(group: PricedGroup, states: readonly GpuState[] = GPU_STATES): number {
  return sumOf(states, (state) => group.gpuSeconds[state]);
}

/** Tokens of a basis by class, each piece weighted with the revision of its time and by its model, as its cost is priced. */
export function classesOf(group: PricedGroup, basis: TokenBasis): TokenClasses {
  const pieces = group.tokenPieces.map(({ counts, weights }) => tokenClassesOf(basis, counts, weights));
  return {
    output: sumOf(pieces, (piece) => piece.output),
    uncachedInput: sumOf(pieces, (piece) => piece.uncachedInput),
    cachedInput: sumOf(pieces, (piece) => piece.cachedInput),
  };
}

/** Tokens of a basis: its classes added. */
export function tokensOf(group: PricedGroup, basis: TokenBasis): Tokens {
  return tokens(sumOf(Object.values(classesOf(group, basis)), (count) => count));
}

export function addCounts(list: readonly TokenCounts[]): TokenCounts {
  const isCachedKnown = list.some((counts) => counts.cached !== null);
  return {
    input: sumOf(list, (counts) => counts.input),
    cached: isCachedKnown ? sumOf(list, (counts) => counts.cached ?? 0) : null,
    output: sumOf(list, (counts) => counts.output),
  };
}

/** One line per set of prices, product, state and boundary: members of a fleet have thousands, and their sums are all that counts. */
function condensed(lines: readonly UsageLine[]): UsageLine[] {
  const numbers = new Map<unknown, number>();
  const numberOf = (price: unknown): number => {
    const number = numbers.get(price) ?? numbers.size;
    numbers.set(price, number);
    return number;
  };
  const groups = Map.groupBy(
    lines,
    ({ revision, rates, tariff, sku, state, boundary }) =>
      `${numberOf(revision)} ${numberOf(rates)} ${numberOf(tariff)} ${state} ${boundary} ${sku}`,
  );
  return [...groups.values()].flatMap((list) => {
    const [first] = list;
    if (first === undefined || list.length === 1) return list;
    const metered = list.filter((line) => line.energyJoules !== null);
    return {
      ...first,
      gpuSeconds: sumOf(list, (line) => line.gpuSeconds),
      energyJoules: metered.length === 0 ? null : sumOf(metered, (line) => line.energyJoules ?? 0),
      integratedJoules: sumOf(list, (line) => line.integratedJoules),
      energySeconds: sumOf(list, (line) => line.energySeconds),
      bridgedSeconds: sumOf(list, (line) => line.bridgedSeconds),
    };
  });
}

function secondsByState(lines: readonly UsageLine[]): PricedGroup['gpuSeconds'] {
  const byState = Map.groupBy(lines, (line) => line.state);
  return Object.fromEntries(
    GPU_STATES.map((state) => [state, sumOf(byState.get(state) ?? [], (line) => line.gpuSeconds)]),
  ) as PricedGroup['gpuSeconds'];
}

import { overheadOf } from '#shared/cost/energy-cost.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { EnergyPrice } from '#shared/model/cost-book.ts';
import type { PowerBoundary } from '#shared/model/power-boundary.ts';
import { inTurn, percent } from './figure-text.ts';
import type { PricedGroup, UsageLine } from './priced-group.ts';

/** Boundaries in the order in which a figure names them: what is measured widest first, the boards last. */
const WIDEST_FIRST: readonly PowerBoundary[] = ['wall', 'rack', 'node', 'module', 'cpu', 'board'];

/** What is measured, as one says it; the factor for the rest of the node follows. */
export const MEASURED_WORDS: Readonly<Record<PowerBoundary, string>> = {
  wall: 'wall meters',
  rack: 'rack meters',
  node: 'node meters',
  module: 'superchip modules',
  cpu: 'GPU boards and CPU sockets',
  board: 'GPU boards',
};

/** The energy of a group on one boundary. */
export type EnergyBasis = {
  readonly boundary: PowerBoundary;
  readonly lines: readonly UsageLine[];
  /** Measured, J. */
  readonly joules: number;
};

/** What the energy of lines was measured on, the widest boundary first; empty where nothing measured any. */
export function energyBases(lines: readonly UsageLine[]): EnergyBasis[] {
  const known = Map.groupBy(
    lines.filter((line) => line.energyJoules !== null),
    (line) => line.boundary,
  );
  return WIDEST_FIRST.flatMap((boundary) => {
    const list = known.get(boundary);
    return list === undefined ? [] : [{ boundary, lines: list, joules: sumOf(list, (line) => line.energyJoules ?? 0) }];
  });
}

/** `GPU boards × 1.3`, `node meters`: what is measured, and every factor that was used for the rest of the node. */
export function factorWords(boundary: PowerBoundary, prices: readonly PriceUse[]): string {
  const words = MEASURED_WORDS[boundary];
  const hasFactor = boundary === 'board' || boundary === 'module' || boundary === 'cpu';
  return hasFactor ? `${words} × ${factorsInWords(prices, (price) => overheadOf(boundary, price))}` : words;
}

/** Shares of GPU time below this are the rounding of readings at the edges of a window. */
const WORTH_NAMING = 0.005;

/**
 * What the energy of a group rests on: `node meters (40 of 48 nodes), rest GPU boards × 1.3`. In nodes where nodes are
 * known, else in shares of GPU time. Null where nothing measured any energy.
 */
export function basisWords(group: PricedGroup): string | null {
  const bases = energyBases(group.lines);
  const total = sumOf(bases, secondsOf);
  const named = bases.filter((basis) => secondsOf(basis) >= total * WORTH_NAMING);
  const wordsOf = ({ boundary, lines }: EnergyBasis): string => factorWords(boundary, energyPricesOf(lines));
  const [only, ...others] = named;
  if (only === undefined) return null;
  if (others.length === 0) return wordsOf(only);
  const nodes = nodesByBoundary(group);
  const all = new Set([...nodes.values()].flatMap((list) => [...list])).size;
  const amount = (basis: EnergyBasis): string =>
    all > 1
      ? `${nodes.get(basis.boundary)?.size ?? 0} of ${all} nodes`
      : `${percent(secondsOf(basis) / total)} of GPU time`;
  const last = named.at(-1);
  return named
    .map((basis) => (basis === last ? `rest ${wordsOf(basis)}` : `${wordsOf(basis)} (${amount(basis)})`))
    .join(', ');
}

function secondsOf({ lines }: EnergyBasis): number {
  return sumOf(lines, (line) => line.energySeconds);
}

/** An electricity price that was used, and the site whose own it is. */
export type PriceUse = { readonly price: EnergyPrice; readonly site: string | null };

/** The electricity prices behind lines, in order of time. */
export function energyPricesOf(lines: readonly UsageLine[]): PriceUse[] {
  const inTime = lines.toSorted((one, other) => one.revision.from - other.revision.from);
  return [...new Map(inTime.map(({ tariff }) => [tariff.price, { price: tariff.price, site: tariff.site }])).values()];
}

/** A factor of the electricity prices that were used: `1.25, then 1.3`, and `1.25; site north 1.4` where sites differ. */
export function factorsInWords(prices: readonly PriceUse[], factorOf: (price: EnergyPrice) => number): string {
  const bySite = Map.groupBy(prices, ({ site }) => site);
  return [...bySite]
    .map(([site, list]) => {
      const factors = inTurn(list.map(({ price }) => factorOf(price)));
      return site === null ? factors : `site ${site} ${factors}`;
    })
    .join('; ');
}

/** Nodes that rest on each boundary for more than moments. */
function nodesByBoundary({ powerBases }: PricedGroup): ReadonlyMap<PowerBoundary, ReadonlySet<string | null>> {
  const secondsByNode = Map.groupBy(powerBases, ({ node }) => node);
  const nodes = new Map<PowerBoundary, Set<string | null>>();
  for (const [node, list] of secondsByNode) {
    const total = sumOf(list, ({ gpuSeconds }) => gpuSeconds);
    for (const [boundary, own] of Map.groupBy(list, (basis) => basis.boundary)) {
      if (sumOf(own, ({ gpuSeconds }) => gpuSeconds) < total * WORTH_NAMING) continue;
      nodes.set(boundary, (nodes.get(boundary) ?? new Set()).add(node));
    }
  }
  return nodes;
}

/** Things a reader must know of how meters were used: who is only partly on one, and how what they measure is shared. */
export function powerNotes(group: PricedGroup): string[] {
  if (energyBases(group.lines).every(({ boundary }) => boundary === 'board')) return [];
  const nodes = nodesByBoundary(group);
  const timesNamed = new Map<string | null, number>();
  for (const node of [...nodes.values()].flatMap((list) => [...list])) {
    timesNamed.set(node, (timesNamed.get(node) ?? 0) + 1);
  }
  const partly = [...timesNamed].filter(([, times]) => times > 1).map(([node]) => node ?? 'no node');
  return [
    'What a meter measures is shared over its GPUs by the energy of their boards; layers of one node are never added.',
    ...(partly.length === 0
      ? []
      : [`${listed(partly)} ${partly.length === 1 ? 'rests' : 'rest'} on a meter for part of the time only.`]),
  ];
}

const NAMES_MAX = 3;

/** The first names of a list, and how many more there are. */
export function listed(names: readonly string[]): string {
  const shown = names.toSorted().slice(0, NAMES_MAX);
  return names.length > NAMES_MAX ? `${shown.join(', ')} and ${names.length - NAMES_MAX} more` : shown.join(', ');
}

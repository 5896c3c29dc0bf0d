import { energyCostOf } from '#shared/cost/energy-cost.ts';
import { hourlyRatesOf, totalRateOf, type HourlyRates } from '#shared/cost/hourly-rates.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { CostBookRevision } from '#shared/model/cost-book.ts';
import type { FigureInput } from '#shared/model/figure.ts';
import { GPU_STATES, type GpuState } from '#shared/model/gpu-state.ts';
import type { TokenBasis } from '#shared/model/token-basis.ts';
import { priceOfGpuTime, SECONDS_PER_HOUR, toKilowattHours } from '#shared/units/arithmetic.ts';
import { joules, seconds } from '#shared/units/quantities.ts';
import { dollars, short } from './figure-text.ts';
import { periodsOf, type Period } from './price-periods.ts';
import { addCounts, type PricedGroup, type TokenPiece, type UsageLine } from './priced-group.ts';

/** What a figure is made from: one priced group, and what it rests on. */
export type FigureContext = {
  readonly group: PricedGroup;
  /** The revision in force at the end of the window: the one that explains where nothing was measured. */
  readonly revision: CostBookRevision;
  readonly basis: TokenBasis;
  readonly windowSeconds: number;
  readonly engines: number;
  /** Says that the window begins later than asked, or that its past is still being read; null when neither. */
  readonly windowNote: string | null;
};

/** Token counts of the classes that the basis counts, and their weights where it weighs them. */
export function tokenInputs(context: FigureContext): FigureInput[] {
  const { basis, group } = context;
  if (basis !== 'billed') return countInputs(context, group.tokens, '').slice(0, basis === 'output' ? 1 : 3);
  const pieces = group.hasTokens ? group.tokenPieces : [{ revision: context.revision, counts: group.tokens }];
  return periodsOf(pieces, (revision) => revision.weights).flatMap((period) => billedInputs(context, period));
}

function billedInputs(context: FigureContext, { revision, items, suffix }: Period<TokenPiece>): FigureInput[] {
  const { weights } = revision;
  const weight = (label: string, value: number): FigureInput => ({
    label: `Weight of ${label}${suffix}`,
    value,
    unit: 'factor',
    source: 'cost book, relative to one uncached input token',
    quality: 'assumed',
  });
  return [
    ...countInputs(context, addCounts(items.map((piece) => piece.counts)), suffix),
    weight('output tokens', weights.output),
    weight('uncached input tokens', weights.input),
    weight('cached input tokens', weights.cached),
  ];
}

function countInputs(context: FigureContext, counts: PricedGroup['tokens'], suffix: string): FigureInput[] {
  const source = `counters of ${context.engines} ${context.engines === 1 ? 'engine' : 'engines'}`;
  const cached = counts.cached === null ? null : Math.min(counts.cached, counts.input);
  const count = (label: string, value: number | null, from: string): FigureInput => ({
    label: `${label}${suffix}`,
    value,
    unit: 'token',
    source: from,
    quality: 'measured',
  });
  return [
    count('Output tokens', counts.output, source),
    count('Uncached input tokens', counts.input - (cached ?? 0), source),
    count('Cached input tokens', cached, `${source}, prefix-cache hits`),
  ];
}

/** Board energy and what stands between it and the energy of the boundary. */
export function energyInputs(context: FigureContext, boundary: 'it' | 'facility'): FigureInput[] {
  const { lines } = context.group;
  const isKnown = lines.some((line) => line.energyJoules !== null);
  const metered = isKnown ? lines.filter((line) => line.energyJoules !== null) : [noEnergyOf(context.revision)];
  const factorsOf = ({ energy }: CostBookRevision): unknown =>
    boundary === 'it' ? energy.nodeOverhead : [energy.nodeOverhead, energy.pue];
  return periodsOf(metered, factorsOf).flatMap((period) => [
    ...boardInputs(period),
    ...factorInputs(period).slice(0, boundary === 'it' ? 1 : 2),
  ]);
}

function noEnergyOf(revision: CostBookRevision): UsageLine {
  const nothing = { gpuSeconds: 0, integratedJoules: 0, energySeconds: 0, bridgedSeconds: 0 };
  return { revision, sku: '', state: 'unobserved', energyJoules: null, ...nothing };
}

function boardInputs({ items, suffix }: Period<UsageLine>): FigureInput[] {
  const isKnown = items.some((line) => line.energyJoules !== null);
  const integrated = sumOf(items, (line) => line.integratedJoules);
  const counted = Math.max(0, sumOf(items, (line) => line.energyJoules ?? 0) - integrated);
  const covered = `${short(sumOf(items, (line) => line.energySeconds) / SECONDS_PER_HOUR)} GPU-h covered`;
  const board = (value: number | null, source: string, quality: FigureInput['quality']): FigureInput => ({
    label: `GPU board energy${suffix}`,
    value,
    unit: 'kWh',
    source,
    quality,
  });
  if (!isKnown) return [board(null, 'nothing measured it', 'measured')];
  const byCounter = board(toKilowattHours(joules(counted)), `energy counters, ${covered}`, 'measured');
  const byPower = board(toKilowattHours(joules(integrated)), `power readings, integrated, ${covered}`, 'estimated');
  return [...(counted > 0 || integrated === 0 ? [byCounter] : []), ...(integrated > 0 ? [byPower] : [])];
}

function factorInputs({ revision, suffix }: Period<UsageLine>): FigureInput[] {
  const { nodeOverhead, pue, provenance } = revision.energy;
  const known = { unit: 'factor', source: provenance.note, quality: provenance.quality } as const;
  return [
    { label: `Node overhead${suffix}`, value: nodeOverhead, ...known },
    { label: `PUE${suffix}`, value: pue, ...known },
  ];
}

/**
 * Everything that a cost is worked out from, line by line: GPU time x rate per product, and energy x node overhead x PUE x
 * tariff, each with its product in USD. The lines in USD add to the cost.
 */
export function costInputs(
  context: FigureContext,
  { states, energyOnly }: { readonly states: readonly GpuState[]; readonly energyOnly: boolean },
): FigureInput[] {
  const lines = context.group.lines.filter((line) => states.includes(line.state));
  const bySku = [...Map.groupBy(lines, (line) => line.sku)].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const gpuTime = energyOnly ? [] : bySku.flatMap(([sku, list]) => gpuTimeInputs(sku, list));
  return [...gpuTime, ...chargedEnergyInputs(lines)];
}

function gpuTimeInputs(sku: string, lines: readonly UsageLine[]): FigureInput[] {
  const periods = periodsOf(lines, (revision) => hourlyRatesOf(revision, sku)?.price ?? null);
  return periods.flatMap(({ revision, items, suffix }) => {
    const time = seconds(sumOf(items, (line) => line.gpuSeconds));
    const found = hourlyRatesOf(revision, sku);
    const hours: FigureInput = {
      label: `${sku}, GPU time${suffix}`,
      value: time / SECONDS_PER_HOUR,
      unit: 'GPU-h',
      source: 'every GPU from its first sight on, heard or not',
      quality: 'measured',
    };
    return [hours, ...rateInputs({ sku, suffix, found, time })];
  });
}

function rateInputs(line: {
  readonly sku: string;
  readonly suffix: string;
  readonly found: HourlyRates | null;
  readonly time: ReturnType<typeof seconds>;
}): FigureInput[] {
  const { sku, suffix, found, time } = line;
  const label = `${sku}, rate${suffix}`;
  if (found === null) {
    return [{ label, value: null, unit: 'USD/GPU-h', source: 'no price in the cost book', quality: 'assumed' }];
  }
  const rate = totalRateOf(found);
  const { note, quality } = found.price.provenance;
  const cost: FigureInput = {
    label: `${sku}, cost of GPU time${suffix}`,
    value: priceOfGpuTime(time, rate),
    unit: 'USD',
    source: `${short(time / SECONDS_PER_HOUR)} GPU-h × ${dollars(rate)}`,
    quality,
  };
  return [{ label, value: rate, unit: 'USD/GPU-h', source: note, quality }, cost];
}

function isCharged(line: UsageLine): boolean {
  return hourlyRatesOf(line.revision, line.sku)?.includesEnergy === false;
}

function chargedEnergyInputs(lines: readonly UsageLine[]): FigureInput[] {
  const charged = lines.filter(isCharged);
  const inRent: FigureInput = {
    label: 'Electricity of rented GPUs',
    value: null,
    unit: 'USD/kWh',
    source: 'not charged: the rent includes power',
    quality: 'entered',
  };
  const isInRent = lines.some((line) => hourlyRatesOf(line.revision, line.sku)?.includesEnergy === true);
  const priceOf = ({ energy }: CostBookRevision): unknown => [
    energy.nodeOverhead,
    energy.pue,
    energy.usdPerKilowattHour,
  ];
  return [...periodsOf(charged, priceOf).flatMap(energyCostInputs), ...(isInRent ? [inRent] : [])];
}

function energyCostInputs(period: Period<UsageLine>): FigureInput[] {
  const { items, revision, suffix } = period;
  const { nodeOverhead, pue, usdPerKilowattHour, provenance } = revision.energy;
  const board = joules(sumOf(items, (line) => line.energyJoules ?? 0));
  const { quality, note } = provenance;
  return [
    ...boardInputs(period),
    ...factorInputs(period),
    { label: `Electricity${suffix}`, value: usdPerKilowattHour, unit: 'USD/kWh', source: note, quality },
    {
      label: `Cost of energy${suffix}`,
      value: energyCostOf(board, revision.energy),
      unit: 'USD',
      source: `${short(toKilowattHours(board))} kWh × ${nodeOverhead} × ${pue} × ${dollars(usdPerKilowattHour)}`,
      quality,
    },
  ];
}

/** Whether any energy of the group is charged: not where all rents include it. */
export function isEnergyCharged(group: PricedGroup): boolean {
  return group.lines.some(isCharged);
}

/** GPU time by state, GPU-h. */
export function stateInputs(group: PricedGroup, states: readonly GpuState[] = GPU_STATES): FigureInput[] {
  return states.map((state) => ({
    label: `GPU time ${state}`,
    value: group.gpuSeconds[state] / SECONDS_PER_HOUR,
    unit: 'GPU-h',
    source: state === 'unobserved' ? 'owned, but not heard' : 'state of each GPU per interval',
    quality: 'measured',
  }));
}

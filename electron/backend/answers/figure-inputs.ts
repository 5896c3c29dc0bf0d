import { energyCostOf, overheadOf } from '#shared/cost/energy-cost.ts';
import { hourlyRatesOf, totalRateOf, type HourlyRates } from '#shared/cost/hourly-rates.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { CostBookRevision, EnergyPrice } from '#shared/model/cost-book.ts';
import type { FigureInput } from '#shared/model/figure.ts';
import { GPU_STATES, type GpuState } from '#shared/model/gpu-state.ts';
import type { PowerBoundary } from '#shared/model/power-boundary.ts';
import type { TokenBasis } from '#shared/model/token-basis.ts';
import { priceOfGpuTime, SECONDS_PER_HOUR, toKilowattHours } from '#shared/units/arithmetic.ts';
import { joules, seconds } from '#shared/units/quantities.ts';
import { dollars, short } from './figure-text.ts';
import { energyBases, MEASURED_WORDS, type EnergyBasis } from './power-basis.ts';
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
  /** What meters measured and no figure uses: whose place is not known, or who is not believed. */
  readonly meterNotes: readonly string[];
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

/** Measured energy by boundary, and what stands between it and the energy of the node or the facility. */
export function energyInputs(context: FigureContext, of: 'it' | 'facility'): FigureInput[] {
  const bases = energyBases(context.group.lines);
  const nothing = { boundary: 'board', lines: [noEnergyOf(context.revision)], joules: 0 } as const;
  const shown = bases.length === 0 ? [nothing] : bases;
  return shown.flatMap(({ boundary, lines }) => {
    const factorsOf = ({ energy }: CostBookRevision): unknown => factorsBetween(boundary, of, energy);
    return periodsOf(lines, factorsOf).flatMap((period) => {
      const block = { ...period, suffix: suffixOf(boundary, shown) + period.suffix };
      return [...measuredInputs(boundary, block), ...factorInputs(boundary, of, block)];
    });
  });
}

function noEnergyOf(revision: CostBookRevision): UsageLine {
  const nothing = { gpuSeconds: 0, integratedJoules: 0, energySeconds: 0, bridgedSeconds: 0 };
  return { revision, sku: '', state: 'unobserved', boundary: 'board', energyJoules: null, ...nothing };
}

/** Where energy rests on several boundaries, each has its own lines. */
function suffixOf(boundary: PowerBoundary, bases: readonly Pick<EnergyBasis, 'boundary'>[]): string {
  return bases.length > 1 ? `, ${MEASURED_WORDS[boundary]}` : '';
}

const ENERGY_LABELS: Readonly<Record<PowerBoundary, string>> = {
  board: 'GPU board energy',
  cpu: 'GPU board and CPU socket energy',
  module: 'Superchip module energy',
  node: 'Node energy',
  rack: 'Rack energy',
  wall: 'Energy at the wall',
};

function measuredInputs(boundary: PowerBoundary, { items, suffix }: Period<UsageLine>): FigureInput[] {
  const isKnown = items.some((line) => line.energyJoules !== null);
  const integrated = sumOf(items, (line) => line.integratedJoules);
  const counted = Math.max(0, sumOf(items, (line) => line.energyJoules ?? 0) - integrated);
  const covered = `${short(sumOf(items, (line) => line.energySeconds) / SECONDS_PER_HOUR)} GPU-h covered`;
  const measured = (value: number | null, source: string, quality: FigureInput['quality']): FigureInput => ({
    label: `${ENERGY_LABELS[boundary]}${suffix}`,
    value,
    unit: 'kWh',
    source,
    quality,
  });
  if (!isKnown) return [measured(null, 'nothing measured it', 'measured')];
  const by = boundary === 'board' ? '' : ` of ${MEASURED_WORDS[boundary]}`;
  const byCounter = measured(toKilowattHours(joules(counted)), `energy counters${by}, ${covered}`, 'measured');
  const byPower = measured(
    toKilowattHours(joules(integrated)),
    `power readings${by}, integrated, ${covered}`,
    'estimated',
  );
  // What is left of a difference of sums is rounding, not a counter.
  const isCounted = counted > integrated * ROUNDING || integrated === 0;
  return [...(isCounted ? [byCounter] : []), ...(integrated > 0 ? [byPower] : [])];
}

const ROUNDING = 1e-9;

/** The factors that are used, in the order in which the energy is multiplied by them. */
function factorsBetween(boundary: PowerBoundary, of: 'it' | 'facility', energy: EnergyPrice): readonly number[] {
  return factorsOf(boundary, of, energy).map(({ value }) => value);
}

function factorsOf(boundary: PowerBoundary, of: 'it' | 'facility', energy: EnergyPrice) {
  const pue = { label: 'PUE', value: energy.pue };
  // A wall meter measures the facility: the node behind it is less by PUE.
  if (boundary === 'wall') return of === 'it' ? [{ label: '1 ÷ PUE', value: 1 / energy.pue }] : [];
  const overhead = { value: overheadOf(boundary, energy) };
  const overheads =
    boundary === 'board'
      ? [{ label: 'Node overhead', ...overhead }]
      : overhead.value === 1
        ? []
        : [{ label: 'Module overhead', ...overhead }];
  return of === 'it' ? overheads : [...overheads, pue];
}

function factorInputs(
  boundary: PowerBoundary,
  of: 'it' | 'facility',
  { revision, suffix }: Period<UsageLine>,
): FigureInput[] {
  const { provenance } = revision.energy;
  const known = { unit: 'factor', source: provenance.note, quality: provenance.quality } as const;
  return factorsOf(boundary, of, revision.energy).map(({ label, value }) => ({
    label: `${label}${suffix}`,
    value,
    ...known,
  }));
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
  const bases = energyBases(charged);
  const shown = bases.length === 0 && charged.length > 0 ? [{ boundary: 'board' as const, lines: charged }] : bases;
  const costs = shown.flatMap(({ boundary, lines: own }) => {
    const priceOf = ({ energy }: CostBookRevision): unknown => [
      factorsBetween(boundary, 'facility', energy),
      energy.usdPerKilowattHour,
    ];
    return periodsOf(own, priceOf).flatMap((period) =>
      energyCostInputs(boundary, { ...period, suffix: suffixOf(boundary, shown) + period.suffix }),
    );
  });
  return [...costs, ...(isInRent ? [inRent] : [])];
}

function energyCostInputs(boundary: PowerBoundary, period: Period<UsageLine>): FigureInput[] {
  const { items, revision, suffix } = period;
  const { usdPerKilowattHour, provenance } = revision.energy;
  const measured = { boundary, joules: joules(sumOf(items, (line) => line.energyJoules ?? 0)) };
  const factors = factorsBetween(boundary, 'facility', revision.energy).map((factor) => ` × ${factor}`);
  const { quality, note } = provenance;
  return [
    ...measuredInputs(boundary, period),
    ...factorInputs(boundary, 'facility', period),
    { label: `Electricity${suffix}`, value: usdPerKilowattHour, unit: 'USD/kWh', source: note, quality },
    {
      label: `Cost of energy${suffix}`,
      value: energyCostOf(measured, revision.energy),
      unit: 'USD',
      source: `${short(toKilowattHours(measured.joules))} kWh${factors.join('')} × ${dollars(usdPerKilowattHour)}`,
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

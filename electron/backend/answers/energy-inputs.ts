import { energyCostOf, overheadOf } from '#shared/cost/energy-cost.ts';
import { tariffOf, type Tariff } from '#shared/cost/tariff.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { CostBookRevision, EnergyPrice } from '#shared/model/cost-book.ts';
import type { FigureInput } from '#shared/model/figure.ts';
import type { PowerBoundary } from '#shared/model/power-boundary.ts';
import { SECONDS_PER_HOUR, toKilowattHours } from '#shared/units/arithmetic.ts';
import { joules } from '#shared/units/quantities.ts';
import { demandInputs } from './demand-inputs.ts';
import { dollars, enteredIn, short } from './figure-text.ts';
import { energyBases, MEASURED_WORDS, type EnergyBasis } from './power-basis.ts';
import { periodsOf, type Period } from './price-periods.ts';
import type { PricedGroup, UsageLine } from './priced-group.ts';

/** Measured energy by boundary, and what stands between it and the energy of the node or the facility. */
export function energyInputs(
  { group, revision }: { readonly group: PricedGroup; readonly revision: CostBookRevision },
  of: 'it' | 'facility',
): FigureInput[] {
  const bases = energyBases(group.lines);
  const nothing = { boundary: 'board', lines: [noEnergyOf(revision)], joules: 0 } as const;
  const shown = bases.length === 0 ? [nothing] : bases;
  return shown.flatMap(({ boundary, lines }) =>
    periodsOf(lines, ({ tariff }) => factorsBetween(boundary, of, tariff.price), siteWords).flatMap((period) => {
      const block = { ...period, suffix: suffixOf(boundary, shown) + period.suffix };
      return [...measuredInputs(boundary, block), ...factorInputs(boundary, of, block)];
    }),
  );
}

function noEnergyOf(revision: CostBookRevision): UsageLine {
  const nothing = { gpuSeconds: 0, integratedJoules: 0, energySeconds: 0, bridgedSeconds: 0 };
  const prices = { revision, rates: null, tariff: tariffOf(revision, null) };
  return { ...prices, sku: '', state: 'unobserved', boundary: 'board', energyJoules: null, ...nothing };
}

/** Whose electricity it is, where sites have their own. */
function siteWords({ tariff }: UsageLine): string {
  return tariff.site === null ? '' : `site ${tariff.site}`;
}

/** Whose electricity it is, and in which hours. */
function tariffWords(line: UsageLine): string {
  const { price, period } = line.tariff;
  const hours = price.periods.length === 0 ? '' : (period?.name ?? 'all other hours');
  return [siteWords(line), hours].filter((words) => words !== '').join(', ');
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
  { first, suffix }: Period<UsageLine>,
): FigureInput[] {
  const { provenance } = first.tariff.price;
  const known = { unit: 'factor', source: provenance.note, quality: provenance.quality } as const;
  return factorsOf(boundary, of, first.tariff.price).map(({ label, value }) => ({
    label: `${label}${suffix}`,
    value,
    ...known,
  }));
}

/** Energy that is charged: measured energy, factors and tariff of every boundary, site and tariff period, with its USD. */
export function chargedEnergyInputs(lines: readonly UsageLine[]): FigureInput[] {
  const charged = lines.filter(isCharged);
  const inRent: FigureInput = {
    label: 'Electricity of rented GPUs',
    value: null,
    unit: 'USD/kWh',
    source: 'not charged: the rent includes power',
    quality: 'entered',
  };
  const isInRent = lines.some((line) => line.rates?.includesEnergy === true);
  const bases = energyBases(charged);
  const shown = bases.length === 0 && charged.length > 0 ? [{ boundary: 'board' as const, lines: charged }] : bases;
  const costs = shown.flatMap(({ boundary, lines: own }) => {
    const priceOf = ({ tariff }: UsageLine): unknown => [
      factorsBetween(boundary, 'facility', tariff.price),
      tariff.usdPerKilowattHour,
    ];
    return periodsOf(own, priceOf, tariffWords).flatMap((period) =>
      energyCostInputs(boundary, { ...period, suffix: suffixOf(boundary, shown) + period.suffix }),
    );
  });
  return [...costs, ...demandInputs(charged), ...(isInRent ? [inRent] : [])];
}

/** The cost of energy alone: what it bears of a demand charge has lines of its own. */
function withoutDemand(tariff: Tariff): Tariff {
  return { ...tariff, demand: null };
}

function energyCostInputs(boundary: PowerBoundary, period: Period<UsageLine>): FigureInput[] {
  const { items, suffix } = period;
  const { tariff, revision } = period.first;
  const { usdPerKilowattHour, price } = tariff;
  const measured = { boundary, joules: joules(sumOf(items, (line) => line.energyJoules ?? 0)) };
  const factors = factorsBetween(boundary, 'facility', price).map((factor) => ` × ${factor}`);
  const { quality, note } = price.provenance;
  const rate = usdPerKilowattHour === null ? '–' : dollars(usdPerKilowattHour);
  return [
    ...measuredInputs(boundary, period),
    ...factorInputs(boundary, 'facility', period),
    {
      label: `Electricity${suffix}`,
      value: usdPerKilowattHour,
      unit: 'USD/kWh',
      source: note + enteredIn(revision, price.currency),
      quality,
    },
    {
      label: `Cost of energy${suffix}`,
      value: energyCostOf(measured, withoutDemand(tariff)),
      unit: 'USD',
      source: `${short(toKilowattHours(measured.joules))} kWh${factors.join('')} × ${rate}`,
      quality,
    },
  ];
}

function isCharged(line: UsageLine): boolean {
  return line.rates?.includesEnergy === false;
}

/** Whether any energy of the group is charged: not where all rents include it. */
export function isEnergyCharged(group: PricedGroup): boolean {
  return group.lines.some(isCharged);
}

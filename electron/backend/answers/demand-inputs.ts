import type { DemandShare } from '#shared/cost/demand-charge.ts';
import { facilityEnergyOf } from '#shared/cost/energy-cost.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { FigureInput } from '#shared/model/figure.ts';
import { priceOfEnergy, toKilowattHours } from '#shared/units/arithmetic.ts';
import { kilowattHours } from '#shared/units/quantities.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { dollars, percent, short } from './figure-text.ts';
import { measuredOf, type UsageLine } from './priced-group.ts';

type Borne = { readonly demand: DemandShare; readonly lines: readonly UsageLine[] };

/** Demand charges that lines bear a part of, in order of time. */
function borneBy(lines: readonly UsageLine[]): Borne[] {
  const metered = lines.filter((line) => line.energyJoules !== null);
  return [...Map.groupBy(metered, ({ tariff }) => tariff.demand)]
    .flatMap(([demand, list]) => (demand === null ? [] : [{ demand, lines: list }]))
    .toSorted((one, other) => one.demand.peakAt - other.demand.peakAt);
}

/** What the energy bears of each month's demand charge, and how much that is per kWh; its USD add to those of energy. */
export function demandInputs(lines: readonly UsageLine[]): FigureInput[] {
  return borneBy(lines).flatMap(({ demand, lines: own }) => inputsOf(demand, own));
}

function inputsOf(demand: DemandShare, lines: readonly UsageLine[]): FigureInput[] {
  const [price] = lines.map(({ tariff }) => tariff.price);
  const { quality, note } = price?.provenance ?? { quality: 'assumed', note: '' };
  const suffix = suffixOf(demand);
  const energy = kilowattHours(
    sumOf(lines, (line) => toKilowattHours(facilityEnergyOf(measuredOf(line), line.tariff.price))),
  );
  const perKilowattHour = dollars(demand.usdPerKilowattHour);
  const known = { quality, source: note };
  return [
    {
      label: `Highest hour of facility power${suffix}`,
      value: demand.peakKilowatts * 1000,
      unit: 'W',
      source: `the hour from ${formatInstant(demand.peakAt, 'UTC')}`,
      quality: 'measured',
    },
    { label: `Demand price${suffix}`, value: demand.usdPerKilowattMonth, unit: 'USD/kW-month', ...known },
    {
      label: `Share of the month${suffix}`,
      value: demand.shareOfMonth,
      unit: 'ratio',
      source: 'the part of it that facts cover so far',
      quality: 'measured',
    },
    {
      label: `Facility energy of that part${suffix}`,
      value: demand.energy,
      unit: 'kWh',
      source: 'all energy that is charged at this price',
      quality: 'measured',
    },
    {
      label: `Demand charge per kWh${suffix}`,
      value: demand.usdPerKilowattHour,
      unit: 'USD/kWh',
      source: `${short(demand.peakKilowatts)} kW × ${dollars(demand.usdPerKilowattMonth)} × ${short(demand.shareOfMonth)} ÷ ${short(demand.energy)} kWh`,
      quality,
    },
    {
      label: `Demand charge${suffix}`,
      value: priceOfEnergy(energy, demand.usdPerKilowattHour),
      unit: 'USD',
      source: `${short(energy)} kWh at the facility × ${perKilowattHour}`,
      quality,
    },
  ];
}

function suffixOf({ site, month }: DemandShare): string {
  return site === null ? `, ${month}` : `, site ${site}, ${month}`;
}

/** Of a month that is not over, or not known as a whole, the demand charge is what it is so far. */
export function demandNotes(lines: readonly UsageLine[]): string[] {
  return borneBy(lines)
    .filter(({ demand }) => demand.shareOfMonth < 1)
    .map(
      ({ demand }) =>
        `Demand charge${suffixOf(demand)}: the highest hour so far, ${short(demand.peakKilowatts)} kW, for the ${percent(demand.shareOfMonth)} of the month that facts cover. A higher hour to come raises it for the whole month.`,
    );
}

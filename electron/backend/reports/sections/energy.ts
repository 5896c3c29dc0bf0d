import { chargedCost, chargedEnergy, chargedItEnergy, ratioOf } from '#shared/cost/charges/charge-sums.ts';
import type { ChargeLedger, ChargeRow } from '#shared/model/charge-row.ts';
import type { ReportCell, ReportSection, ReportTable } from '#shared/model/report.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import type { ReportMaterial } from '../material/report-material.ts';
import { addedColumn, plainColumn, sectionOf, tableOf, textColumn } from './tables.ts';
import { dollars } from './words.ts';

/** Energy and what it cost, by pool and hours of the tariff, and how it was known. */
export function energySection({ ledger }: ReportMaterial): ReportSection {
  const rows = energyRows(ledger);
  const head = { id: 'energy', title: 'Energy' };
  const drawn = chargedEnergy(rows);
  if (drawn === null)
    return sectionOf({ ...head, emptyReason: 'No energy was measured in this time, so none is charged.' });
  const cost = chargedCost(rows);
  const pue = ratioOf(drawn, chargedItEnergy(rows));
  return sectionOf({
    ...head,
    lead: [
      `${formatNumber(drawn, 1)} kWh at the facility cost ${dollars(cost)}${pue === null ? '' : `, ${formatNumber(pue, 2)} kWh for each kWh of IT equipment`}.`,
    ],
    tables: [bandTable(rows), methodTable(rows)],
    notes: [
      'Time that nobody observed has no energy: none is made up.',
      'Energy that is in the rent costs nothing here; its kilowatt-hours are counted all the same.',
    ],
  });
}

function energyRows({ rows }: ChargeLedger): readonly ChargeRow[] {
  return rows.filter(({ component }) => component === 'energy' || component === 'demand');
}

function bandOf({ component, tariffPeriod }: ChargeRow): string {
  return component === 'demand' ? 'demand charge' : (tariffPeriod ?? 'all other hours');
}

function bandTable(rows: readonly ChargeRow[]): ReportTable {
  const groups = [...Map.groupBy(rows, (row) => JSON.stringify([row.pool, bandOf(row)])).values()].toSorted(
    (one, other) => (chargedCost(other) ?? 0) - (chargedCost(one) ?? 0),
  );
  return tableOf({
    id: 'energy',
    title: 'By pool and hours of the tariff',
    columns: [
      textColumn('pool', 'Pool'),
      textColumn('band', 'Hours'),
      addedColumn('it', 'IT energy', 'kwh'),
      addedColumn('facility', 'Facility energy', 'kwh'),
      addedColumn('cost', 'Cost', 'usd'),
      plainColumn('price', 'USD per kWh', 'number'),
    ],
    rows: groups.map((list): ReportCell[] => {
      const [energy, cost] = [chargedEnergy(list), chargedCost(list)];
      const [first] = list;
      return [
        first?.pool ?? 'no pool',
        first === undefined ? '' : bandOf(first),
        chargedItEnergy(list),
        energy,
        cost,
        ratioOf(cost, energy),
      ];
    }),
    total: { cost: chargedCost(rows), price: ratioOf(chargedCost(rows), chargedEnergy(rows)) },
  });
}

function methodTable(rows: readonly ChargeRow[]): ReportTable {
  const energy = rows.filter(({ component }) => component === 'energy');
  const total = chargedEnergy(energy);
  return tableOf({
    id: 'energy-method',
    title: 'How it is known',
    columns: [
      textColumn('method', 'Method'),
      addedColumn('facility', 'Facility energy', 'kwh'),
      plainColumn('share', 'Share', 'ratio'),
      plainColumn('pue', 'Facility over IT', 'number'),
    ],
    rows: [true, false].flatMap((isMetered): ReportCell[][] => {
      const list = energy.filter((row) => row.isMetered === isMetered);
      if (list.length === 0) return [];
      const drawn = chargedEnergy(list);
      const name = isMetered
        ? 'metered at the wall'
        : 'metered at GPU, module, node or rack; the overhead and PUE of the cost book put on top';
      return [[name, drawn, ratioOf(drawn, total), ratioOf(drawn, chargedItEnergy(list))]];
    }),
    total: { share: 1, pue: ratioOf(total, chargedItEnergy(energy)) },
  });
}

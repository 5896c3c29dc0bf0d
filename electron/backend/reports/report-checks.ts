import { chargedCost, chargedTokens } from '#shared/cost/charges/charge-sums.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { ReportCheck, ReportSection, ReportTable } from '#shared/model/report.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import type { ReportMaterial } from './material/report-material.ts';

/** Sums of doubles in another order differ in their last digits: this share of the whole is rounding. */
const ROUNDING = 1e-9;

type Sides = { readonly one: number | null; readonly other: number | null };

/** Sums that must agree, each side added up on its own from the tables as they are printed. */
export function reportChecks(material: ReportMaterial, sections: readonly ReportSection[]): readonly ReportCheck[] {
  const { ledger, spend } = material;
  const tables = new Map(sections.flatMap(({ tables: list }) => list.map((table) => [table.id, table] as const)));
  const total = chargedCost(ledger.rows);
  const costOf = (id: string, column = 'cost'): Sides => ({ one: columnSum(tables.get(id), column), other: total });
  const tokens = chargedTokens(ledger.rows)?.total ?? null;
  const owned = sumOf(ledger.capacity, ({ coverage }) => coverage.expectedSeconds) / SECONDS_PER_HOUR;
  const checks: (ReportCheck | null)[] = [
    agree('RP-01', 'Showback adds to the total cost', costOf('showback')),
    agree('RP-02', 'Pools add to the total cost', costOf('pools')),
    agree('RP-03', 'Uses add to the total cost', costOf('waste')),
    agree('RP-04', 'Days add to the total cost', costOf('daily')),
    agree('RP-05', 'Prices used add to the total cost', costOf('prices')),
    agree('RP-06', 'The ledger is the spend that the screens show', { one: total, other: spend.value }),
    agree('RP-07', 'Models have all tokens', {
      one: addedColumns(tables.get('models'), ['input', 'output']),
      other: tables.has('models') ? tokens : null,
    }),
    agree('RP-08', 'Classes of GPU time add to owned GPU time', {
      one: tables.has('pools') ? columnSum(tables.get('pools'), 'capacity') : null,
      other: owned,
    }),
    agree('RP-09', 'Steps of the bridge add to the change', {
      one: columnSum(tables.get('bridge'), 'usd'),
      other:
        material.before.kind === 'none' || total === null
          ? null
          : total - (chargedCost(material.before.ledger.rows) ?? 0),
    }),
    agree('RP-10', 'Loaded cost of all models is the total cost', { ...costOf('models', 'loaded-cost') }),
    agree('RP-11', 'GPU-hours by day and by pool agree', {
      one: columnSum(tables.get('coverage-days'), 'owned'),
      other: columnSum(tables.get('coverage-pools'), 'owned'),
    }),
  ];
  return checks.filter((check) => check !== null);
}

/** Null where a side is not known: there is nothing to compare. */
function agree(id: string, title: string, { one, other }: Sides): ReportCheck | null {
  if (one === null || other === null) return null;
  const passed = Math.abs(one - other) <= ROUNDING * Math.max(1, Math.abs(one), Math.abs(other));
  return { id, title, passed, detail: `${one} and ${other}` };
}

function columnSum(table: ReportTable | undefined, key: string): number | null {
  const index = table?.columns.findIndex((column) => column.key === key) ?? -1;
  if (table === undefined || index < 0) return null;
  const cells = table.rows.map((row) => row[index] ?? null).filter((cell) => typeof cell === 'number');
  return cells.length === 0 ? null : sumOf(cells, (cell) => cell);
}

function addedColumns(table: ReportTable | undefined, keys: readonly string[]): number | null {
  const sums = keys.map((key) => columnSum(table, key));
  return sums.some((value) => value === null) ? null : sumOf(sums, (value) => value ?? 0);
}

import { chargedCost, chargedTokens, ratioOf } from '#shared/cost/charges/charge-sums.ts';
import { moverEffects, type MoverEffects, type MoverSide } from '#shared/cost/month/mover-effects.ts';
import { CHARGE_USES, type ChargeLedger, type ChargeRow } from '#shared/model/charge-row.ts';
import type { ReportCell, ReportSection, ReportTable } from '#shared/model/report.ts';
import type { ReportMaterial } from '../material/report-material.ts';
import { modelRows } from './models.ts';
import { plainColumn, sectionOf, tableOf, textColumn } from './tables.ts';
import { USE_WORDS } from './words.ts';

/** Ten up and ten down; changes below this many USD are noise. */
const MOVERS_MAX = 10;
const LEAST_USD = 1;

type Mover = MoverEffects & { readonly name: string; readonly was: number; readonly is: number };

/** Models and uses whose cost changed most, by money; each change by volume and by unit cost. */
export function moversSection({ ledger, before }: ReportMaterial): ReportSection {
  const head = { id: 'movers', title: 'Top movers' };
  if (before.kind === 'none') return sectionOf({ ...head, emptyReason: before.reason });
  const moved = moversOf(before.ledger, ledger).filter(({ change }) => Math.abs(change) >= LEAST_USD);
  if (moved.length === 0) return sectionOf({ ...head, emptyReason: `Nothing changed by $${LEAST_USD} or more.` });
  return sectionOf({
    ...head,
    tables: [
      moverTable(
        'movers-up',
        `Dearer than in ${before.label}`,
        moved.filter(({ change }) => change > 0),
      ),
      moverTable(
        'movers-down',
        `Cheaper than in ${before.label}`,
        moved.filter(({ change }) => change < 0),
      ),
    ].filter(({ rows }) => rows.length > 0),
    notes: [
      'Volume: more or fewer tokens at the unit cost before. Unit cost: the rest of the change. What is new or gone changed by volume alone.',
      `Ranked by money; changes below $${LEAST_USD} are left out.`,
    ],
  });
}

function moverTable(id: string, title: string, movers: readonly Mover[]): ReportTable {
  const ranked = movers.toSorted((one, other) => Math.abs(other.change) - Math.abs(one.change));
  const left = ranked.length - MOVERS_MAX;
  return tableOf({
    id,
    title,
    ...(left > 0 ? { note: `The ${MOVERS_MAX} largest; ${left} more changed less.` } : {}),
    columns: [
      textColumn('name', 'What'),
      plainColumn('was', 'Before', 'usd'),
      plainColumn('is', 'Now', 'usd'),
      plainColumn('change', 'Change', 'usd'),
      plainColumn('share', 'Change', 'ratio'),
      plainColumn('volume', 'By volume', 'usd'),
      plainColumn('unit', 'By unit cost', 'usd'),
    ],
    rows: ranked
      .slice(0, MOVERS_MAX)
      .map((one): ReportCell[] => [
        one.name,
        one.was,
        one.is,
        one.change,
        ratioOf(one.change, one.was),
        one.volume,
        one.unitCost,
      ]),
    total: null,
  });
}

function moversOf(before: ChargeLedger, after: ChargeLedger): readonly Mover[] {
  const was = sidesOf(before);
  const is = sidesOf(after);
  return [...new Set([...was.keys(), ...is.keys()])].map((name) => {
    const [one, other] = [was.get(name) ?? NOTHING, is.get(name) ?? NOTHING];
    return { name, was: one.cost, is: other.cost, ...moverEffects(one, other) };
  });
}

const NOTHING: MoverSide = { cost: 0, tokens: null };

/** Models, and the uses that belong to none of them. */
function sidesOf(ledger: ChargeLedger): ReadonlyMap<string, MoverSide> {
  const side = (rows: readonly ChargeRow[]): MoverSide => ({
    cost: chargedCost(rows) ?? 0,
    tokens: chargedTokens(rows)?.total ?? null,
  });
  return new Map([
    ...modelRows(ledger).map(({ model, rows }) => [model, side(rows)] as const),
    ...CHARGE_USES.filter((use) => use !== 'serving' && use !== 'loaded-quiet').flatMap((use) => {
      const rows = ledger.rows.filter((row) => row.use === use);
      return rows.length === 0 ? [] : [[`${USE_WORDS[use]} (use)`, side(rows)] as const];
    }),
  ]);
}

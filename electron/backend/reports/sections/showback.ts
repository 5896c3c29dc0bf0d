import {
  chargedCost,
  chargedGpuHours,
  chargedTokens,
  ratioOf,
  unitCostOfCharges,
} from '#shared/cost/charges/charge-sums.ts';
import { loadedShares } from '#shared/cost/month/loaded-shares.ts';
import { CHARGE_USES, type ChargeLedger, type ChargeRow, type ChargeUse } from '#shared/model/charge-row.ts';
import type { ReportCell, ReportSection, ReportTable } from '#shared/model/report.ts';
import type { ReportMaterial } from '../material/report-material.ts';
import { addedColumn, plainColumn, sectionOf, tableOf, textColumn } from './tables.ts';
import { percent, USE_WORDS } from './words.ts';

/** Who a charge is shown to: a tenant, work that names none, or a use that belongs to nobody. */
type Owner = { readonly key: string; readonly name: string; readonly kind: 'tenant' | 'unlabelled' | 'shared' };

const ATTRIBUTED: readonly ChargeUse[] = ['serving', 'loaded-quiet'];

function ownerOf({ use, tenant }: ChargeRow): Owner {
  if (!ATTRIBUTED.includes(use)) return { key: `use:${use}`, name: USE_WORDS[use], kind: 'shared' };
  return tenant === null
    ? { key: 'unlabelled', name: 'Work without a tenant', kind: 'unlabelled' }
    : { key: `tenant:${tenant}`, name: tenant, kind: 'tenant' };
}

type Owned = { readonly owner: Owner; readonly rows: readonly ChargeRow[] };

/** Tenants by their cost, most first; then work without one, then what belongs to nobody in the order of its use. */
function ownedRows({ rows }: ChargeLedger): readonly Owned[] {
  const owned = [...Map.groupBy(rows, (row) => ownerOf(row).key).values()].flatMap((list) => {
    const [first] = list;
    return first === undefined ? [] : [{ owner: ownerOf(first), rows: list }];
  });
  const order = ({ owner }: Owned): number =>
    owner.kind === 'tenant'
      ? 0
      : owner.kind === 'unlabelled'
        ? 1
        : 2 + CHARGE_USES.indexOf(owner.key.slice(4) as ChargeUse);
  const costOf = ({ rows: list }: Owned): number => chargedCost(list) ?? 0;
  return owned.toSorted(
    (one, other) =>
      order(one) - order(other) || costOf(other) - costOf(one) || (one.owner.key < other.owner.key ? -1 : 1),
  );
}

/** Everything that was spent, by who it was for; idle is a line of its own and hidden in nobody's share. */
export function showbackSection(material: ReportMaterial): ReportSection {
  const { ledger } = material;
  if (ledger.rows.length === 0)
    return sectionOf({ id: 'showback', title: 'Who used it', emptyReason: 'Nothing was charged.' });
  const owned = ownedRows(ledger);
  const total = chargedCost(ledger.rows);
  const byKind = (kind: Owner['kind']): number | null =>
    chargedCost(owned.filter(({ owner }) => owner.kind === kind).flatMap(({ rows }) => rows));
  return sectionOf({
    id: 'showback',
    title: 'Who used it',
    lead: [
      `${percent(ratioOf(byKind('tenant'), total))} of the cost belongs to a named tenant, ${percent(ratioOf(byKind('unlabelled'), total))} to work that names none, and ${percent(ratioOf(byKind('shared'), total))} to nobody: idle, unavailable and unobserved time.`,
    ],
    tables: [ownerTable(material, owned), modelTable(ledger)],
    notes: [
      'Method: GPU time and energy of each engine, by the seconds its GPUs were bound to it; a GPU that several models share is divided by their use.',
      '“With its share of idle” puts what belongs to nobody on those who used something, in proportion to their own cost.',
      `Showback informs. Money should move only for a closed month; this one is ${material.period.state}.`,
    ],
  });
}

function ownerTable({ ledger, before }: ReportMaterial, owned: readonly Owned[]): ReportTable {
  const total = chargedCost(ledger.rows);
  const was = new Map(
    before.kind === 'known'
      ? ownedRows(before.ledger).map(({ owner, rows }) => [owner.key, chargedCost(rows)] as const)
      : [],
  );
  const own = owned.map(({ owner, rows }) => (owner.kind === 'shared' ? 0 : (chargedCost(rows) ?? 0)));
  const loaded = total === null ? own.map(() => null) : loadedShares(own, total);
  const tokens = chargedTokens(ledger.rows)?.total ?? null;
  return tableOf({
    id: 'showback',
    title: 'Cost by tenant',
    columns: [
      textColumn('owner', 'Tenant'),
      addedColumn('cost', 'Cost', 'usd'),
      plainColumn('share', 'Share', 'ratio'),
      addedColumn('loaded', 'With its share of idle', 'usd'),
      addedColumn('tokens', 'Tokens', 'tokens'),
      plainColumn('unit', 'Own unit cost', 'usd-per-mtok'),
      plainColumn('change', 'Change', 'usd'),
    ],
    rows: owned.map(({ owner, rows }, index): ReportCell[] => {
      const cost = chargedCost(rows);
      const count = chargedTokens(rows)?.total ?? null;
      const earlier = was.get(owner.key) ?? 0;
      return [
        owner.name,
        cost,
        ratioOf(cost, total),
        owner.kind === 'shared' ? null : (loaded[index] ?? null),
        count,
        unitCostOfCharges(cost, count),
        before.kind === 'none' || cost === null || earlier === null ? null : cost - earlier,
      ];
    }),
    total: {
      cost: total,
      share: total === null ? null : 1,
      loaded: loaded.some((share) => share !== null) ? total : null,
      unit: unitCostOfCharges(total, tokens),
      change: changeOf(ledger, before),
    },
  });
}

function changeOf(ledger: ChargeLedger, before: ReportMaterial['before']): number | null {
  const [was, is] = [before.kind === 'known' ? chargedCost(before.ledger.rows) : null, chargedCost(ledger.rows)];
  return was === null || is === null ? null : is - was;
}

/** Tenants by model: what adds to the lines of tenants above. */
function modelTable({ rows }: ChargeLedger): ReportTable {
  const attributed = rows.filter(({ use }) => ATTRIBUTED.includes(use));
  const groups = [...Map.groupBy(attributed, ({ tenant, model }) => JSON.stringify([tenant, model])).values()];
  const lines = groups
    .map((list) => ({ list, cost: chargedCost(list) }))
    .toSorted((one, other) => (other.cost ?? 0) - (one.cost ?? 0));
  return tableOf({
    id: 'showback-models',
    title: 'Work by tenant and model',
    columns: [
      textColumn('tenant', 'Tenant'),
      textColumn('model', 'Model'),
      addedColumn('cost', 'Cost', 'usd'),
      addedColumn('gpu-hours', 'GPU time', 'gpu-hours'),
      addedColumn('tokens', 'Tokens', 'tokens'),
      plainColumn('unit', 'Own unit cost', 'usd-per-mtok'),
    ],
    rows: lines.map(({ list, cost }): ReportCell[] => {
      const count = chargedTokens(list)?.total ?? null;
      return [
        list[0]?.tenant ?? 'without a tenant',
        list[0]?.model ?? 'model not known',
        cost,
        chargedGpuHours(list),
        count,
        unitCostOfCharges(cost, count),
      ];
    }),
    total: { cost: chargedCost(attributed) },
    totalName: 'All work',
  });
}

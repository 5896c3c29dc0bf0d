import type { BreakdownDimension, BreakdownRow, CallScope, CostBreakdown } from '#shared/contract/backend-api.ts';
import type { CostKind } from '#renderer/state/url-state.ts';
import { decimalsOfPrice, formatNumber, UNKNOWN } from '#shared/units/format-quantity.ts';
import { partsThatAdd } from '#shared/units/parts-that-add.ts';

/** A breakdown as rows for a table: sorted, rounded so that columns add, with lengths for the bars. */
export type CostRow = {
  readonly row: BreakdownRow;
  /** What choosing the row narrows the page to, or null where it is no value of the dimension. */
  readonly scope: CallScope | null;
  readonly cost: number | null;
  readonly costText: string;
  /** Length of the in-cell bar on the column's one scale, 0 to 1. */
  readonly costShare: number;
  readonly idleText: string;
  readonly idleShare: number;
  readonly spendText: string;
};

export type CostRows = { readonly rows: readonly CostRow[]; readonly total: CostRow };

export const SORT_KEYS = [
  'label',
  'gpus',
  'tokensPerSecond',
  'cost',
  'change',
  'tokensPerJoule',
  'idle',
  'spend',
] as const;
export type SortKey = (typeof SORT_KEYS)[number];
export type Sort = { readonly key: SortKey; readonly isDescending: boolean };

export type CostRowsInput = {
  readonly answer: CostBreakdown;
  readonly by: BreakdownDimension;
  readonly scope: CallScope;
  readonly kind: CostKind;
  readonly sort: Sort;
};

/** Rows of members in the asked order, then what belongs to none (free, down, unseen, unplaced). */
export function costRows({ answer, by, scope, kind, sort }: CostRowsInput): CostRows {
  const rows = answer.rows.toSorted(comparison(sort, kind));
  const all = [...rows, answer.total];
  const scales = {
    cost: Math.max(...rows.map((row) => costOf(row, kind) ?? 0), 0),
    idle: Math.max(...rows.map((row) => row.idleUsdPerHour ?? 0), 0),
  };
  const isWhole = answer.omitted === 0;
  const idle = columnTexts(
    rows.map((row) => row.idleUsdPerHour),
    answer.total.idleUsdPerHour,
    isWhole,
  );
  const spend = columnTexts(
    rows.map((row) => row.spendUsdPerHour),
    answer.total.spendUsdPerHour,
    isWhole,
  );
  const shaped = all.map((row, index): CostRow => {
    const cost = costOf(row, kind);
    return {
      row,
      scope: index < rows.length && row.group === 'member' ? scopeOf(row.key, by, scope) : null,
      cost,
      costText: cost === null ? UNKNOWN : formatNumber(cost, decimalsOfPrice(cost)),
      costShare: share(cost ?? 0, scales.cost),
      idleText: idle[index] ?? UNKNOWN,
      idleShare: share(row.idleUsdPerHour ?? 0, scales.idle),
      spendText: spend[index] ?? UNKNOWN,
    };
  });
  const total = shaped.at(-1);
  if (total === undefined) throw new Error('a breakdown has a total');
  return { rows: shaped.slice(0, -1), total };
}

/** The cost of the chosen kind. */
export function costOf(row: BreakdownRow, kind: CostKind): number | null {
  switch (kind) {
    case 'loaded':
      return row.cost;
    case 'serving':
      return row.servingCost;
    case 'marginal':
      return row.marginalCost;
    default:
      return row.cost;
  }
}

/** Two decimals, rounded so that the rows add to the total where all rows are shown and known. The total is last. */
function columnTexts(values: readonly (number | null)[], total: number | null, isWhole: boolean): readonly string[] {
  const known = values.filter((value) => value !== null);
  const addsUp = isWhole && total !== null && known.length === values.length;
  const rounded = addsUp ? partsThatAdd(known, 2, total) : values;
  return [...rounded, total].map((value) => (value === null ? UNKNOWN : formatNumber(value, 2)));
}

function scopeOf(key: string, by: BreakdownDimension, scope: CallScope): CallScope | null {
  return by === 'fleet' || by === 'version' ? null : { ...scope, [by]: key };
}

function share(value: number, most: number): number {
  return most > 0 ? value / most : 0;
}

type Order = (one: BreakdownRow, other: BreakdownRow) => number;

function comparison(sort: Sort, kind: CostKind): Order {
  const valueOf = SORT_VALUES[sort.key];
  const sign = sort.isDescending ? -1 : 1;
  return (one, other) => {
    const isMember = Number(other.group === 'member') - Number(one.group === 'member');
    if (isMember !== 0) return isMember;
    if (sort.key === 'label') return sign * one.label.localeCompare(other.label, 'en', { numeric: true });
    const a = valueOf(one, kind);
    const b = valueOf(other, kind);
    // What is not known stands last in either order.
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * (a - b) || one.label.localeCompare(other.label, 'en', { numeric: true });
  };
}

const SORT_VALUES: Readonly<Record<SortKey, (row: BreakdownRow, kind: CostKind) => number | null>> = {
  label: () => null,
  gpus: (row) => row.gpus,
  tokensPerSecond: (row) => row.tokensPerSecond,
  cost: costOf,
  change: (row) => (row.cost === null || row.costBefore === null ? null : row.cost / row.costBefore),
  tokensPerJoule: (row) => row.tokensPerJoule,
  idle: (row) => row.idleUsdPerHour,
  spend: (row) => row.spendUsdPerHour,
};

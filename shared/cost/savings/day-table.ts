import type { WorkRow } from './work-row.ts';

/** Spent and tokens of one side by day and stratum, day after day: what resampling adds up again and again. */
export type DayTable = {
  readonly days: readonly string[];
  readonly strata: readonly string[];
  readonly spent: Float64Array;
  readonly tokens: Float64Array;
};

/** Spent and tokens by stratum. */
export type StratumTotals = { readonly spent: Float64Array; readonly tokens: Float64Array };

/** Rows as a table of these days and strata; rows of other days or strata are left out. */
export function dayTable(
  rows: readonly WorkRow[],
  { days, strata }: { readonly days: readonly string[]; readonly strata: readonly string[] },
): DayTable {
  const placeOfDay = new Map(days.map((day, place) => [day, place]));
  const placeOfStratum = new Map(strata.map((stratum, place) => [stratum, place]));
  const spent = new Float64Array(days.length * strata.length);
  const tokens = new Float64Array(days.length * strata.length);
  for (const row of rows) {
    const day = placeOfDay.get(row.day);
    const stratum = placeOfStratum.get(row.stratum);
    if (day === undefined || stratum === undefined) continue;
    const cell = day * strata.length + stratum;
    spent[cell] = (spent[cell] ?? 0) + row.spent;
    tokens[cell] = (tokens[cell] ?? 0) + row.weightedTokens;
  }
  return { days, strata, spent, tokens };
}

/** Totals by stratum, each day counted as often as `times` says: once each for what was, resampled for the bootstrap. */
export function totalsOf(table: DayTable, times: ArrayLike<number>): StratumTotals {
  const count = table.strata.length;
  const spent = new Float64Array(count);
  const tokens = new Float64Array(count);
  for (let day = 0; day < table.days.length; day++) {
    const weight = times[day] ?? 0;
    if (weight === 0) continue;
    for (let stratum = 0; stratum < count; stratum++) {
      const cell = day * count + stratum;
      spent[stratum] = (spent[stratum] ?? 0) + weight * (table.spent[cell] ?? 0);
      tokens[stratum] = (tokens[stratum] ?? 0) + weight * (table.tokens[cell] ?? 0);
    }
  }
  return { spent, tokens };
}

/** Every day once. */
export function onceEach(table: DayTable): number[] {
  return table.days.map(() => 1);
}

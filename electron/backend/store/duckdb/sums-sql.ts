import { TIER_SECONDS, type Family, type Tier } from './rows.ts';

export type RolledTier = Exclude<Tier, 'raw'>;

/** Sums of a table's rows in the buckets and the columns of a tier. `seconds` is the length of the bucket. */
export function sumsSql(family: Family, table: string, to: RolledTier): string {
  const measures = family.measures.map(({ column, aggregation }) => `${aggregation}(${column}) AS ${column}`);
  const bucket = [`date_trunc('${to}', ts) AS bucket`, `${TIER_SECONDS[to]}::DOUBLE AS seconds`];
  return `SELECT ${[...bucket, ...family.keys, ...measures].join(', ')} FROM ${table}`;
}

/** The end of such a statement. */
export function groupSql(family: Family): string {
  const keys = ['bucket', ...family.keys].join(', ');
  return `GROUP BY ${keys} ORDER BY ${keys}`;
}

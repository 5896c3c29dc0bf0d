import type { ChargeRow, ChargeTokens } from '#shared/model/charge-row.ts';

/** Differences below this share of the amount are the rounding of sums, not news. */
const ROUNDING = 1e-9;

/**
 * What the rows of a closed month have become since: one row per charge that changed, with the differences of cost, quantity
 * and tokens, at the price of now. `charged` are its rows and the corrections that were charged already; they and the answer
 * add to the rows of now. A charge that had no price when the month was closed was not charged; one that has none now is left
 * as it was.
 */
export function correctionRows(charged: readonly ChargeRow[], now: readonly ChargeRow[]): ChargeRow[] {
  const before = new Map([...Map.groupBy(charged, keyOf)].map(([key, rows]) => [key, rows.reduce(added)]));
  const after = new Map(now.map((row) => [keyOf(row), row]));
  const changed = now.flatMap((row) => difference(before.get(keyOf(row)) ?? nothingOf(row), row));
  const gone = [...before.values()]
    .filter((row) => !after.has(keyOf(row)))
    .flatMap((row) => difference(row, nothingOf(row)));
  return [...changed, ...gone];
}

function keyOf(row: ChargeRow): string {
  const { period, site, pool, model, tenant, version, use, skuPriceId, commitment } = row;
  return JSON.stringify([period.from, site, pool, model, tenant, version, use, skuPriceId, commitment]);
}

function added(row: ChargeRow, correction: ChargeRow): ChargeRow {
  return {
    ...row,
    quantity: row.quantity + correction.quantity,
    cost: moreOrNone(row.cost, correction.cost),
    gpuHours: moreOrNone(row.gpuHours, correction.gpuHours),
    kilowattHours: moreOrNone(row.kilowattHours, correction.kilowattHours),
    itKilowattHours: moreOrNone(row.itKilowattHours, correction.itKilowattHours),
    tokens: tokenSum(row.tokens, correction.tokens),
    requests: moreOrNone(row.requests, correction.requests),
  };
}

function moreOrNone(one: number | null, other: number | null): number | null {
  return one === null && other === null ? null : (one ?? 0) + (other ?? 0);
}

function tokenSum(one: ChargeTokens | null, other: ChargeTokens | null): ChargeTokens | null {
  if (one === null || other === null) return one ?? other;
  const cached = moreOrNone(one.cached, other.cached);
  return { input: one.input + other.input, cached, output: one.output + other.output };
}

function nothingOf(row: ChargeRow): ChargeRow {
  return {
    ...row,
    quantity: 0,
    cost: 0,
    gpuHours: row.gpuHours === null ? null : 0,
    kilowattHours: row.kilowattHours === null ? null : 0,
    itKilowattHours: row.itKilowattHours === null ? null : 0,
    tokens: null,
    requests: null,
  };
}

function difference(before: ChargeRow, after: ChargeRow): ChargeRow[] {
  if (after.cost === null) return [];
  const tokens = tokenDifference(before.tokens, after.tokens);
  const row: ChargeRow = {
    ...after,
    quantity: less(after.quantity, before.quantity),
    cost: less(after.cost, before.cost ?? 0),
    gpuHours: lessOrNone(after.gpuHours, before.gpuHours),
    kilowattHours: lessOrNone(after.kilowattHours, before.kilowattHours),
    itKilowattHours: lessOrNone(after.itKilowattHours, before.itKilowattHours),
    tokens,
    requests: lessOrNone(after.requests, before.requests),
  };
  const isSame = row.cost === 0 && row.quantity === 0 && tokens === null && (row.requests ?? 0) === 0;
  return isSame ? [] : [row];
}

function less(after: number, before: number): number {
  const change = after - before;
  return Math.abs(change) <= ROUNDING * Math.max(Math.abs(after), Math.abs(before)) ? 0 : change;
}

function lessOrNone(after: number | null, before: number | null): number | null {
  return after === null && before === null ? null : less(after ?? 0, before ?? 0);
}

/** Null where no class changed. */
function tokenDifference(before: ChargeTokens | null, after: ChargeTokens | null): ChargeTokens | null {
  const change = {
    input: (after?.input ?? 0) - (before?.input ?? 0),
    cached: lessOrNone(after?.cached ?? null, before?.cached ?? null),
    output: (after?.output ?? 0) - (before?.output ?? 0),
  };
  return change.input === 0 && change.output === 0 && (change.cached ?? 0) === 0 ? null : change;
}

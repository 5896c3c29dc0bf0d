import { COUNT_COLUMNS, type Aggregation } from '#shared/model/fact.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';

const MINUTE_MS = 60_000;

/**
 * Divides a fact at the minute boundaries inside its interval, sums in proportion to time, so that minute and hour tables
 * tile exactly. Counts stay whole: the last piece takes the rest, so the pieces add to the fact.
 */
export function splitAtMinutes<Fact extends { readonly start: EpochMs; readonly seconds: number }>(
  fact: Fact,
  columns: Readonly<Record<string, Aggregation>>,
): Fact[] {
  const endMs = fact.start + fact.seconds * 1000;
  const firstCut = Math.floor(fact.start / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  if (firstCut >= endMs) return [fact];
  const divided = dividedColumnsOf(columns);
  const given = new Float64Array(divided.length);
  const pieces: Fact[] = [];
  for (let start: number = fact.start, end = firstCut; start < endMs; start = end, end += MINUTE_MS) {
    if (end > endMs) end = endMs;
    const share = (end - start) / (endMs - fact.start);
    pieces.push(piece(fact, divided, { start, end, share, isLast: end === endMs }, given));
  }
  return pieces;
}

type DividedColumn = { readonly column: string; readonly isCount: boolean };

/** A past is millions of pieces: what is divided is worked out once for a list of columns. */
const known = new WeakMap<object, readonly DividedColumn[]>();

function dividedColumnsOf(columns: Readonly<Record<string, Aggregation>>): readonly DividedColumn[] {
  const found = known.get(columns);
  if (found !== undefined) return found;
  const sums = Object.keys(columns).filter((column) => columns[column] === 'sum');
  const divided = sums.map((column) => ({ column, isCount: COUNT_COLUMNS.has(column) }));
  known.set(columns, divided);
  return divided;
}

type Span = { readonly start: number; readonly end: number; readonly share: number; readonly isLast: boolean };

function piece<Fact extends { readonly start: EpochMs; readonly seconds: number }>(
  fact: Fact,
  columns: readonly DividedColumn[],
  { start, end, share, isLast }: Span,
  given: Float64Array,
): Fact {
  const divided: Fact = { ...fact, start: epochMs(start), seconds: (end - start) / 1000 };
  const values = divided as Record<string, unknown>;
  for (const [index, { column, isCount }] of columns.entries()) {
    const whole = values[column];
    if (typeof whole !== 'number' || whole === 0) continue;
    const before = given[index] ?? 0;
    const part = isLast ? whole - before : isCount ? Math.floor(whole * share) : whole * share;
    given[index] = before + part;
    values[column] = part;
  }
  return divided;
}

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
  const cuts: number[] = [fact.start];
  for (let cut = firstCut; cut < endMs; cut += MINUTE_MS) cuts.push(cut);
  cuts.push(endMs);
  const rest: Record<string, number> = {};
  return cuts.slice(1).map((end, index) => {
    const start = cuts[index] ?? fact.start;
    const isLast = end === endMs;
    return piece(fact, columns, { start, end, share: (end - start) / (endMs - fact.start), isLast }, rest);
  });
}

type Span = { readonly start: number; readonly end: number; readonly share: number; readonly isLast: boolean };

function piece<Fact extends { readonly start: EpochMs; readonly seconds: number }>(
  fact: Fact,
  columns: Readonly<Record<string, Aggregation>>,
  span: Span,
  given: Record<string, number>,
): Fact {
  const divided: Record<string, unknown> = {
    ...fact,
    start: epochMs(span.start),
    seconds: (span.end - span.start) / 1000,
  };
  for (const [column, aggregation] of Object.entries(columns)) {
    const whole = divided[column];
    if (aggregation !== 'sum' || typeof whole !== 'number') continue;
    const before = given[column] ?? 0;
    const part = span.isLast
      ? whole - before
      : COUNT_COLUMNS.has(column)
        ? Math.floor(whole * span.share)
        : whole * span.share;
    given[column] = before + part;
    divided[column] = part;
  }
  return divided as Fact;
}

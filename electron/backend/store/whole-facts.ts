import { assert } from '#shared/lib/assert.ts';
import type { EpochMs } from '#shared/time/instant.ts';

/** The interval of a fact, as far as dividing it goes. */
export type FactInterval = { readonly start: EpochMs; readonly seconds: number };

type Divisible = FactInterval & { readonly bridgedSeconds: number | null };

const MINUTE_MICROS = 60_000_000;

/** Start of an interval, whole microseconds since 1970. Intervals are compared in integers, so edges are exact. */
export function startMicrosOf(fact: FactInterval): number {
  return Math.round(fact.start * 1000);
}

/** Length of an interval, whole microseconds. */
export function lengthMicrosOf(fact: FactInterval): number {
  return Math.round(fact.seconds * 1e6);
}

/** Throws where a fact has no interval: such a fact can be in no bucket, and only our own mistake makes one. */
export function assertInterval(fact: FactInterval): void {
  assert(Number.isFinite(fact.start) && lengthMicrosOf(fact) > 0, 'a fact has a start and a length above zero');
}

/** Whether a fact counts whole in the bucket of its start: what happened when in a bridged gap is not known. */
export function isBridged(fact: { readonly bridgedSeconds: number | null }): boolean {
  return fact.bridgedSeconds !== null && fact.bridgedSeconds > 0;
}

/**
 * Whether an interval runs over an edge between minutes. Sampling splits facts at minutes unless they are bridged, so
 * a latency fact, which has no column for bridged seconds, is known as bridged by this.
 */
export function crossesMinute(fact: FactInterval): boolean {
  return (startMicrosOf(fact) % MINUTE_MICROS) + lengthMicrosOf(fact) > MINUTE_MICROS;
}

/** A divisible fact cut at the edges of minutes, its sums in proportion; others come back as they are. */
export function splitAtMinutes<Fact extends Divisible>(fact: Fact, sumColumns: readonly string[]): readonly Fact[] {
  if (isBridged(fact) || !crossesMinute(fact)) return [fact];
  const first = startMicrosOf(fact);
  const end = first + lengthMicrosOf(fact);
  const parts: Fact[] = [];
  for (let start = first; start < end;) {
    const next = Math.min(end, (Math.floor(start / MINUTE_MICROS) + 1) * MINUTE_MICROS);
    parts.push(partOf(fact, sumColumns, start, next));
    start = next;
  }
  return parts;
}

function partOf<Fact extends Divisible>(
  fact: Fact,
  sumColumns: readonly string[],
  startMicros: number,
  endMicros: number,
): Fact {
  const micros = endMicros - startMicros;
  const share = micros / lengthMicrosOf(fact);
  const changed: Record<string, number> = { start: startMicros / 1000, seconds: micros / 1e6 };
  for (const column of sumColumns) {
    const value = fact[column as keyof Fact];
    if (typeof value === 'number') changed[column] = value * share;
  }
  return { ...fact, ...changed };
}

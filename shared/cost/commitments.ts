import type { Commitment, CostBookRevision, HardwarePrice } from '#shared/model/cost-book.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { epochMs } from '#shared/time/instant.ts';
import { overlapOf, overlapSeconds, secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { dateAfter, startOfDay, wallClockAt } from '#shared/time/zone-clock.ts';

/** A price with a commitment: rent for a number of GPUs, whether they are used or not. */
export type CommittedPrice = { readonly price: HardwarePrice; readonly commitment: Commitment };

/** The commitments of a revision, in its order. */
export function committedPrices({ hardware }: CostBookRevision): CommittedPrice[] {
  return hardware.flatMap((price) =>
    price.terms.kind === 'rented' && price.terms.commitment !== null
      ? [{ price, commitment: price.terms.commitment }]
      : [],
  );
}

const MONTHS_PER_YEAR = 12;

/** The term of a commitment: so many calendar months from its first instant, in UTC. */
export function termOf({ since, years }: Commitment): TimeRange {
  return { from: since, to: monthsAfter(since, years * MONTHS_PER_YEAR) };
}

/** The instant so many calendar months later, in UTC; the last day of a month that is too short. Parts of a month are of 30 days. */
export function monthsAfter(at: EpochMs, months: number): EpochMs {
  const whole = Math.floor(months);
  const { year, month, day } = wallClockAt(at, 'UTC');
  const index = year * MONTHS_PER_YEAR + (month - 1) + whole;
  const first = { year: Math.floor(index / MONTHS_PER_YEAR), month: (index % MONTHS_PER_YEAR) + 1, day: 1 };
  const wanted = dateAfter(first, day - 1);
  const date = wanted.month === first.month ? wanted : dateAfter({ ...wanted, day: 1 }, -1);
  const timeOfDay = at - startOfDay({ year, month, day }, 'UTC');
  return epochMs(startOfDay(date, 'UTC') + timeOfDay + Math.round((months - whole) * 30 * 86_400_000));
}

/**
 * GPU-seconds of a commitment in a window that no known GPU takes up.
 *
 *   unused [GPU-s] = integral over the window and the term of max(0, committed GPUs - known GPUs)
 *
 * `known` are the spans of the GPUs that the price holds for. An integral, so that windows add.
 */
export function unusedCommitment(commitment: Commitment, known: readonly TimeRange[], window: TimeRange): number {
  const held = overlapOf(termOf(commitment), window);
  if (held === null) return 0;
  const edges = known.flatMap(({ from, to }) => [from, to]).filter((at) => at > held.from && at < held.to);
  const cuts = [...new Set([held.from, ...edges, held.to])].toSorted((one, other) => one - other);
  return cuts.slice(1).reduce((total, to, index) => {
    const piece = { from: cuts[index] ?? held.from, to };
    const gpus = known.reduce((count, span) => count + (overlapSeconds(span, piece) > 0 ? 1 : 0), 0);
    return total + Math.max(0, commitment.gpus - gpus) * secondsOf(piece);
  }, 0);
}

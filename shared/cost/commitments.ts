import type { Commitment, CostBookRevision, HardwarePrice } from '#shared/model/cost-book.ts';
import { plusSeconds } from '#shared/time/instant.ts';
import { overlapOf, overlapSeconds, secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { HOURS_PER_YEAR, SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';

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

/** The term of a commitment: years of 8,760 h from its first instant, as its contract is priced. */
export function termOf({ since, years }: Pick<Commitment, 'since' | 'years'>): TimeRange {
  return { from: since, to: plusSeconds(since, years * HOURS_PER_YEAR * SECONDS_PER_HOUR) };
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

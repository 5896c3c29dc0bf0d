import type { Ownership, Rental } from '#shared/model/cost-book.ts';
import { HOURS_PER_AVERAGE_MONTH } from '#shared/units/arithmetic.ts';

const RESERVED_HOURS = 24;

/** A commitment of at least a year is given back by the month at best, a shorter one by the day. */
const COMMITTED_YEARS = 1;

/** How long a release must last, and in words why. */
export type HoldTime = { readonly hours: number; readonly because: string };

/**
 * tau: how long capacity must be free to be worth giving back: the service level's own time for owned hardware and for rent by
 * the hour, a day where it is reserved, a month where it is committed. Source: economics reference, section 6.2, defaults.
 */
export function holdTimeOf(holdHours: number, terms: Ownership | Rental | null): HoldTime {
  const commitment = terms?.kind === 'rented' ? terms.commitment : null;
  if (commitment === null) return { hours: holdHours, because: 'service level' };
  const isCommitted = commitment.years >= COMMITTED_YEARS;
  const hours = Math.max(holdHours, isCommitted ? HOURS_PER_AVERAGE_MONTH : RESERVED_HOURS);
  return { hours, because: isCommitted ? 'committed rent: one month' : 'reserved rent: one day' };
}

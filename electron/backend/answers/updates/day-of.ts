import type { EpochMs } from '#shared/time/instant.ts';
import { formatInstant } from '#shared/units/format-time.ts';

/** Offsets of zones are whole quarters of an hour, so that all instants of one lie on one day. */
const QUARTER_MS = 900_000;

/** The day of an instant in a zone, such as `2026-08-14`. A calendar costs more than a map: thousands of windows ask. */
export function createDays(zone: string): (at: EpochMs) => string {
  const days = new Map<number, string>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER_MS);
    const known = days.get(quarter);
    if (known !== undefined) return known;
    const day = formatInstant(at, zone, 'date');
    days.set(quarter, day);
    return day;
  };
}

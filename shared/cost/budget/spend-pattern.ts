import { sumOf } from '#shared/lib/sum.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { hourOfWeek } from '#shared/time/zone-clock.ts';

/** What a stretch of at most an hour cost; null where it is not known. */
export type SpendBucket = { readonly range: TimeRange; readonly usd: number | null };

/** `hour`: of the week, 0 to 167. */
type KnownBucket = { readonly range: TimeRange; readonly usd: number; readonly hour: number };

/** A whole local day whose cost is known in every bucket. */
export type SpendDay = { readonly buckets: readonly KnownBucket[]; readonly usd: number };

/** Cost per hour, USD/h, at an hour of the week. */
export type SpendPattern = (hour: number) => number;

/** Whole days among buckets: the days of a zone that they tile without an unknown one. */
export function wholeDays(
  buckets: readonly SpendBucket[],
  days: readonly TimeRange[],
  zone: string,
): readonly SpendDay[] {
  return days.flatMap((range) => {
    const inside = buckets.filter((bucket) => bucket.range.from >= range.from && bucket.range.to <= range.to);
    const known = inside.flatMap(({ range: part, usd }) =>
      usd === null ? [] : [{ range: part, usd, hour: hourOfWeek(part.from, zone) }],
    );
    const covered = sumOf(known, (bucket) => secondsOf(bucket.range));
    if (Math.abs(covered - secondsOf(range)) > 1) return [];
    return [{ buckets: known, usd: sumOf(known, ({ usd }) => usd) }];
  });
}

/**
 * Mean cost per hour of the same hour of the week; where no day had that hour, of the same hour of the day; else of all.
 *
 *   rate(hour of week) = sum of its cost / sum of its hours
 */
export function spendPattern(days: readonly SpendDay[]): SpendPattern {
  const buckets = days.flatMap((day) => day.buckets);
  const byWeek = rates(buckets, (hour) => hour);
  const byDay = rates(buckets, (hour) => hour % 24);
  const all = rateOf(buckets);
  return (hour) => byWeek.get(hour) ?? byDay.get(hour % 24) ?? all;
}

function rates(buckets: readonly KnownBucket[], groupOf: (hour: number) => number): ReadonlyMap<number, number> {
  const groups = Map.groupBy(buckets, ({ hour }) => groupOf(hour));
  return new Map([...groups].map(([hour, list]) => [hour, rateOf(list)]));
}

function rateOf(buckets: readonly KnownBucket[]): number {
  const hours = sumOf(buckets, ({ range }) => secondsOf(range)) / 3600;
  return hours > 0 ? sumOf(buckets, ({ usd }) => usd) / hours : 0;
}

import type { MatrixSeries } from './server-answer.ts';
import { SCRAPER_LABELS } from './scrape-streams.ts';

/** Tells when the targets behind a server were scraped; asked beside values that are told at marks. */
export const SCRAPED_AT = 'up';

/**
 * Values told at marks, put back to the instants of their scrapes: a mark repeats the last scrape before it, and only the
 * scrape's own time tells replicas of a scraper apart, and a value that is repeated from one that is new. `scraped` is
 * `timestamp(up)` at the same marks; a target that has none keeps the marks.
 */
export function withTrueStamps(series: readonly MatrixSeries[], scraped: readonly MatrixSeries[]): MatrixSeries[] {
  const byTarget = Map.groupBy(scraped.map(stampsOf), ({ metric }) => targetOf(metric));
  return series.map((one) => {
    const told = (byTarget.get(targetOf(one.metric)) ?? []).find(({ metric }) => isOfScraper(metric, one.metric));
    return told === undefined ? one : { ...one, values: stamped(one.values, told.stamps) };
  });
}

type Stamps = { readonly metric: MatrixSeries['metric']; readonly stamps: ReadonlyMap<number, number> };

function stampsOf({ metric, values }: MatrixSeries): Stamps {
  return { metric, stamps: new Map(values.map(([mark, stamp]) => [mark, Number(stamp)])) };
}

function targetOf(metric: MatrixSeries['metric']): string {
  return JSON.stringify([metric['job'] ?? '', metric['instance'] ?? '']);
}

function isOfScraper(up: MatrixSeries['metric'], metric: MatrixSeries['metric']): boolean {
  return SCRAPER_LABELS.every((label) => up[label] === undefined || up[label] === metric[label]);
}

function stamped(values: MatrixSeries['values'], stamps: ReadonlyMap<number, number>): MatrixSeries['values'] {
  const own: (readonly [number, string])[] = [];
  let last = -Infinity;
  for (const [mark, value] of values) {
    const stamp = stamps.get(mark) ?? mark;
    if (stamp <= last) continue;
    last = stamp;
    own.push([stamp, value]);
  }
  return own;
}

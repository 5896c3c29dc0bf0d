import type { EngineSample, Scrape } from '#shared/model/sample.ts';
import { isNotice } from '#shared/model/sample.ts';
import { intervalBetween, type Moment } from './interval.ts';

/** The last good scrape of a target: when, and which engines were in it. */
export type LastScrape = { readonly moment: Moment; readonly engines: readonly string[]; readonly isWhole: boolean };

/** Tokens that an engine is believed to move in a second after its first request. */
const TOKENS_PER_SECOND_MAX = 16_000;

export function lastScrapeOf({ at, monotonicMs, engines, problems }: Scrape): LastScrape {
  return {
    moment: { at, monotonicMs },
    engines: engines.map(({ engine }) => engine),
    isWhole: problems.every(isNotice),
  };
}

/**
 * The reading that a new engine would have given at the scrape before: all zeros. A labelled counter has no series before
 * its first use, so a model that nobody served before appears with what was counted since then. That is so
 * only where the scrape before was good and of the same process, every engine that was in it is still there (a changed
 * label is no new engine), and the counters can have come so far. Null otherwise. Source: fault M17.
 */
export function unbornReading(sample: EngineSample, scrape: Scrape, last: LastScrape | undefined, pollSeconds: number) {
  if (last === undefined || !last.isWhole || sample.startedAt === null || sample.startedAt > last.moment.at)
    return null;
  const present = new Set(scrape.engines.map(({ engine }) => engine));
  const interval = intervalBetween(last.moment, scrape, pollSeconds);
  if (interval.kind !== 'watched' || !last.engines.every((engine) => present.has(engine))) return null;
  const tokens = (sample.counters.inputTokens ?? 0) + (sample.counters.outputTokens ?? 0);
  if (tokens > TOKENS_PER_SECOND_MAX * interval.seconds) return null;
  return { sample: zeroed(sample), scrape: { ...scrape, ...last.moment } };
}

function zeroed(sample: EngineSample): EngineSample {
  const counters = Object.entries(sample.counters).map(([name, value]) => [name, value === null ? null : 0]);
  const latencies = Object.entries(sample.latencies).map(([name, histogram]) => {
    const counts = histogram?.counts.map(() => 0) ?? [];
    return [name, histogram === null ? null : { ...histogram, counts, sumSeconds: 0, count: 0 }];
  });
  return {
    ...sample,
    counters: Object.fromEntries(counters) as EngineSample['counters'],
    transferredTokens: sample.transferredTokens === null ? null : 0,
    latencies: Object.fromEntries(latencies) as EngineSample['latencies'],
    requestsRunning: null,
    requestsWaiting: null,
    kvCacheUsage: null,
    sleeping: null,
  };
}

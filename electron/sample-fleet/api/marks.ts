import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { gridMs, selectAt, type History, type HistorySeries } from './history.ts';
import { parseUnion } from './selector.ts';

/** Start, end and step of a range query, and the present, ms. */
type MarksRange = { readonly start: number; readonly end: number; readonly step: number; readonly now: EpochMs };

/** The resolution that Prometheus allows. */
const marksMax = 11_000;

const timestampShape = /^\s*timestamp\(([\s\S]*)\)\s*$/;

/**
 * Series at the marks of a range query: the last scrape before each mark, as Prometheus answers an instant selector; or
 * the seconds of that scrape, for `timestamp(selector)`. A series that the scrape did not have is stale.
 */
export function seriesAtMarks(
  history: History,
  query: string,
  { start, end, step, now }: MarksRange,
): Result<Iterable<HistorySeries>, string> {
  const [, timed] = timestampShape.exec(query) ?? [];
  const selectors = parseUnion(timed ?? query);
  if (!selectors.ok) return fail(`invalid parameter "query": ${selectors.failure}`);
  if (selectors.value.some(({ rangeSeconds }) => rangeSeconds !== undefined))
    return fail('invalid expression type "range vector" for range query');
  if (![start, end, step].every(Number.isFinite) || step <= 0 || end < start)
    return fail('invalid parameter: start, end and step must be times, in order');
  if ((end - start) / step > marksMax) return fail('exceeded maximum resolution of 11,000 points per timeseries');
  const marks: number[] = [];
  for (let mark = start; mark <= Math.min(end, now); mark += step) {
    if (scrapeBefore(mark) >= history.from) marks.push(mark);
  }
  const instants = marks.map(scrapeBefore);
  const markOfScrape = new Map(marks.map((mark) => [scrapeBefore(mark), epochMs(mark)]));
  const series = selectors.value.map((selector) => selectAt(history, selector, instants));
  return succeed(atMarks(inTurn(series), markOfScrape, timed !== undefined));
}

function* inTurn(lists: readonly Iterable<HistorySeries>[]): Generator<HistorySeries> {
  for (const list of lists) yield* list;
}

function scrapeBefore(mark: number): EpochMs {
  return epochMs(Math.floor(mark / gridMs) * gridMs);
}

function* atMarks(
  series: Iterable<HistorySeries>,
  markOfScrape: ReadonlyMap<EpochMs, EpochMs>,
  isTimed: boolean,
): Generator<HistorySeries> {
  for (const { labels, samples } of series) {
    const { __name__: _, ...own } = labels;
    yield {
      labels: isTimed ? own : labels,
      samples: samples.map(([at, value]) => [markOfScrape.get(at) ?? at, isTimed ? at / 1000 : value] as const),
    };
  }
}

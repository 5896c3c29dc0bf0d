import type { LatencyRow, Store } from '#backend/store/store.ts';
import type { BeforeAfter, UpdateAnswer } from '#shared/contract/savings-schema.ts';
import { percentileOfBins, type LatencyBin } from '#shared/cost/reference/latency-bins.ts';
import { settledFrom, type TtftWindow } from '#shared/cost/savings/washout.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { ServiceLevel } from '#shared/model/cost-book.ts';
import type { LatencyMeasure } from '#shared/model/sample.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import type { PoolWindow } from './pool-facts.ts';
import { WINDOW_SECONDS, type Sides } from './sides.ts';

type Scope = { readonly model: string; readonly pool?: string | null };

/** The later median is that of two days: what a deployment settles to shows by then. */
const SETTLING_SECONDS = 2 * 86_400;

/** The shortest washout, where no engine tells how long first tokens take. */
const WASHOUT_SECONDS = 3600;

/** When warm-up after a change is over (`settledFrom`); an hour after it where nobody tells of first tokens. */
export async function settledAfter(
  store: Store,
  scope: Scope,
  { changedAt, after }: { readonly changedAt: EpochMs; readonly after: TimeRange },
): Promise<EpochMs | null> {
  const window = { from: after.from, to: epochMs(Math.min(after.to, plusSeconds(after.from, SETTLING_SECONDS))) };
  if (secondsOf(window) <= 0) return null;
  const rows = await store.latencies({ window, scope, by: [], stepSeconds: WINDOW_SECONDS });
  const bins = Map.groupBy(
    rows.filter((row) => row.measure === 'ttft'),
    (row) => row.start,
  );
  if (bins.size === 0) return plusSeconds(changedAt, WASHOUT_SECONDS);
  const windows = [...bins].map(([from, list]): TtftWindow => ({
    from,
    ttftP99Seconds: percentileOfBins(list, 0.99)?.seconds ?? null,
  }));
  return settledFrom(changedAt, windows);
}

/** What users noticed on both sides: latency, targets met, requests that failed. */
export async function serviceOf(
  store: Store,
  scope: Scope,
  {
    sides,
    windows,
    level,
  }: { readonly sides: Sides; readonly windows: readonly PoolWindow[]; readonly level: ServiceLevel | null },
): Promise<UpdateAnswer['service']> {
  const ask = async (window: TimeRange): Promise<readonly LatencyRow[]> =>
    secondsOf(window) <= 0 ? [] : await store.latencies({ window, scope, by: [], stepSeconds: null });
  const [before, after] = await Promise.all([ask(sides.before), ask(sides.after)]);
  const both = (valueOf: (rows: readonly LatencyRow[]) => number | null): BeforeAfter => ({
    before: valueOf(before),
    after: valueOf(after),
  });
  const attainment = (measure: LatencyMeasure, target: number | null): BeforeAfter =>
    both((rows) => (target === null ? null : shareWithin(binsOf(rows, measure), target)));
  const [ttftTarget, interTokenTarget] = [level?.ttftSeconds ?? null, level?.interTokenSeconds ?? null];
  const inside = ({ from, to }: TimeRange) => windows.filter(({ start }) => start >= from && start < to);
  return {
    ttftP95Seconds: both((rows) => percentileOfBins(binsOf(rows, 'ttft'), 0.95)?.seconds ?? null),
    ttftTargetSeconds: ttftTarget,
    ttftAttainment: attainment('ttft', ttftTarget),
    interTokenTargetSeconds: interTokenTarget,
    interTokenAttainment: attainment('interToken', interTokenTarget),
    errorRate: { before: errorRateOf(inside(sides.before)), after: errorRateOf(inside(sides.after)) },
  };
}

function binsOf(rows: readonly LatencyRow[], measure: LatencyMeasure): LatencyRow[] {
  return rows.filter((row) => row.measure === measure);
}

/** Share of observations within a limit, even within the bin that holds it; null without observations. */
function shareWithin(bins: readonly LatencyBin[], limit: number): number | null {
  const ascending = bins.toSorted((one, other) => one.upperBoundSeconds - other.upperBoundSeconds);
  const all = sumOf(ascending, (bin) => bin.count);
  if (all <= 0) return null;
  let [within, from] = [0, 0];
  for (const { upperBoundSeconds: to, count } of ascending) {
    if (to <= limit) within += count;
    else {
      if (Number.isFinite(to) && limit > from) within += (count * (limit - from)) / (to - from);
      break;
    }
    from = to;
  }
  return within / all;
}

/** Failed requests of all that ended; null where nobody counts failures. */
function errorRateOf(windows: readonly PoolWindow[]): number | null {
  const failures = windows.map(({ engine }) => engine.requestsFailed).filter((count) => count !== null);
  const ended = sumOf(
    windows,
    ({ engine }) =>
      (engine.requestsStopped ?? 0) +
      (engine.requestsLength ?? 0) +
      (engine.requestsAborted ?? 0) +
      (engine.requestsFailed ?? 0),
  );
  return failures.length === 0 || ended <= 0 ? null : sumOf(failures, (count) => count) / ended;
}

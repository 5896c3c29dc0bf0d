import type { FactRow, LatencyRow } from '#backend/store/store.ts';
import type { ServedPeriod } from '#shared/contract/cost-schema.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { EngineFactSums } from '#shared/model/fact.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { latencyShares, type LatencyShares } from './latency-shares.ts';

/** Engine facts and latency bins by deployment and UTC day. */
export type DayFacts = {
  readonly rows: readonly FactRow<EngineFactSums>[];
  readonly latencies: readonly LatencyRow[];
};

export type LatencyTargets = { readonly ttft: number | null; readonly interToken: number | null };

const DAY_MS = 86_400_000;

/** What each deployment served per UTC day and per week from Monday, with the share within each target. */
export function createServedPeriods(
  facts: DayFacts,
): (deployment: string, targets: LatencyTargets) => { days: ServedPeriod[]; weeks: ServedPeriod[] } {
  const keyOf =
    (startOf: (day: EpochMs) => EpochMs) => (row: { readonly by: LatencyRow['by']; readonly start: EpochMs }) =>
      JSON.stringify([row.by[0], startOf(row.start)]);
  const dayOf = (day: EpochMs): EpochMs => day;
  const days = latencyShares(facts.latencies, keyOf(dayOf));
  const weeks = latencyShares(facts.latencies, keyOf(weekOf));
  const byDeployment = Map.groupBy(facts.rows, (row) => row.by[0] ?? '');
  return (deployment, targets) => {
    const own = byDeployment.get(deployment) ?? [];
    const periodsOf = (startOf: (day: EpochMs) => EpochMs, lengthMs: number, shares: LatencyShares): ServedPeriod[] =>
      [...Map.groupBy(own, (row) => startOf(row.start))].map(([from, list]) => {
        const key = JSON.stringify([deployment, from]);
        return {
          from,
          to: epochMs(from + lengthMs),
          ...servedOf(list.map(({ sums }) => sums)),
          ttft: shares(key, 'ttft', targets.ttft)?.share ?? null,
          interToken: shares(key, 'interToken', targets.interToken)?.share ?? null,
        };
      });
    return { days: periodsOf(dayOf, DAY_MS, days), weeks: periodsOf(weekOf, 7 * DAY_MS, weeks) };
  };
}

/** The Monday, 00:00 UTC, of a day's week: 1 January 1970 was a Thursday. */
function weekOf(day: EpochMs): EpochMs {
  const days = Math.floor(day / DAY_MS);
  return epochMs((days - ((days + 3) % 7)) * DAY_MS);
}

function servedOf(list: readonly EngineFactSums[]): Pick<ServedPeriod, 'requests' | 'notCompleted' | 'tokens'> {
  const added = (read: (sums: EngineFactSums) => readonly (number | null)[]): number | null => {
    const known = list.flatMap((sums) => read(sums).filter((value) => value !== null));
    return known.length === 0 ? null : sumOf(known, (value) => value);
  };
  return {
    requests: added((sums) => [sums.requestsStopped, sums.requestsLength]),
    notCompleted: added((sums) => [sums.requestsAborted, sums.requestsFailed]),
    tokens: added((sums) => [sums.inputTokens, sums.outputTokens]),
  };
}

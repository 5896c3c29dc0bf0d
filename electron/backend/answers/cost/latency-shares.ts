import { attainmentOf, type Attainment } from '#shared/cost/latency-attainment.ts';
import type { LatencyBin } from '#shared/cost/reference/latency-bins.ts';
import type { LatencyRow } from '#backend/store/store.ts';
import type { LatencyMeasure } from '#shared/model/sample.ts';

/** Latency bins of many things, and every bound that any of them has: what saw nothing has no row. */
export type LatencyShares = (key: string, measure: LatencyMeasure, targetSeconds: number | null) => Attainment | null;

/** Shares within a target by what `keyOf` tells rows apart. Null without a target and without observations. */
export function latencyShares(rows: readonly LatencyRow[], keyOf: (row: LatencyRow) => string): LatencyShares {
  const byKey = Map.groupBy(rows, (row) => `${row.measure} ${keyOf(row)}`);
  const bounds = Map.groupBy(rows, ({ measure }) => measure);
  const boundsOf = new Map(
    [...bounds].map(([measure, list]) => [measure, [...new Set(list.map((row) => row.upperBoundSeconds))]]),
  );
  return (key, measure, targetSeconds) => {
    const own: readonly LatencyBin[] = byKey.get(`${measure} ${key}`) ?? [];
    return targetSeconds === null ? null : attainmentOf(own, targetSeconds, boundsOf.get(measure) ?? []);
  };
}

import type { Store } from '#backend/store/store.ts';
import type { PowerLimitLevel } from '#shared/cost/savings/fingerprint-steps.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';

const HOUR_SECONDS = 3600;

/** The power limit of each node's GPUs by the hour, their mean: one row for each hour at which it is another. */
export async function powerLimitLevels(store: Store): Promise<readonly PowerLimitLevel[]> {
  const window = await store.extent();
  if (window === null) return [];
  const columns = ['observedSeconds', 'powerLimitWattSeconds'] as const;
  const rows = await store.gpuFacts({ window, by: ['node'], stepSeconds: HOUR_SECONDS, columns });
  const known = rows.flatMap(({ by: [node], start, sums }): PowerLimitLevel[] => {
    const seconds = sums.observedSeconds ?? 0;
    if (node === null || node === undefined || sums.powerLimitWattSeconds === null || seconds <= 0) return [];
    return [{ node, from: start, watts: Math.round(sums.powerLimitWattSeconds / seconds) }];
  });
  const byNode = Map.groupBy(known, ({ node }) => node);
  return [...byNode.values()].flatMap((levels) => {
    const ordered = levels.toSorted((one, other) => one.from - other.from);
    return ordered.filter(({ watts }, index) => watts !== ordered[index - 1]?.watts);
  });
}

/** The end of the last hour in which each engine was heard. */
export async function lastHeard(store: Store): Promise<ReadonlyMap<string, EpochMs>> {
  const window = await store.extent();
  if (window === null) return new Map();
  const rows = await store.engineFacts({
    window,
    by: ['engine'],
    stepSeconds: HOUR_SECONDS,
    columns: ['observedSeconds'],
  });
  const heard = new Map<string, EpochMs>();
  for (const { by, start } of rows) {
    const engine = by[0] ?? '';
    heard.set(engine, epochMs(Math.max(heard.get(engine) ?? 0, start + HOUR_SECONDS * 1000)));
  }
  return heard;
}

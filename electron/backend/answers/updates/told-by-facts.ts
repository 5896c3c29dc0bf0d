import type { Store } from '#backend/store/store.ts';
import type { PowerLimitLevel } from '#shared/cost/savings/fingerprint-steps.ts';
import { sumOf } from '#shared/lib/sum.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';

const HOUR_SECONDS = 3600;

/** The power limit of each node's GPUs by the hour, their mean: one row for each hour at which it is another. */
export async function powerLimitLevels(store: Store): Promise<readonly PowerLimitLevel[]> {
  const window = await store.extent();
  if (window === null) return [];
  const columns = ['observedSeconds', 'powerLimitWattSeconds'] as const;
  // By state: a GPU that is lost is watched and tells no limit, and its time would lower the mean of those that do.
  const rows = await store.gpuFacts({ window, by: ['node', 'state'], stepSeconds: HOUR_SECONDS, columns });
  const told = rows.filter(({ sums }) => sums.powerLimitWattSeconds !== null);
  const hours = [...Map.groupBy(told, ({ by: [node], start }) => JSON.stringify([node, start])).values()];
  const known = hours.flatMap((hour): PowerLimitLevel[] => {
    const [first] = hour;
    const node = first?.by[0] ?? null;
    const seconds = sumOf(hour, ({ sums }) => sums.observedSeconds ?? 0);
    if (first === undefined || node === null || seconds <= 0) return [];
    const wattSeconds = sumOf(hour, ({ sums }) => sums.powerLimitWattSeconds ?? 0);
    return [{ node, from: first.start, watts: Math.round(wattSeconds / seconds) }];
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

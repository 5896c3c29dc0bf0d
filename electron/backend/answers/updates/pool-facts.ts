import type { FactRow, Store } from '#backend/store/store.ts';
import type { EngineFactColumn, EngineFactSums, GpuFactColumn, GpuFactSums } from '#shared/model/fact.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { WINDOW_SECONDS } from './sides.ts';

/** Engines that are compared with themselves: all of a model in a pool, or some of them by name. */
export type EngineGroup = {
  readonly model: string;
  /** Undefined: the model is served in one pool only, so that nothing else needs to be asked. */
  readonly pool: string | null | undefined;
  /** Null: all of them. `not` leaves the named out: engines that took the place of others have other names. */
  readonly engines: { readonly only: readonly string[] } | { readonly not: readonly string[] } | null;
};

/** What a group's engines and GPUs measured in five minutes, added up. */
export type PoolWindow = {
  readonly start: EpochMs;
  readonly engine: { readonly [Column in AskedEngineColumn]: number | null };
  readonly gpu: { readonly [Column in AskedGpuColumn]: number | null };
  /** GPU-seconds observed by product. */
  readonly gpuSecondsBySku: ReadonlyMap<string, number>;
};

const ENGINE_COLUMNS = [
  'observedSeconds',
  'inputTokens',
  'cachedTokens',
  'outputTokens',
  'requestsStopped',
  'requestsLength',
  'requestsAborted',
  'requestsFailed',
  'restarts',
  'runningRequestSeconds',
] as const satisfies readonly EngineFactColumn[];

const GPU_COLUMNS = [
  'observedSeconds',
  'energyJoules',
  'energySeconds',
  'powerCappedSeconds',
  'heatCappedSeconds',
  'powerLimitWattSeconds',
] as const satisfies readonly GpuFactColumn[];

type AskedEngineColumn = (typeof ENGINE_COLUMNS)[number];
type AskedGpuColumn = (typeof GPU_COLUMNS)[number];

/**
 * Windows of groups of one model and pool, in two queries however many groups there are. Rows by engine are asked for only
 * where a group names its engines: there are as many times more of them.
 */
export async function poolWindows(
  store: Store,
  groups: readonly EngineGroup[],
  window: TimeRange,
): Promise<readonly (readonly PoolWindow[])[]> {
  const [first] = groups;
  if (first === undefined || window.from >= window.to) return groups.map(() => []);
  const isSplit = groups.some((group) => group.engines !== null);
  const scope = first.pool === undefined ? { model: first.model } : { model: first.model, pool: first.pool };
  const asked = { window, scope, stepSeconds: WINDOW_SECONDS };
  const byEngine = isSplit ? (['engine'] as const) : [];
  const [engineRows, gpuRows] = await Promise.all([
    store.engineFacts({ ...asked, by: byEngine, columns: ENGINE_COLUMNS }),
    store.gpuFacts({ ...asked, by: ['sku', ...byEngine], columns: GPU_COLUMNS }),
  ]);
  return groups.map((group) => {
    const isMember = memberTest(group);
    return windowsOf(
      engineRows.filter((row) => isMember(row.by[0] ?? null)),
      gpuRows.filter((row) => isMember(row.by[1] ?? null)),
    );
  });
}

/** The windows of each model, all its pools and engines together. */
export type WindowsByModel = ReadonlyMap<string, readonly PoolWindow[]>;

/** Windows of all models in two questions: where many of them are looked at, each question on its own reads all facts. */
export async function windowsByModel(store: Store, window: TimeRange): Promise<WindowsByModel> {
  if (window.from >= window.to) return new Map();
  const asked = { window, stepSeconds: WINDOW_SECONDS };
  const [engineRows, gpuRows] = await Promise.all([
    store.engineFacts({ ...asked, by: ['model'], columns: ENGINE_COLUMNS }),
    store.gpuFacts({ ...asked, by: ['sku', 'model'], columns: GPU_COLUMNS }),
  ]);
  const engines = Map.groupBy(engineRows, (row) => row.by[0] ?? null);
  const gpus = Map.groupBy(gpuRows, (row) => row.by[1] ?? null);
  // GPUs without an engine serve no model.
  const models = [...new Set([...engines.keys(), ...gpus.keys()])].filter((model) => model !== null);
  return new Map(models.map((model) => [model, windowsOf(engines.get(model) ?? [], gpus.get(model) ?? [])]));
}

/** The windows that begin in a span of time. */
export function windowsInside(windows: readonly PoolWindow[], { from, to }: TimeRange): readonly PoolWindow[] {
  return windows.filter(({ start }) => start >= from && start < to);
}

function memberTest({ engines }: EngineGroup): (engine: string | null) => boolean {
  if (engines === null) return () => true;
  const isOnly = 'only' in engines;
  const names = new Set<string | null>(isOnly ? engines.only : engines.not);
  return (engine) => names.has(engine) === isOnly;
}

function windowsOf(
  engineRows: readonly FactRow<EngineFactSums>[],
  gpuRows: readonly FactRow<GpuFactSums>[],
): PoolWindow[] {
  const engines = Map.groupBy(engineRows, (row) => row.start);
  const gpus = Map.groupBy(gpuRows, (row) => row.start);
  const starts = [...new Set([...engines.keys(), ...gpus.keys()])].toSorted((one, other) => one - other);
  return starts.map((start) => {
    const ownGpus = gpus.get(start) ?? [];
    const gpuSecondsBySku = new Map<string, number>();
    for (const row of ownGpus) {
      const sku = row.by[0] ?? '';
      gpuSecondsBySku.set(sku, (gpuSecondsBySku.get(sku) ?? 0) + (row.sums.observedSeconds ?? 0));
    }
    return {
      start,
      engine: added(engines.get(start) ?? [], ENGINE_COLUMNS),
      gpu: added(ownGpus, GPU_COLUMNS),
      gpuSecondsBySku,
    };
  });
}

/** Sums of rows by column; null where no row knows. Most windows have one row, which is its own sum. */
function added<Column extends string>(
  rows: readonly { readonly sums: { readonly [Name in Column]: number | null } }[],
  columns: readonly Column[],
): { readonly [Name in Column]: number | null } {
  const [first] = rows;
  if (first !== undefined && rows.length === 1) return first.sums;
  const entries = columns.map((column) => {
    let sum: number | null = null;
    for (const { sums } of rows) {
      const value = sums[column];
      if (value !== null) sum = (sum ?? 0) + value;
    }
    return [column, sum] as const;
  });
  return Object.fromEntries(entries) as { [Name in Column]: number | null };
}

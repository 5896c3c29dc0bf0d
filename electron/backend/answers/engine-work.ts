import type { EngineDimension, FactQuery, FactRow, Scope, Store } from '#backend/store/store.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import { ENGINE_FACT_COLUMNS, type EngineFactColumn, type EngineFactSums } from '#shared/model/fact.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';

type WorkDimension = EngineDimension | 'gpu';

type WorkQuery = {
  readonly window: TimeRange;
  readonly scope: CallScope;
  readonly by: readonly WorkDimension[];
  readonly stepSeconds: number | null;
  readonly columns: readonly EngineFactColumn[];
};

/**
 * Engine facts of a scope, by GPU too. An engine counts for all of its GPUs together: what it did is divided over those of
 * the scope by the time that each was placed with it. Rows add to what engines counted; those of no known GPU have none.
 */
export async function engineWork(store: Store, query: WorkQuery): Promise<readonly FactRow<EngineFactSums>[]> {
  const { window, scope, by, stepSeconds, columns } = query;
  const asked: FactQuery<EngineDimension, EngineFactColumn> = {
    window,
    scope: engineScopeOf(scope),
    by: by.filter((name) => name !== 'gpu'),
    stepSeconds,
    columns,
  };
  if (!by.includes('gpu') && scope.gpu === undefined) return await store.engineFacts(asked);
  const [rows, shares] = await Promise.all([
    store.engineFacts({ ...asked, by: [...asked.by, 'engine'] }),
    gpuShares(store, query),
  ]);
  const divided = rows.flatMap((row) => dividedRow(row, by, shares)).filter((row) => isOfGpu(row.gpu, scope.gpu));
  const groups = Map.groupBy(divided, (row) => JSON.stringify([row.by, row.start]));
  return [...groups.values()].map((list) => addedRow(list));
}

/** The scope as far as engines have it: an engine is of many GPUs. */
export function engineScopeOf(scope: CallScope): Scope<EngineDimension> {
  const entries = Object.entries(scope).filter(([name, value]) => name !== 'gpu' && value !== undefined);
  return Object.fromEntries(entries) as Scope<EngineDimension>;
}

type GpuShare = { readonly gpu: string | null; readonly share: number };

/** Shares of each engine's placed GPU time in each bucket, by GPU; they add to 1. */
async function gpuShares(store: Store, query: WorkQuery): Promise<(engine: string | null, at: EpochMs) => GpuShare[]> {
  const { window, stepSeconds } = query;
  const { gpu, ...scope } = query.scope;
  void gpu; // Shares are of all GPUs of the engine: one of them alone would wear all of its tokens.
  const defined = Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined));
  const ask = { window, stepSeconds, scope: defined, columns: ['observedSeconds'] as const };
  const rows = await store.gpuFacts({ ...ask, by: ['engine', 'gpu'] });
  const keyOf = (engine: string | null, at: EpochMs): string => JSON.stringify([engine, at]);
  const placed = rows.filter((row) => row.by[0] !== null && (row.sums.observedSeconds ?? 0) > 0);
  const byEngine = Map.groupBy(placed, (row) => keyOf(row.by[0] ?? null, row.start));
  return (engine, at) => {
    const list = byEngine.get(keyOf(engine, at)) ?? [];
    const all = sumOf(list, (row) => row.sums.observedSeconds ?? 0);
    if (list.length === 0) return [{ gpu: null, share: 1 }];
    return list.map((row) => ({ gpu: row.by[1] ?? null, share: (row.sums.observedSeconds ?? 0) / all }));
  };
}

type DividedRow = FactRow<EngineFactSums> & { readonly gpu: string | null };

/** A row whose last key is its engine, as one row for each of its GPUs. */
function dividedRow(
  row: FactRow<EngineFactSums>,
  by: readonly WorkDimension[],
  sharesOf: (engine: string | null, at: EpochMs) => GpuShare[],
): DividedRow[] {
  const values = by.filter((name) => name !== 'gpu').map((_, index) => row.by[index] ?? null);
  return sharesOf(row.by.at(-1) ?? null, row.start).map(({ gpu, share }) => {
    let at = 0;
    const keys = by.map((name) => (name === 'gpu' ? gpu : (values[at++] ?? null)));
    return { by: keys, start: row.start, gpu, sums: scaled(row.sums, share) };
  });
}

function isOfGpu(gpu: string | null, wanted: string | null | undefined): boolean {
  return wanted === undefined || gpu === wanted;
}

const COLUMNS = Object.keys(ENGINE_FACT_COLUMNS) as EngineFactColumn[];

function scaled(sums: EngineFactSums, share: number): EngineFactSums {
  return sumsBy((column) => {
    const value = sums[column];
    return value === null ? null : value * share;
  });
}

function addedRow(rows: readonly DividedRow[]): FactRow<EngineFactSums> {
  const [first] = rows;
  if (first === undefined) throw new Error('a group has at least one row');
  const sums = sumsBy((column) => {
    const known = rows.flatMap((row) => row.sums[column] ?? []);
    return known.length === 0 ? null : sumOf(known, (value) => value);
  });
  return { by: first.by, start: first.start, sums };
}

function sumsBy(valueOf: (column: EngineFactColumn) => number | null): EngineFactSums {
  return Object.fromEntries(COLUMNS.map((column) => [column, valueOf(column)])) as EngineFactSums;
}

import type { DuckDBConnection } from '@duckdb/node-api';
import type { GpuFactSums } from '#shared/model/fact.ts';
import type { PowerBoundary } from '#shared/model/power-boundary.ts';
import { epochMs } from '#shared/time/instant.ts';
import { finestStepOf } from '../bucket-slots.ts';
import { cellSecondsOf, type Rung } from '../power-split.ts';
import type { FactQuery, GpuDimension, PowerRow } from '../store.ts';
import { powerSplitSql, type CellGrid } from './power-split-sql.ts';
import { GPU_FAMILY, type Family, type MeasureColumn } from './rows.ts';
import { createParameters, GPU_DIMENSIONS, GPU_JOINS, pieceSql, scopeEntriesOf, type Parameters } from './select.ts';
import { loadTiers, piecesOf } from './tiers.ts';

type PowerQuery = FactQuery<GpuDimension, string>;

/** Columns that shares are worked out from, asked for or not. */
const NEEDED = ['observedSeconds', 'bridgedSeconds', 'energyJoules'];

/** Answers a question about GPU facts by power boundary: as selectFacts does, each fact divided by the shares of its cell. */
export async function selectPower(
  connection: DuckDBConnection,
  query: PowerQuery,
  rungs: readonly Rung[],
): Promise<readonly PowerRow[]> {
  const tiers = {
    gpu: await loadTiers(connection, 'gpu'),
    board: await loadTiers(connection, 'board'),
    meter: await loadTiers(connection, 'meter'),
  };
  const parameters = createParameters();
  const cellSeconds = cellSecondsOf(query.window, query.stepSeconds);
  const grid: CellGrid = { window: query.window, cellMs: cellSeconds * 1000, rungs, tiers };
  const asked = measuresOf(query.columns);
  const stepSeconds = Math.min(finestStepOf(query) ?? cellSeconds, cellSeconds);
  const pieces = piecesOf(query.window, stepSeconds, tiers.gpu);
  if (pieces.length === 0) return [];
  const hasSlots = query.slots !== undefined;
  const family: Family = {
    ...GPU_FAMILY,
    addsUp: false,
    measures: measuresOf(query.columns === undefined ? undefined : [...query.columns, ...NEEDED]),
  };
  const facts = pieces.map((piece) => pieceSql(family, piece, { ...query, stepSeconds }, parameters));
  const sql = `WITH ${placeSql(query)}, ${powerSplitSql(grid, parameters)},
    fact AS (${factSql(facts.join(' UNION ALL '), family.measures, grid, hasSlots)}), divided AS (${dividedSql(query, asked)})
    ${sumsSql(query, asked, parameters)}`;
  const columns = (await connection.runAndReadAll(sql, parameters.values)).getColumns();
  const keys = 1 + query.by.length;
  const sumsAt = keys + (hasSlots ? 2 : 1);
  const nothing = Object.fromEntries(GPU_FAMILY.measures.map(({ field }) => [field, null]));
  return ((columns[0] ?? []) as number[]).map((start, row) => {
    const sums: Record<string, unknown> = { ...nothing };
    for (const [index, { field }] of asked.entries()) sums[field] = columns[sumsAt + index]?.[row];
    const boundary = columns[keys]?.[row] as PowerBoundary;
    const measured = (offset: number): number | null =>
      boundary === 'board' ? null : (columns[sumsAt + asked.length + offset]?.[row] as number);
    return {
      by: columns.slice(1, keys).map((column) => column[row] as string | null),
      start: epochMs(start),
      ...(hasSlots && { slot: columns[keys + 1]?.[row] as number }),
      sums: sums as GpuFactSums,
      boundary,
      measuredJoules: measured(0),
      integratedJoules: measured(1),
    };
  });
}

function measuresOf(fields: readonly string[] | undefined): readonly MeasureColumn[] {
  return GPU_FAMILY.measures.filter(({ field }) => fields?.includes(field) ?? true);
}

/** Each seat with the number of its node, and one seat that stands for all those that the question tells not apart. */
function placeSql(query: PowerQuery): string {
  const asked = [...query.by, ...scopeEntriesOf(query.scope).map(([name]) => name as GpuDimension)];
  const columns = asked.map((name) => GPU_DIMENSIONS[name]).filter((column) => column.startsWith('seat.'));
  return `place AS (SELECT id AS seat_id, node, rack, CASE WHEN node IS NULL THEN NULL
      ELSE dense_rank() OVER (ORDER BY node) END AS node_id,
    min(id) OVER (PARTITION BY ${['node', ...columns].join(', ')}) AS alike FROM seat)`;
}

/**
 * Facts added up before they are divided: a week of a large fleet is half a million rows of hours, and a tenth of that by
 * node. A bridged fact is in no cell: nobody watched it, so no meter has a share in it.
 */
function factSql(facts: string, measures: readonly MeasureColumn[], { cellMs }: CellGrid, hasSlots: boolean): string {
  const sums = measures.map(({ column, aggregation }) => `${aggregation}(${column}) AS ${column}`);
  const cell = `CASE WHEN coalesce(bridged_seconds, 0) > 0 THEN NULL ELSE floor(bucket_ms / ${cellMs}) * ${cellMs} END`;
  return `SELECT bucket_ms, ${cell} AS cell_ms, alike, placement_id, state_id, ${hasSlots ? 'slot, ' : ''}${sums.join(', ')}
    FROM (${facts}) JOIN place USING (seat_id) GROUP BY ALL`;
}

/** Facts divided by the shares of their cells, in the buckets that are asked for. */
function dividedSql(query: PowerQuery, asked: readonly MeasureColumn[]): string {
  const share = 'coalesce(split.share, 1)';
  const measures = asked.map(({ column, aggregation }) =>
    aggregation === 'sum' ? `sum(${column} * ${share}) AS ${column}` : `${aggregation}(${column}) AS ${column}`,
  );
  const measured = `(coalesce(energy_joules, 0) * per_joule + coalesce(observed_seconds, 0) * per_gpu_second) * ${share}`;
  const energy = [`sum(${measured}) AS measured`, `sum(${measured} * integrated_share) AS integrated`];
  return `SELECT ${outerBucketSql(query)} AS bucket_ms, fact.alike AS seat_id, placement_id, state_id, boundary,${query.slots === undefined ? '' : ' slot,'}
      ${[...measures, ...energy].join(', ')}
    FROM fact JOIN place ON place.seat_id = fact.alike
    LEFT JOIN split ON split.cell_ms = fact.cell_ms AND split.node_id = place.node_id GROUP BY ALL`;
}

function sumsSql(query: PowerQuery, asked: readonly MeasureColumn[], parameters: Parameters): string {
  const scope = scopeEntriesOf(query.scope);
  const names = [...query.by, ...scope.map(([name]) => name)] as readonly GpuDimension[];
  const aliases = new Set(names.map((name) => GPU_DIMENSIONS[name].split('.')[0] ?? ''));
  const share = aliases.has('engine_span') ? ' * coalesce(placement_member.share, 1)' : '';
  const measures = asked.map(({ column, aggregation }) =>
    aggregation === 'sum' ? `sum(fact.${column}${share})` : `${aggregation}(fact.${column})`,
  );
  const slot = query.slots === undefined ? [] : ['fact.slot'];
  const keys = [
    'fact.bucket_ms',
    ...query.by.map((name) => GPU_DIMENSIONS[name]),
    `coalesce(fact.boundary, 'board')`,
    ...slot,
  ];
  const filters = scope.map(
    ([name, value]) =>
      `${GPU_DIMENSIONS[name as GpuDimension]} IS NOT DISTINCT FROM ${parameters.bind(value)}::VARCHAR`,
  );
  const positions = keys.map((_key, index) => index + 1).join(', ');
  const joins = Object.entries(GPU_JOINS).filter(([alias]) => aliases.has(alias));
  const energy = ['measured', 'integrated'].map((column) => `sum(fact.${column}${share})`);
  return `SELECT ${[...keys, ...measures, ...energy].join(', ')}
    FROM divided fact ${joins.map(([, join]) => join).join(' ')}
    ${filters.length === 0 ? '' : `WHERE ${filters.join(' AND ')}`}
    GROUP BY ${positions} ORDER BY ${positions}`;
}

function outerBucketSql({ window, stepSeconds }: PowerQuery): string {
  if (stepSeconds === null) return `${window.from}::DOUBLE`;
  return `floor(fact.bucket_ms / ${stepSeconds * 1000}) * ${stepSeconds * 1000}`;
}

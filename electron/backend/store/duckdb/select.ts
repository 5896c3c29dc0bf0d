import { listValue, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import type { LatencyMeasure } from '#shared/model/sample.ts';
import { epochMs } from '#shared/time/instant.ts';
import { finestStepOf, type BucketSlots } from '../bucket-slots.ts';
import type { EngineDimension, FactQuery, FactRow, GpuDimension, LatencyRow, MeterDimension, Scope } from '../store.ts';
import {
  LATENCY_FAMILY,
  tableOf,
  TIER_SECONDS,
  timestampOf,
  type Family,
  type FamilyName,
  type MeasureColumn,
} from './rows.ts';
import { hoursSql, loadTiers, piecesOf, type Piece } from './tiers.ts';

type AnyDimension = GpuDimension | EngineDimension | MeterDimension;

/** A question about any family of facts. */
export type AnyQuery =
  | FactQuery<GpuDimension, string>
  | FactQuery<EngineDimension, string>
  | FactQuery<MeterDimension, string>;

/** The name of a deployment: the SQL of `deploymentOf` in shared/model/inference-engine.ts. */
const DEPLOYMENT = `engine_span.model || coalesce(' · ' || engine_span.tenant, '')`;

/** Where the value of a dimension is found. These are the only identifiers that a question can put into SQL. */
export const GPU_DIMENSIONS: Readonly<Record<GpuDimension, string>> = {
  site: 'seat.site',
  rack: 'seat.rack',
  pool: 'seat.pool',
  node: 'seat.node',
  gpu: 'seat.gpu',
  sku: 'seat.sku',
  state: 'gpu_state.name',
  model: 'engine_span.model',
  engine: 'engine_span.engine',
  version: 'engine_span.version',
  tenant: 'engine_span.tenant',
  deployment: DEPLOYMENT,
};

const ENGINE_DIMENSIONS: Readonly<Record<EngineDimension, string>> = {
  site: 'engine_span.site',
  rack: 'engine_span.rack',
  pool: 'engine_span.pool',
  node: 'engine_span.node',
  model: 'engine_span.model',
  engine: 'engine_span.engine',
  kind: 'engine_span.kind',
  version: 'engine_span.version',
  tenant: 'engine_span.tenant',
  deployment: DEPLOYMENT,
};

const METER_DIMENSIONS: Readonly<Record<MeterDimension, string>> = {
  site: 'meter.site',
  rack: 'meter.rack',
  pool: 'meter.pool',
  node: 'meter.node',
  boundary: 'meter.boundary',
  origin: 'meter.origin',
};

export const GPU_JOINS: Readonly<Record<string, string>> = {
  seat: 'JOIN seat ON seat.id = fact.seat_id',
  gpu_state: 'JOIN gpu_state ON gpu_state.id = fact.state_id',
  engine_span: `LEFT JOIN placement_member ON placement_member.placement_id = fact.placement_id
    LEFT JOIN engine_span ON engine_span.id = placement_member.engine_span_id`,
};

const ENGINE_JOINS: Readonly<Record<string, string>> = {
  engine_span: 'JOIN engine_span ON engine_span.id = fact.engine_span_id',
};

const METER_JOINS: Readonly<Record<string, string>> = { meter: 'JOIN meter ON meter.id = fact.meter_id' };

/** Collects the values of a statement; `bind` gives the placeholder to write in their place. */
export type Parameters = { readonly values: DuckDBValue[]; bind(value: DuckDBValue): string };

/** Answers a question about GPU, engine or meter facts. */
export async function selectFacts<Sums>(
  connection: DuckDBConnection,
  family: Family,
  query: AnyQuery,
): Promise<readonly FactRow<Sums>[]> {
  const asked = withColumns(family, query.columns);
  const columns = await selectColumns(connection, asked, query);
  // Copying a whole object and setting the few asked fields is several times faster than naming all fields a row.
  const nothing = Object.fromEntries(family.measures.map(({ field }) => [field, null]));
  return columns.starts.map((start, row) => {
    const sums: Record<string, unknown> = { ...nothing };
    for (const [index, { field }] of asked.measures.entries()) sums[field] = columns.measures[index]?.[row];
    const slot = columns.slots?.[row];
    const place = { by: keysAt(columns.by, row), start: epochMs(start) };
    return { ...place, ...(slot !== undefined && { slot }), sums: sums as Sums };
  });
}

/** Answers a question about latency bins. */
export async function selectLatencies(
  connection: DuckDBConnection,
  query: FactQuery<EngineDimension>,
): Promise<readonly LatencyRow[]> {
  const columns = await selectColumns(connection, LATENCY_FAMILY, query);
  const [measures = [], bounds = []] = columns.extra;
  return columns.starts.map((start, row) => ({
    by: keysAt(columns.by, row),
    start: epochMs(start),
    measure: measures[row] as LatencyMeasure,
    upperBoundSeconds: bounds[row] as number,
    count: columns.measures[0]?.[row] as number,
  }));
}

/** The family with the asked measures only. */
function withColumns(family: Family, columns: readonly string[] | undefined): Family {
  return { ...family, measures: family.measures.filter(({ field }) => columns?.includes(field) ?? true) };
}

type Columns = {
  readonly starts: readonly number[];
  readonly by: readonly (readonly DuckDBValue[])[];
  /** Where kinds of hours were asked for. */
  readonly slots?: readonly number[];
  readonly extra: readonly (readonly DuckDBValue[])[];
  readonly measures: readonly (readonly DuckDBValue[])[];
};

function keysAt(by: Columns['by'], row: number): (string | null)[] {
  return by.map((column) => column[row] as string | null);
}

async function selectColumns(connection: DuckDBConnection, family: Family, query: AnyQuery): Promise<Columns> {
  const pieces = piecesOf(query.window, finestStepOf(query), await loadTiers(connection, family.name));
  if (pieces.length === 0) return { starts: [], by: [], extra: [], measures: [] };
  const extra = [...(query.slots === undefined ? [] : ['fact.slot']), ...extraColumnsOf(family.name)];
  const { sql, values } = statementOf(family, query, pieces, extra);
  const columns = (await connection.runAndReadAll(sql, values)).getColumns();
  const extraAt = 1 + query.by.length;
  const measuresAt = extraAt + extra.length;
  return {
    // An answer without rows has no columns either.
    starts: (columns[0] ?? []) as number[],
    by: columns.slice(1, extraAt),
    ...(query.slots !== undefined && { slots: (columns[extraAt] ?? []) as number[] }),
    extra: columns.slice(extraAt, measuresAt),
    measures: columns.slice(measuresAt),
  };
}

function extraColumnsOf(family: FamilyName): readonly string[] {
  return family === 'latency' ? ['latency_measure.name', 'fact.upper_bound_seconds'] : [];
}

function statementOf(
  family: Family,
  query: AnyQuery,
  pieces: readonly Piece[],
  extra: readonly string[],
): { readonly sql: string; readonly values: DuckDBValue[] } {
  const dimensions = dimensionsOf(family.name);
  const scope = scopeEntriesOf(query.scope);
  const asked = [...query.by, ...scope.map(([name]) => name)];
  const aliases = new Set(asked.map((name) => dimensions[name]?.split('.')[0] ?? ''));
  const parameters = createParameters();
  const keysTold = family.keys.filter((key) => isKeyTold(family.name, key, aliases));
  const folds = family.name === 'gpu' ? { foldsSeats: aliases.has('seat') } : {};
  const told: Family = { ...family, keys: keysTold, ...folds };
  const asking = { ...query, narrowing: narrowingOf(family.name, scope, parameters) };
  const facts = pieces.map((piece) => pieceSql(told, piece, asking, parameters));
  const keys = ['fact.bucket_ms', ...query.by.map((name) => String(dimensions[name])), ...extra];
  const hasShares = family.name === 'gpu' && aliases.has('engine_span');
  const filters = scope.map(
    ([name, value]) => `${dimensions[name]} IS NOT DISTINCT FROM ${parameters.bind(value)}::VARCHAR`,
  );
  const positions = keys.map((_key, index) => index + 1).join(', ');
  const place = told.foldsSeats === true ? `WITH ${alikeSql(asked.map((name) => String(dimensions[name])))} ` : '';
  const sql = `${place}SELECT ${[...keys, ...family.measures.map((measure) => sumSql(measure, hasShares))].join(', ')}
    FROM (${facts.join(' UNION ALL ')}) fact
    ${joinsOf(family.name, aliases)}
    ${filters.length === 0 ? '' : `WHERE ${filters.join(' AND ')}`}
    GROUP BY ${positions} ORDER BY ${positions}`;
  return { sql, values: parameters.values };
}

/** Each seat with one seat that stands for all those that a question, which asks for these columns, tells not apart. */
function alikeSql(columns: readonly string[]): string {
  const own = columns.filter((column) => column.startsWith('seat.'));
  return `alike AS MATERIALIZED (SELECT id AS seat_id, min(id) OVER (PARTITION BY ${own.join(', ')}) AS alike FROM seat)`;
}

/** Keys of GPU facts that no asked dimension hangs on are not told apart: fewer groups, and a third less time. */
function isKeyTold(family: FamilyName, key: string, aliases: ReadonlySet<string>): boolean {
  const alias = GPU_KEY_ALIASES[key];
  return family !== 'gpu' || alias === undefined || aliases.has(alias);
}

const GPU_KEY_ALIASES: Readonly<Record<string, string>> = {
  seat_id: 'seat',
  placement_id: 'engine_span',
  state_id: 'gpu_state',
};

/**
 * Conditions that leave out facts which cannot belong to the scope before they are added up: windows of one model must not
 * cost those of the whole fleet. Only what the scope names by value narrows; the joins still decide.
 */
function narrowingOf(
  family: FamilyName,
  scope: readonly (readonly [string, string | null])[],
  parameters: Parameters,
): string {
  const dimensions = dimensionsOf(family);
  const conditions = scope.flatMap(([name, value]) => {
    const column = dimensions[name];
    const own = NARROWING[family]?.[column?.split('.')[0] ?? ''];
    return value === null || column === undefined || own === undefined
      ? []
      : [` AND ${own} WHERE ${column} = ${parameters.bind(value)}::VARCHAR)`];
  });
  return conditions.join('');
}

const OWN_SPAN = { engine_span: 'engine_span_id IN (SELECT engine_span.id FROM engine_span' };

/** The beginning of a condition on a fact's own keys, by the table that the scope's dimension is of. */
const NARROWING: Readonly<Partial<Record<FamilyName, Readonly<Record<string, string>>>>> = {
  gpu: {
    seat: 'seat_id IN (SELECT seat.id FROM seat',
    engine_span: `placement_id IN (SELECT placement_member.placement_id FROM placement_member
      JOIN engine_span ON engine_span.id = placement_member.engine_span_id`,
  },
  engine: OWN_SPAN,
  latency: OWN_SPAN,
};

function dimensionsOf(family: FamilyName): Readonly<Record<string, string>> {
  if (family === 'gpu') return GPU_DIMENSIONS;
  return family === 'meter' ? METER_DIMENSIONS : ENGINE_DIMENSIONS;
}

export function scopeEntriesOf(scope: Scope<AnyDimension> = {}): readonly (readonly [string, string | null])[] {
  return Object.entries(scope).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function joinsOf(family: FamilyName, aliases: ReadonlySet<string>): string {
  const joins = family === 'gpu' ? GPU_JOINS : family === 'meter' ? METER_JOINS : ENGINE_JOINS;
  const asked = Object.entries(joins).filter(([alias]) => aliases.has(alias));
  const measure = family === 'latency' ? ['JOIN latency_measure ON latency_measure.id = fact.measure_id'] : [];
  return [...asked.map(([, join]) => join), ...measure].join(' ');
}

/** An unplaced GPU has no member and counts whole, as its own group. */
function sumSql({ column, aggregation }: MeasureColumn, hasShares: boolean): string {
  const isShared = hasShares && aggregation === 'sum';
  return `${aggregation}(fact.${column}${isShared ? ' * coalesce(placement_member.share, 1)' : ''})`;
}

/** What a piece is asked for: buckets, kinds of hours, and further conditions on a fact's own keys, each after AND. */
export type PieceQuery = {
  readonly stepSeconds: number | null;
  readonly window: { readonly from: number };
  readonly slots?: BucketSlots;
  readonly narrowing?: string;
};

/** The facts of one piece: key columns, measures, the bucket's start as a DOUBLE of epoch ms, and the kind of its hour. */
export function pieceSql(family: Family, piece: Piece, query: PieceQuery, parameters: Parameters): string {
  return piece.isWhole
    ? wholePieceSql(family, piece, query, parameters)
    : cutPieceSql(family, piece, query, parameters);
}

/** The kind of the hour that starts at an instant, given as SQL of microseconds. */
function slotSql({ stepSeconds, first, of }: BucketSlots, micros: string, parameters: Parameters): string {
  const list = parameters.bind(listValue([...of]));
  return `(${list}::INTEGER[])[(${micros} // ${stepSeconds * 1_000_000}) - ${first / (stepSeconds * 1000)} + 1] AS slot`;
}

function wholePieceSql(family: Family, piece: Piece, query: PieceQuery, parameters: Parameters): string {
  const { stepSeconds, slots, window } = query;
  const stepMicros = (stepSeconds ?? 0) * 1_000_000;
  const bucket =
    stepSeconds === null
      ? `${window.from}::DOUBLE`
      : `((epoch_us(ts) // ${stepMicros}) * ${stepMicros / 1000})::DOUBLE`;
  // Adding up what one thing did before its name is looked up takes a third less time over a week of hours.
  const addsUp = family.addsUp !== false && (stepSeconds === null || stepSeconds > TIER_SECONDS[piece.tier]);
  const measures = family.measures.map(({ column, aggregation }) =>
    addsUp ? `${aggregation}(${column}) AS ${column}` : column,
  );
  const slot = slots === undefined ? [] : [slotSql(slots, 'epoch_us(ts)', parameters)];
  const keys = ['bucket_ms', ...(slots === undefined ? [] : ['slot']), ...family.keys];
  return `SELECT ${[`${bucket} AS bucket_ms`, ...slot, ...family.keys, ...measures].join(', ')}
    FROM ${rowsOfPieceSql(family, piece, query, parameters)}
    ${addsUp ? `GROUP BY ${keys.join(', ')}` : ''}`;
}

/**
 * The rows of a piece. Where kinds of hours or single buckets are told apart, what stands for one seat is added up first:
 * looking up the kind of each of two million rows takes three times as long as adding them.
 */
function rowsOfPieceSql(family: Family, piece: Piece, query: PieceQuery, parameters: Parameters): string {
  const table = tableOf(family, piece.tier);
  const { narrowing = '' } = query;
  const inside = `ts >= ${parameters.bind(timestampOf(piece.from))} AND ts < ${parameters.bind(timestampOf(piece.to))}${hoursSql(piece)}${narrowing}`;
  const isByTime = query.slots !== undefined || query.stepSeconds === TIER_SECONDS[piece.tier];
  if (family.foldsSeats === undefined || !isByTime) return `${table} WHERE ${inside}`;
  const keys = family.keys.map((key) => (key === 'seat_id' ? 'alike.alike AS seat_id' : key));
  const sums = family.measures.map(({ column, aggregation }) => `${aggregation}(${column}) AS ${column}`);
  const join = family.foldsSeats ? 'JOIN alike USING (seat_id)' : '';
  return `(SELECT ${['ts', ...keys, ...sums].join(', ')} FROM ${table} ${join} WHERE ${inside} GROUP BY ALL)`;
}

/**
 * Rows that may lie across an edge of the piece or of a bucket: each is met with every bucket it reaches into, and
 * counts by the share of it inside both. Whole raw facts count in the bucket of their start alone.
 */
function cutPieceSql(family: Family, piece: Piece, query: PieceQuery, parameters: Parameters): string {
  const stepSeconds = finestStepOf(query);
  const asked = query.stepSeconds === null ? null : query.stepSeconds * 1000;
  const reach = TIER_SECONDS[piece.tier];
  const from = piece.from * 1000;
  const to = piece.to * 1000;
  const step = stepSeconds === null ? null : stepSeconds * 1_000_000;
  const last = `(start_us + length_us - 1) // ${step} - start_us // ${step}`;
  const slots = step === null ? '0' : `unnest(CASE WHEN is_whole OR ${last} = 0 THEN [0] ELSE range(${last} + 1) END)`;
  const slotStart = step === null ? `${from}::BIGINT` : `(start_us // ${step} + slot) * ${step}`;
  const slotEnd = step === null ? `${to}::BIGINT` : `(start_us // ${step} + slot + 1) * ${step}`;
  const isWhole = piece.tier === 'raw' ? family.isWholeSql : 'false';
  const columns = family.measures.map(({ column, aggregation }) =>
    aggregation === 'sum' ? `${column} * share AS ${column}` : column,
  );
  const earliest = parameters.bind(timestampOf(epochMs(piece.from - reach * 1000)));
  const bucket = asked === null ? `${query.window.from}::DOUBLE` : `(slot_us // ${asked * 1000} * ${asked})::DOUBLE`;
  const slot = query.slots === undefined ? [] : [slotSql(query.slots, 'slot_us', parameters)];
  return `SELECT ${[`${bucket} AS bucket_ms`, ...slot, ...family.keys, ...columns].join(', ')}
    FROM (
      SELECT *, ${slotStart} AS slot_us, CASE WHEN is_whole
        THEN (slot = 0 AND start_us >= ${from} AND start_us < ${to})::DOUBLE
        ELSE (least(start_us + length_us, ${slotEnd}, ${to}) - greatest(start_us, ${slotStart}, ${from})) / length_us
        END AS share
      FROM (SELECT *, ${slots} AS slot FROM (
        SELECT *, epoch_us(ts) AS start_us, round(seconds * 1e6)::BIGINT AS length_us, ${isWhole} AS is_whole
        FROM ${tableOf(family, piece.tier)}
        WHERE ts > ${earliest} AND ts < ${parameters.bind(timestampOf(piece.to))}${hoursSql(piece)}${query.narrowing ?? ''}
      ))
    ) WHERE share > 0`;
}

export function createParameters(): Parameters {
  const values: DuckDBValue[] = [];
  return {
    values,
    bind: (value) => {
      values.push(value);
      return `$${values.length}`;
    },
  };
}

import type { DuckDBConnection } from '@duckdb/node-api';
import { isDeepStrictEqual } from 'node:util';
import { assert } from '#shared/lib/assert.ts';
import { GPU_STATES } from '#shared/model/gpu-state.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { Meter } from '#shared/model/meter.ts';
import type { EngineSpan, Placement } from '#shared/model/inference-engine.ts';
import { LATENCY_MEASURES } from '#shared/model/sample.ts';
import type { ExportedDimensions, FactBatch } from '../store.ts';
import { appendNumber, appendText, instantOf, rowsOf } from './rows.ts';

type Keyed = { readonly key: string };
type Known<Value> = { readonly id: number; readonly value: Value };

/** Things that facts refer to, by key, with the small integers that the tables know them by. */
export type Dimensions = {
  readonly seats: ReadonlyMap<string, Known<GpuSeat>>;
  readonly spans: ReadonlyMap<string, Known<EngineSpan>>;
  readonly placements: ReadonlyMap<string, Known<Placement>>;
  readonly meters: ReadonlyMap<string, Known<Meter>>;
  readonly stateIds: ReadonlyMap<string, number>;
  readonly measureIds: ReadonlyMap<string, number>;
};

export function idOf(known: ReadonlyMap<string, number | Known<unknown>>, key: string): number {
  const entry = known.get(key);
  assert(entry !== undefined, `${key} was stored before it is referred to`);
  return typeof entry === 'number' ? entry : entry.id;
}

export function valueOf<Value>(known: ReadonlyMap<string, Known<Value>>, key: string): Value {
  const entry = known.get(key);
  assert(entry !== undefined, `${key} was stored before it is referred to`);
  return entry.value;
}

/** Reads the dimensions of a file; states and measures that it has not seen yet are added to it. */
export async function loadDimensions(connection: DuckDBConnection): Promise<Dimensions> {
  return {
    seats: byKey(await rowsOf(connection, 'SELECT * FROM seat ORDER BY id'), toSeat),
    spans: byKey(await rowsOf(connection, 'SELECT * FROM engine_span ORDER BY id'), toSpan),
    placements: await loadPlacements(connection),
    meters: byKey(await rowsOf(connection, 'SELECT * FROM meter ORDER BY id'), toMeter),
    stateIds: await ensureCodes(connection, 'gpu_state', GPU_STATES),
    measureIds: await ensureCodes(connection, 'latency_measure', LATENCY_MEASURES),
  };
}

/** Dimensions as they were exported, under the numbers they were exported with. */
export function withIds(exported: ExportedDimensions): Dimensions {
  const byKeyOf = <Value extends Keyed>(list: readonly Known<Value>[]) =>
    new Map(list.map(({ id, value }) => [value.key, { id, value }]));
  const codes = (list: ExportedDimensions['states']) => new Map(list.map(({ id, name }) => [name, id]));
  return {
    seats: byKeyOf(exported.seats),
    spans: byKeyOf(exported.spans),
    placements: byKeyOf(exported.placements),
    meters: byKeyOf(exported.meters),
    stateIds: codes(exported.states),
    measureIds: codes(exported.measures),
  };
}

/** The dimensions as they are once a batch is stored. What is known and equal keeps its very entry. */
export function withBatch(dimensions: Dimensions, batch: FactBatch): Dimensions {
  return {
    ...dimensions,
    seats: merge(dimensions.seats, batch.seats),
    spans: merge(dimensions.spans, batch.engineSpans),
    placements: merge(dimensions.placements, batch.placements),
    meters: merge(dimensions.meters, batch.meters),
  };
}

/** Writes what differs between two states of the dimensions; replaced rows keep their id. */
export async function writeDimensions(connection: DuckDBConnection, before: Dimensions, after: Dimensions) {
  if (after.seats !== before.seats) await writeSeats(connection, changed(before.seats, after.seats));
  if (after.spans !== before.spans) await writeSpans(connection, changed(before.spans, after.spans));
  if (after.meters !== before.meters) await writeMeters(connection, changed(before.meters, after.meters));
  if (after.placements !== before.placements) {
    await writePlacements(connection, changed(before.placements, after.placements), after);
  }
}

function merge<Value extends Keyed>(known: ReadonlyMap<string, Known<Value>>, values: readonly Value[]) {
  const news = values.filter((value) => !isDeepStrictEqual(known.get(value.key)?.value, value));
  if (news.length === 0) return known;
  const merged = new Map(known);
  // Nothing is ever removed, so ids run from 1 without holes.
  for (const value of news) merged.set(value.key, { id: merged.get(value.key)?.id ?? merged.size + 1, value });
  return merged;
}

function changed<Value>(before: ReadonlyMap<string, Known<Value>>, after: ReadonlyMap<string, Known<Value>>) {
  return before === after
    ? []
    : [...after].filter(([key, entry]) => before.get(key) !== entry).map(([, entry]) => entry);
}

async function removeOld(
  connection: DuckDBConnection,
  table: string,
  column: string,
  entries: readonly Known<unknown>[],
) {
  if (entries.length === 0) return;
  await connection.run(`DELETE FROM ${table} WHERE ${column} IN (${entries.map(({ id }) => id).join(', ')})`);
}

async function writeSeats(connection: DuckDBConnection, entries: readonly Known<GpuSeat>[]): Promise<void> {
  await removeOld(connection, 'seat', 'id', entries);
  const appender = await connection.createAppender('seat');
  for (const { id, value: seat } of entries) {
    appender.appendInteger(id);
    const place = [seat.key, seat.site, seat.rack, seat.pool, seat.node, seat.gpu, seat.sku, seat.index];
    for (const text of [...place, seat.domain, seat.tray, seat.driverVersion, seat.cudaVersion]) {
      appendText(appender, text);
    }
    appendNumber(appender, seat.since);
    appendNumber(appender, seat.until);
    appender.endRow();
  }
  appender.closeSync();
}

async function writeSpans(connection: DuckDBConnection, entries: readonly Known<EngineSpan>[]): Promise<void> {
  await removeOld(connection, 'engine_span', 'id', entries);
  const appender = await connection.createAppender('engine_span');
  for (const { id, value: span } of entries) {
    appender.appendInteger(id);
    const place = [span.key, span.site, span.rack, span.pool, span.node];
    const what = [span.engine, span.kind, span.model, span.role, span.pod, span.version, span.versionEvidence];
    for (const text of [...place, ...what]) {
      appendText(appender, text);
    }
    appendNumber(appender, span.since);
    appendNumber(appender, span.until);
    for (const text of [span.image, span.settings, span.tenant]) appendText(appender, text);
    appender.endRow();
  }
  appender.closeSync();
}

async function writeMeters(connection: DuckDBConnection, entries: readonly Known<Meter>[]): Promise<void> {
  await removeOld(connection, 'meter', 'id', entries);
  const appender = await connection.createAppender('meter');
  for (const { id, value: meter } of entries) {
    appender.appendInteger(id);
    const place = [meter.key, meter.site, meter.rack, meter.pool, meter.node];
    for (const text of [...place, meter.meter, meter.boundary, meter.origin]) appendText(appender, text);
    appendNumber(appender, meter.parts);
    appendNumber(appender, meter.since);
    appendNumber(appender, meter.until);
    appender.endRow();
  }
  appender.closeSync();
}

async function writePlacements(
  connection: DuckDBConnection,
  entries: readonly Known<Placement>[],
  dimensions: Dimensions,
): Promise<void> {
  await removeOld(connection, 'placement', 'id', entries);
  await removeOld(connection, 'placement_member', 'placement_id', entries);
  const placements = await connection.createAppender('placement');
  const members = await connection.createAppender('placement_member');
  for (const { id, value: placement } of entries) {
    placements.appendInteger(id);
    placements.appendVarchar(placement.key);
    placements.appendVarchar(placement.rule);
    placements.endRow();
    for (const member of placement.members) {
      members.appendInteger(id);
      if (member.engineSpan === null) members.appendNull();
      else members.appendInteger(idOf(dimensions.spans, member.engineSpan));
      appendNumber(members, member.share);
      members.endRow();
    }
  }
  placements.closeSync();
  members.closeSync();
}

async function loadPlacements(connection: DuckDBConnection): Promise<ReadonlyMap<string, Known<Placement>>> {
  const members = await rowsOf(
    connection,
    `SELECT placement_id, key, share FROM placement_member LEFT JOIN engine_span ON engine_span.id = engine_span_id
     ORDER BY placement_member.rowid`,
  );
  const membersById = Map.groupBy(members, (member) => member['placement_id']);
  return byKey(await rowsOf(connection, 'SELECT * FROM placement ORDER BY id'), (row) => ({
    key: String(row['key']),
    rule: row['rule'] as Placement['rule'],
    members: (membersById.get(row['id']) ?? []).map((member) => ({
      engineSpan: textOf(member['key']),
      share: Number(member['share']),
    })),
  }));
}

type Row = Readonly<Record<string, unknown>>;

function byKey<Value extends Keyed>(rows: readonly Row[], toValue: (row: Row) => Value) {
  const known = new Map<string, Known<Value>>();
  for (const row of rows) {
    const value = toValue(row);
    known.set(value.key, { id: Number(row['id']), value });
  }
  return known;
}

function placeOf(row: Row) {
  return {
    key: String(row['key']),
    site: textOf(row['site']),
    rack: textOf(row['rack']),
    pool: textOf(row['pool']),
    node: textOf(row['node']),
  };
}

function spanOfTime(row: Row) {
  const since = instantOf(row['since_ms']);
  assert(since !== null, 'a span has a start');
  return { since, until: instantOf(row['until_ms']) };
}

function toSeat(row: Row): GpuSeat {
  const about = {
    gpu: String(row['gpu']),
    sku: String(row['sku']),
    index: textOf(row['gpu_index']),
    domain: textOf(row['domain']),
    tray: textOf(row['tray']),
    driverVersion: textOf(row['driver_version']),
    cudaVersion: textOf(row['cuda_version']),
  };
  return { ...placeOf(row), ...about, ...spanOfTime(row) };
}

function toMeter(row: Row): Meter {
  return {
    ...placeOf(row),
    meter: String(row['meter']),
    boundary: row['boundary'] as Meter['boundary'],
    origin: row['origin'] as Meter['origin'],
    parts: Number(row['parts']),
    ...spanOfTime(row),
  };
}

function toSpan(row: Row): EngineSpan {
  return {
    ...placeOf(row),
    engine: String(row['engine']),
    kind: row['kind'] as EngineSpan['kind'],
    model: String(row['model']),
    role: row['role'] as EngineSpan['role'],
    pod: textOf(row['pod']),
    version: textOf(row['version']),
    versionEvidence: row['version_evidence'] as EngineSpan['versionEvidence'],
    image: textOf(row['image']),
    settings: textOf(row['settings']),
    tenant: textOf(row['tenant']),
    ...spanOfTime(row),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Small numbers for a closed list of names. Numbers stay as they were first given, however the list is reordered. */
async function ensureCodes(connection: DuckDBConnection, table: string, names: readonly string[]) {
  const ids = new Map<string, number>();
  for (const row of await rowsOf(connection, `SELECT * FROM ${table} ORDER BY id`)) {
    ids.set(String(row['name']), Number(row['id']));
  }
  for (const name of names) {
    if (ids.has(name)) continue;
    ids.set(name, ids.size + 1);
    await connection.run(`INSERT INTO ${table} VALUES (${ids.size}, $1)`, [name]);
  }
  return ids;
}

import { mkdir, stat } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { EngineFactSums, FleetEvent, GpuFactSums, MeterFactSums } from '#shared/model/fact.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { METER_LADDER } from '../power-split.ts';
import type { CounterCheckpoint, FactBatch, FactQuery, GpuDimension, PowerRow, Store, StoreFailure } from '../store.ts';
import { appendBatch } from './append.ts';
import { type Connections, inTransaction, openConnections } from './connections.ts';
import { type Dimensions, loadDimensions, withBatch, writeDimensions } from './dimensions.ts';
import { extentWith, readExtent } from './extent.ts';
import { exportFacts } from './export-facts.ts';
import { failureOf } from './failures.ts';
import { forget } from './forget.ts';
import { migrate } from './migrate.ts';
import { exportFolderOf, lockDown, openDatabase, type OpenDatabase, type OpenOptions } from './open.ts';
import { ENGINE_FAMILY, GPU_FAMILY, METER_FAMILY, instantOf, rowsOf, timestampOf } from './rows.ts';
import { rollUp } from './roll-up.ts';
import { selectFacts, selectLatencies } from './select.ts';
import { selectPower } from './select-power.ts';
import { loadTiers } from './tiers.ts';

/**
 * Opens the store in a DuckDB file, as its only process. On `damaged` with `setAside` the log could not be replayed and
 * was kept under that name: open again to go on without it.
 */
export async function openDuckdbStore(options: OpenOptions): Promise<Result<Store, StoreFailure>> {
  const database = await openDatabase(options);
  if (!database.ok) return database;
  try {
    const store = await openStore(options, database.value);
    if (!store.ok) await database.value.close();
    return store;
  } catch (error) {
    await database.value.close();
    return fail(failureOf(error));
  }
}

async function openStore(options: OpenOptions, database: OpenDatabase): Promise<Result<Store, StoreFailure>> {
  const connections = await openConnections(database.instance);
  const migrated = await connections.write(migrate);
  if (!migrated.ok) {
    await connections.close();
    return migrated;
  }
  const dimensions = await connections.write(loadDimensions);
  await lockDown(database.instance, exportFolderOf(options));
  return succeed(
    createStore({ path: options.path, exportFolder: exportFolderOf(options) }, database, connections, dimensions),
  );
}

type Place = { readonly path: string; readonly exportFolder: string | null };

/** The store over tables that are there and dimensions that were read from them. */
export function createStore(
  { path, exportFolder }: Place,
  database: OpenDatabase,
  connections: Connections,
  loaded: Dimensions,
  knownExtent?: TimeRange | null,
): Store {
  let dimensions = loaded;
  /** As the tables would answer; undefined until they are asked, and again once facts are forgotten. */
  let extent = knownExtent;
  const append = async (connection: DuckDBConnection, batch: FactBatch) => {
    const after = withBatch(dimensions, batch);
    await inTransaction(connection, async () => {
      await writeDimensions(connection, dimensions, after);
      await appendBatch(connection, batch, after, await loadTiers(connection));
    });
    dimensions = after;
    if (extent !== undefined) extent = extentWith(extent, batch);
  };
  // In line with the writes, so that no append is missed.
  const readAndKeepExtent = () => connections.write(async (connection) => (extent = await readExtent(connection)));
  const close = async () => {
    await connections.close();
    await database.close();
  };
  const store: Store = {
    ...questionsOf(
      (job) => connections.read(job),
      () => dimensions,
    ),
    append: (batch) => attempt(connections, (connection) => append(connection, batch)),
    extent: async () => (extent === undefined ? readAndKeepExtent() : extent),
    atOneInstant: (job) =>
      connections.readOneInstant(
        async (writer) => ({ dimensions, extent: extent === undefined ? await readExtent(writer) : extent }),
        (connection, then) => job(viewOf(store, connection, then)),
      ),
    saveCostBook: (book) => attempt(connections, (connection) => writeCostBook(connection, book)),
    saveDocument: (name, value) => attempt(connections, (connection) => writeDocument(connection, name, value)),
    exportFacts: async (ask) => {
      if (exportFolder === null) return fail({ kind: 'failed', message: 'This store writes no files.' });
      try {
        await mkdir(exportFolder, { recursive: true, mode: 0o700 });
        return succeed(await connections.read((connection) => exportFacts(connection, exportFolder, dimensions, ask)));
      } catch (error) {
        return fail(failureOf(error));
      }
    },
    rollUp: (until) => rollUp(connections, until),
    forget: (now, retention) =>
      connections.write(async (connection) => {
        await forget(connection, now, retention);
        extent = undefined;
      }),
    bytesOnDisk: () => bytesOnDisk(path),
    close,
  };
  return store;
}

/** Every question of a store that is answered from its tables and dimensions. */
function questionsOf(read: Connections['read'], dimensions: () => Dimensions) {
  return {
    gpuFacts: (query) => read((connection) => selectFacts<GpuFactSums>(connection, GPU_FAMILY, query)),
    engineFacts: (query) => read((connection) => selectFacts<EngineFactSums>(connection, ENGINE_FAMILY, query)),
    powerFacts: (query) => read((connection) => powerFacts(connection, query, dimensions())),
    meterFacts: (query) => read((connection) => selectFacts<MeterFactSums>(connection, METER_FAMILY, query)),
    latencies: (query) => read((connection) => selectLatencies(connection, query)),
    seats: async (window) => valuesIn(dimensions().seats, window),
    engineSpans: async (window) => valuesIn(dimensions().spans, window),
    meters: async (window) => valuesIn(dimensions().meters, window),
    placements: async () => [...dimensions().placements.values()].map(({ value }) => value),
    events: (window) => read((connection) => readEvents(connection, window)),
    checkpoints: () => read(readCheckpoints),
    costBook: () => read(readCostBook),
    document: (name) => read((connection) => readDocument(connection, name)),
  } satisfies Partial<Store>;
}

type Instant = { readonly dimensions: Dimensions; readonly extent: TimeRange | null };

/** The store as it was when a transaction began: its questions are asked one after the other on that connection. */
function viewOf(store: Store, connection: DuckDBConnection, { dimensions, extent }: Instant): Store {
  let last: Promise<unknown> = Promise.resolve();
  const read: Connections['read'] = (job) => {
    const done = last.then(() => job(connection));
    last = done.catch(() => {});
    return done;
  };
  const view: Store = {
    ...store,
    ...questionsOf(read, () => dimensions),
    extent: async () => extent,
    atOneInstant: (job) => job(view),
  };
  return view;
}

/** Writes, and tells what the disk or the database refused. Our own mistakes, which fail assertions, are thrown. */
async function attempt(
  connections: Connections,
  job: (connection: DuckDBConnection) => Promise<void>,
): Promise<Result<void, StoreFailure>> {
  try {
    return succeed(await connections.write(job));
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('assertion failed')) throw error;
    return fail(failureOf(error));
  }
}

/** Without a meter in the window, all GPU facts rest on their boards, and nothing is to be divided. */
async function powerFacts(
  connection: DuckDBConnection,
  query: FactQuery<GpuDimension, string>,
  { meters }: Dimensions,
): Promise<readonly PowerRow[]> {
  const known = valuesIn(meters, query.window);
  const rungs = METER_LADDER.filter(({ boundary, place }) =>
    known.some((meter) => meter.boundary === boundary && (meter.node === null) === (place === 'rack')),
  );
  if (rungs.length > 0) return await selectPower(connection, query, rungs);
  const rows = await selectFacts<GpuFactSums>(connection, GPU_FAMILY, query);
  return rows.map((row) => ({ ...row, boundary: 'board', measuredJoules: null, integratedJoules: null }));
}

type Spanned = { readonly since: EpochMs; readonly until: EpochMs | null };

function valuesIn<Value extends Spanned>(known: ReadonlyMap<string, { readonly value: Value }>, window: TimeRange) {
  return [...known.values()]
    .map(({ value }) => value)
    .filter(({ since, until }) => since < window.to && (until === null || until > window.from));
}

async function readEvents(connection: DuckDBConnection, window: TimeRange): Promise<readonly FleetEvent[]> {
  const reader = await connection.runAndReadAll(
    `SELECT epoch_us(ts) / 1000.0::DOUBLE AS at, kind, subject, model, node, message FROM event
     WHERE ts >= $1 AND ts < $2 ORDER BY ts, rowid`,
    [timestampOf(window.from), timestampOf(window.to)],
  );
  return reader.getRowObjectsJS() as unknown as readonly FleetEvent[];
}

async function readCheckpoints(connection: DuckDBConnection): Promise<readonly CounterCheckpoint[]> {
  const rows = await rowsOf(
    connection,
    `SELECT thing, epoch_us(ts) / 1000.0::DOUBLE AS at, started_at_ms, counters FROM checkpoint
     QUALIFY row_number() OVER (PARTITION BY thing ORDER BY ts DESC, rowid DESC) = 1 ORDER BY thing`,
  );
  return rows.map((row) => ({
    thing: String(row['thing']),
    at: row['at'] as EpochMs,
    startedAt: instantOf(row['started_at_ms']),
    counters: JSON.parse(String(row['counters'])) as CounterCheckpoint['counters'],
  }));
}

async function readCostBook(connection: DuckDBConnection): Promise<CostBook | null> {
  const rows = await rowsOf(connection, 'SELECT revision FROM cost_book_revision ORDER BY position');
  if (rows.length === 0) return null;
  return { revisions: rows.map((row) => JSON.parse(String(row['revision'])) as CostBook['revisions'][number]) };
}

async function writeCostBook(connection: DuckDBConnection, book: CostBook): Promise<void> {
  await inTransaction(connection, async () => {
    await connection.run('DELETE FROM cost_book_revision');
    for (const [position, revision] of book.revisions.entries()) {
      await connection.run(`INSERT INTO cost_book_revision VALUES (${position}, $1)`, [JSON.stringify(revision)]);
    }
  });
}

async function readDocument(connection: DuckDBConnection, name: string): Promise<unknown> {
  const reader = await connection.runAndReadAll('SELECT value FROM document WHERE name = $1', [name]);
  const value = reader.getRowObjectsJS()[0]?.['value'];
  return typeof value === 'string' ? JSON.parse(value) : null;
}

async function writeDocument(connection: DuckDBConnection, name: string, value: unknown): Promise<void> {
  await inTransaction(connection, async () => {
    await connection.run('DELETE FROM document WHERE name = $1', [name]);
    await connection.run('INSERT INTO document VALUES ($1, $2)', [name, JSON.stringify(value)]);
  });
}

async function bytesOnDisk(path: string): Promise<number> {
  if (path === ':memory:') return 0;
  const sizes = [path, `${path}.wal`].map(async (file) => (await stat(file).catch(() => null))?.size ?? 0);
  return (await Promise.all(sizes)).reduce((total, size) => total + size, 0);
}

import { DuckDBInstance } from '@duckdb/node-api';

/** One raw fact of a GPU or engine as it lies in the file: times in microseconds, the rest by column name. */
export type StoredFact = {
  readonly thing: string;
  readonly startMicros: number;
  readonly endMicros: number;
  readonly columns: Readonly<Record<string, number | null>>;
};

export type StoredFacts = {
  readonly gpus: ReadonlyMap<string, readonly StoredFact[]>;
  readonly engines: ReadonlyMap<string, readonly StoredFact[]>;
  /** Observations by engine, then by measure and bound as `ttft.le.0.25`, not cumulative. */
  readonly bins: ReadonlyMap<string, ReadonlyMap<string, number>>;
};

/** Reads every raw fact of a closed data file, by thing and in order of time, past all code of the store. */
export async function readStoredFacts(path: string): Promise<StoredFacts> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const rows = async (query: string) => (await connection.runAndReadAll(query)).getRowObjectsJS();
  const [gpus, engines, bins] = [
    await rows('SELECT gpu AS thing, epoch_us(ts) AS at, f.* FROM gpu_raw f JOIN seat s ON s.id = seat_id ORDER BY ts'),
    await rows(`SELECT engine AS thing, epoch_us(ts) AS at, f.* FROM engine_raw f
                JOIN engine_span s ON s.id = engine_span_id ORDER BY ts`),
    await rows(`SELECT engine AS thing, m.name || '.le.' || upper_bound_seconds AS bin, sum(count) AS count
                FROM latency_raw JOIN engine_span s ON s.id = engine_span_id JOIN latency_measure m ON m.id = measure_id
                GROUP BY ALL`),
  ];
  connection.closeSync();
  instance.closeSync();
  const byEngine = Map.groupBy(bins, (row) => textOf(row['thing']));
  return {
    gpus: Map.groupBy(gpus.map(toFact), (fact) => fact.thing),
    engines: Map.groupBy(engines.map(toFact), (fact) => fact.thing),
    bins: new Map(
      [...byEngine].map(([engine, list]) => [
        engine,
        new Map(list.map((row) => [textOf(row['bin']), Number(row['count'])])),
      ]),
    ),
  };
}

function toFact(row: Record<string, unknown>): StoredFact {
  const startMicros = Number(row['at']);
  return {
    thing: textOf(row['thing']),
    startMicros,
    endMicros: startMicros + Math.round(Number(row['seconds']) * 1e6),
    columns: Object.fromEntries(
      Object.entries(row).flatMap(([name, value]) =>
        value === null || typeof value === 'number' ? [[name, value]] : [],
      ),
    ),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

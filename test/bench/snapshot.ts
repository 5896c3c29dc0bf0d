import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { configSchema } from '#backend/config.ts';
import { createBackend, type Backend, type BackendOptions } from '#backend/create-backend.ts';
import type { FactBatch } from '#backend/store/store.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { BenchRow } from './bench-row.ts';
import { FLEET_START, fleetOf, GPUS_PER_NODE, LOAD, openStore } from './query-fleet.ts';

const DAYS = 30;
const MINUTES = DAYS * 1440;
const WINDOW = { from: FLEET_START, to: epochMs(FLEET_START + MINUTES * 60_000) };
const MEGABYTES_MAX = 40;
const SECONDS_MAX = 2;

/**
 * Saves a month of a fleet by the minute as a user of the contract does, and opens it again: bytes of the file, and seconds
 * from the request to open it to the figures of its last day. Every column holds noise: GPUs by the minute and the hour,
 * engines, and latency bins.
 */
export async function benchSnapshot(gpus = 1024): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-bench-'));
  try {
    await writeMonth(join(folder, 'facts.duckdb'), gpus);
    const own = await backend({ dataFolder: folder });
    const started = performance.now();
    const saved = await own.api.saveSnapshot({
      window: WINDOW,
      grain: 'minute',
      hasPseudonyms: false,
      name: 'month.twsnap',
    });
    const savedIn = secondsSince(started);
    if (!saved.ok) throw new Error(saved.failure.message);
    const spend = await spendOf(own);
    await own.stop();
    const opening = performance.now();
    const shown = await backend({ dataFolder: null, snapshotPath: join(folder, 'snapshots', 'month.twsnap') });
    const window = { from: epochMs(WINDOW.to - 86_400_000), to: WINDOW.to };
    const first = await shown.api.overview({ window, scope: {}, basis: 'billed' });
    const openedIn = secondsSince(opening);
    if (!first.ok || first.value.range.cost.value === null) throw new Error('the snapshot has no first figure');
    const kept = await spendOf(shown);
    await shown.stop();
    const month = `${DAYS} days of ${gpus.toLocaleString('en')} GPUs by the minute`;
    return [
      rowOf(`snapshot of ${month}, MB (saved in ${savedIn.toFixed(0)} s)`, saved.value.bytes / 1e6, MEGABYTES_MAX),
      rowOf(`it opens to the figures of its last day, s`, openedIn, SECONDS_MAX),
      rowOf('spend of the month beside the store’s, parts per billion', (Math.abs(kept - spend) / spend) * 1e9, 1),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function backend(options: Partial<BackendOptions>): Promise<Backend> {
  const made = await createBackend({
    host: 'server',
    dataFolder: null,
    config: configSchema.parse({}),
    polls: false,
    startSampleFleet: () => Promise.reject(new Error('nothing is polled')),
    ...options,
  });
  if (!made.ok) throw new Error(made.failure.message);
  return made.value;
}

async function spendOf({ api }: Backend): Promise<number> {
  const figure = await api.figure({ name: 'spend', window: WINDOW, scope: {}, basis: 'billed' });
  if (!figure.ok || figure.value.value === null) throw new Error('the month has no spend');
  return figure.value.value;
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

function rowOf(name: string, value: number, most: number): BenchRow {
  return { name, ours: value.toFixed(2), reference: '', ratio: '', target: `< ${most}`, met: value < most };
}

/** A node in eight is of the development pool, which has an engine of the same models. */
function monthFleet(gpus: number): FactBatch {
  const fleet = fleetOf(gpus);
  const poolOf = (node: string | null) => (Number(node?.slice(5)) % 8 === 7 ? 'development' : 'production');
  return {
    ...fleet,
    seats: fleet.seats.map((seat) => ({ ...seat, pool: poolOf(seat.node) })),
    engineSpans: fleet.engineSpans.map((span) => ({ ...span, pool: poolOf(span.node) })),
  };
}

/** Thirty days of a fleet in a store, minutes and hours, as they are when raw facts were forgotten. */
export async function writeMonth(path: string, gpus: number): Promise<void> {
  const store = await openStore(path);
  const appended = await store.append(monthFleet(gpus));
  if (!appended.ok) throw new Error(appended.failure.message);
  await store.close();
  const instance = await DuckDBInstance.create(path, { threads: '2', memory_limit: '4GB' });
  const connection = await instance.connect();
  await writeFacts(connection, gpus);
  for (const tier of ['raw', 'minute', 'hour']) {
    const [rolled, kept] = [tier === 'raw' ? 'NULL' : String(WINDOW.to), tier === 'raw' ? String(WINDOW.to) : 'NULL'];
    await connection.run(`UPDATE tier SET rolled_until_ms = ${rolled}, kept_from_ms = ${kept} WHERE name = '${tier}'`);
  }
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
}

const START = `make_timestamp(${FLEET_START}000 + m * 60000000)`;

/** Noise from 0 to 1 of a thing and an hour, another for each number. */
const noise = (thing: string, number: number) => `((hash(${thing}, epoch_us(ts), ${number}) % 1000003) / 1000003)`;

async function writeFacts(connection: DuckDBConnection, gpus: number): Promise<void> {
  await connection.run(LOAD);
  const nodes = gpus / GPUS_PER_NODE;
  for (let day = 0; day < DAYS; day += 1) {
    const minutes = (things: number) =>
      `(SELECT i // ${things} AS m, i % ${things} AS thing FROM range(${day * 1440 * things}, ${(day + 1) * 1440 * things}) r(i))`;
    await connection.run(`INSERT INTO gpu_minute (ts, seconds, seat_id, placement_id, state_id, observed_seconds, bridged_seconds,
        energy_joules, energy_integrated_joules, energy_seconds)
      SELECT ${START}, 60, thing + 1, n + 1, state.id, 60, 0, round(watts(n, thing, m * 2) * 60, 3), 0, 60
      FROM (SELECT *, thing // ${GPUS_PER_NODE} AS n FROM ${minutes(gpus)})
      JOIN gpu_state state ON state.name = CASE WHEN running(n, m * 2) = 0 THEN 'loaded-idle' ELSE 'serving' END`);
    await connection.run(`INSERT INTO engine_minute (ts, seconds, engine_span_id, observed_seconds, bridged_seconds, input_tokens,
        cached_tokens, output_tokens, restarts)
      SELECT ${START}, 60, thing + 1, 60, 0, 6 * output_tokens(thing, m * 2), output_tokens(thing, m * 2),
        output_tokens(thing, m * 2) + output_tokens(thing, m * 2 + 1), 0 FROM ${minutes(nodes)}`);
  }
  await connection.run(HOURS);
  await connection.run(ENGINE_HOURS);
  await connection.run(latencyHours(nodes));
  for (const macro of ['running', 'utilisation', 'watts', 'output_tokens']) await connection.run(`DROP MACRO ${macro}`);
}

/** Describing columns by the load of the hour and noise, as sums of readings are: no two alike, and none round. */
const HOURS = `INSERT INTO gpu_hour BY NAME SELECT * EXCLUDE (busy), 3600 AS seconds,
    observed_seconds * busy * (0.97 + 0.03 * ${noise('seat_id', 1)}) AS utilisation_seconds,
    observed_seconds * busy * (0.85 + 0.05 * ${noise('seat_id', 2)}) AS sm_active_seconds,
    observed_seconds * busy * (0.35 + 0.1 * ${noise('seat_id', 3)}) AS tensor_active_seconds,
    observed_seconds * busy * (0.5 + 0.1 * ${noise('seat_id', 4)}) AS dram_active_seconds,
    observed_seconds * (70e9 + 4e9 * ${noise('seat_id', 5)}) AS memory_used_byte_seconds,
    observed_seconds * (1.8e9 + 1.5e8 * ${noise('seat_id', 6)}) AS sm_cycles,
    round(70 + 100 * ${noise('seat_id', 7)}, 1) AS power_watts_min,
    round(500 + 190 * ${noise('seat_id', 8)}, 1) AS power_watts_max,
    round(50 + 25 * ${noise('seat_id', 9)}) AS temperature_celsius_max,
    CASE WHEN ${noise('seat_id', 10)} < 0.2 THEN 10 * floor(100 * ${noise('seat_id', 11)}) ELSE 0 END AS power_capped_seconds,
    0 AS heat_capped_seconds, observed_seconds * 700 AS power_limit_watt_seconds,
    round(observed_seconds * busy * 2e10 * (0.9 + 0.2 * ${noise('seat_id', 12)})) AS nvlink_bytes,
    round(observed_seconds * busy * 1e9 * (0.9 + 0.2 * ${noise('seat_id', 13)})) AS pcie_bytes
  FROM (SELECT date_trunc('hour', ts) AS ts, seat_id, placement_id, state_id, sum(observed_seconds) AS observed_seconds,
      0 AS bridged_seconds, sum(energy_joules) AS energy_joules, 0 AS energy_integrated_joules,
      sum(energy_seconds) AS energy_seconds, sum(energy_joules) / sum(observed_seconds) / 700 AS busy
    FROM gpu_minute GROUP BY 1, 2, 3, 4) ORDER BY ts, seat_id`;

const ENGINE_HOURS = `INSERT INTO engine_hour BY NAME SELECT *, 3600 AS seconds,
    round(output_tokens / 300 * (1 + 0.1 * ${noise('engine_span_id', 1)})) AS requests_stopped,
    round(output_tokens / 3000 * (1 + 0.3 * ${noise('engine_span_id', 2)})) AS requests_length,
    round(20 * ${noise('engine_span_id', 3)}) AS requests_aborted, round(3 * ${noise('engine_span_id', 4)}) AS requests_failed,
    round(10 * ${noise('engine_span_id', 5)}) AS preemptions,
    output_tokens / 45 * (1 + 0.1 * ${noise('engine_span_id', 6)}) AS running_request_seconds,
    3600 * ${noise('engine_span_id', 7)} AS waiting_request_seconds,
    3600 * (0.3 + 0.4 * ${noise('engine_span_id', 8)}) AS kv_cache_usage_seconds, 0 AS sleeping_seconds,
    output_tokens / 300 * (0.2 + 0.1 * ${noise('engine_span_id', 9)}) AS ttft_seconds, round(output_tokens / 300) AS ttft_count,
    output_tokens * (0.02 + 0.005 * ${noise('engine_span_id', 10)}) AS inter_token_seconds, output_tokens AS inter_token_count,
    output_tokens / 300 * (6 + ${noise('engine_span_id', 11)}) AS end_to_end_seconds,
    round(output_tokens / 300) AS end_to_end_count
  FROM (SELECT date_trunc('hour', ts) AS ts, engine_span_id, sum(observed_seconds) AS observed_seconds,
      0 AS bridged_seconds, sum(input_tokens) AS input_tokens, sum(cached_tokens) AS cached_tokens,
      sum(output_tokens) AS output_tokens, 0 AS restarts
    FROM engine_minute GROUP BY 1, 2) ORDER BY ts, engine_span_id`;

/** Twelve bins of each of three histograms move in an hour, by a count with the noise of counts. */
function latencyHours(nodes: number): string {
  return `INSERT INTO latency_hour SELECT ts, 3600, thing + 1, measure.id, 0.001 * pow(2, bin),
      greatest(1, round(mean + sqrt(mean) * 3.4 * (${noise('thing * 64 + bin', 1)} - 0.5))) AS count
    FROM (SELECT make_timestamp(${FLEET_START}000 + h * 3600000000) AS ts, thing, bin, name,
        (CASE name WHEN 'inter-token' THEN 2e6 ELSE 6000 END) * exp(-pow((bin - 6) / 2.0, 2)) + 1 AS mean
      FROM range(${DAYS * 24}) a(h), range(${nodes}) b(thing), range(12) c(bin), (SELECT name FROM latency_measure LIMIT 3)) bins
    JOIN latency_measure measure USING (name)`;
}

if (import.meta.main) console.table(await benchSnapshot(Number(process.argv[2] ?? 1024)));

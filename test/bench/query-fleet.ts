import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import type { FactBatch, Store } from '#backend/store/store.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { EngineSpan, Placement } from '#shared/model/inference-engine.ts';
import { epochMs } from '#shared/time/instant.ts';

export const POLL_SECONDS = 30;
export const DAYS = 7;
export const POLLS = (DAYS * 86_400) / POLL_SECONDS;
export const GPUS_PER_NODE = 8;
export const FLEET_START = epochMs(Date.UTC(2026, 0, 5));
export const FLEET_END = epochMs(FLEET_START + DAYS * 86_400_000);

const MODELS = 5;
const START_MICROS = FLEET_START * 1000;

/** The poll in which each engine's counters start again. */
const RESET_POLL = Math.floor(POLLS * 0.6);

/**
 * Writes a week of a fleet, 8 GPUs and one engine to a node, into a new file, and rolls it up. Every eighth node is a
 * development node that idles by night and often by day; the others follow the time of day. Facts go straight into the
 * raw tables, as the store would have appended them; SQL makes them, so that 20 million rows take seconds.
 */
export async function createFleetStore(path: string, gpus: number): Promise<Store> {
  const empty = await openStore(path);
  const appended = await empty.append(fleetOf(gpus));
  if (!appended.ok) throw new Error(appended.failure.message);
  await empty.close();
  await withFile(path, (connection) => writeFacts(connection, gpus));
  const store = await openStore(path);
  await store.rollUp(FLEET_END);
  return store;
}

/** What a Prometheus server would have scraped for the same facts, one OpenMetrics text a day. */
export async function exportSamples(path: string, folder: string): Promise<readonly string[]> {
  return withFile(path, async (connection) => {
    await connection.run(COUNTERS);
    const files: string[] = [];
    for (let day = 0; day < DAYS; day += 1) {
      const file = `${folder}/day-${day}.txt`;
      await connection.run(
        `COPY (${linesOf(day)}) TO '${file}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\t')`,
      );
      files.push(file);
    }
    return files;
  });
}

export async function openStore(path: string): Promise<Store> {
  const opened = await openDuckdbStore({ path });
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

async function withFile<Value>(path: string, use: (connection: DuckDBConnection) => Promise<Value>): Promise<Value> {
  const instance = await DuckDBInstance.create(path, { threads: '2', memory_limit: '4GB' });
  const connection = await instance.connect();
  const value = await use(connection);
  connection.closeSync();
  instance.closeSync();
  return value;
}

/** The seats, engines and placements of a fleet of 8 GPUs and one engine to a node. */
export function fleetOf(gpus: number): FactBatch {
  const nodes = Array.from({ length: gpus / GPUS_PER_NODE }, (_, node) => node);
  const place = (node: number) => ({ site: null, rack: `rack-${node >> 3}`, pool: null, node: `node-${node}` });
  const since = FLEET_START;
  const seats = Array.from({ length: gpus }, (_, gpu): GpuSeat => {
    const node = Math.floor(gpu / GPUS_PER_NODE);
    const index = String(gpu % GPUS_PER_NODE);
    const about = { domain: null, tray: null, driverVersion: null, cudaVersion: null };
    const names = { key: `seat-${gpu}`, gpu: `GPU-${gpu}`, sku: 'NVIDIA H100', index };
    return { ...names, ...place(node), ...about, since, until: null };
  });
  const engineSpans = nodes.map((node): EngineSpan => {
    const engine = { engine: `engine-${node}`, kind: 'vllm', model: `model-${node % MODELS}`, pod: null } as const;
    const version = {
      version: '0.9.1',
      versionEvidence: 'http',
      role: null,
      image: null,
      settings: null,
      tenant: null,
    } as const;
    return { key: `span-${node}`, ...engine, ...version, ...place(node), since, until: null };
  });
  const placements = nodes.map((node): Placement => {
    return { key: `placement-${node}`, rule: 'node', members: [{ engineSpan: `span-${node}`, share: 1 }] };
  });
  return {
    gpuFacts: [],
    engineFacts: [],
    latencyFacts: [],
    meterFacts: [],
    meters: [],
    events: [],
    checkpoints: [],
    seats,
    engineSpans,
    placements,
  };
}

/** Noise from 0 to 1 that is the same whenever it is asked for. */
const noise = (key: string) => `((hash(${key}) % 1000000) / 1e6)`;

/** Running requests of node `n` at poll `k`. Ids of seats, spans and placements run from 1 in the order of the fleet. */
export const LOAD = `
CREATE MACRO running(n, k) AS CASE
  WHEN n % 8 = 7 THEN CASE WHEN (k * ${POLL_SECONDS} % 86400) BETWEEN 32400 AND 64800 AND hash(n * 7919 + k // 40) % 3 = 0 THEN 2 ELSE 0 END
  ELSE 1 + floor(30 * (0.5 - 0.45 * cos(2 * pi() * (k * ${POLL_SECONDS} % 86400) / 86400)) * (0.8 + 0.4 * ${noise('n * 1000003 + k')}))
END;
CREATE MACRO utilisation(n, g, k) AS round(CASE WHEN running(n, k) = 0 THEN 0.02 * ${noise('g * 4001 + k')}
  ELSE least(1, 0.3 + running(n, k) / 40 + 0.05 * ${noise('g * 4001 + k')}) END, 3);
CREATE MACRO watts(n, g, k) AS round(CASE WHEN running(n, k) = 0 THEN 75 ELSE 200 + 450 * utilisation(n, g, k) END
  + 20 * ${noise('g * 7001 + k')}, 3);
CREATE MACRO output_tokens(n, k) AS round(running(n, k) * 45 * ${POLL_SECONDS} * (0.9 + 0.2 * ${noise('n * 3001 + k')}));`;

async function writeFacts(connection: DuckDBConnection, gpus: number): Promise<void> {
  await connection.run(LOAD);
  const nodes = gpus / GPUS_PER_NODE;
  const start = `make_timestamp(${START_MICROS} + k * ${POLL_SECONDS}000000)`;
  const rowsOf = (things: number, from: number, to: number) =>
    `(SELECT i // ${things} AS k, i % ${things} AS thing FROM range(${from * things}, ${to * things}) r(i))`;
  for (let from = 0; from < POLLS; from += POLLS / DAYS) {
    const to = from + POLLS / DAYS;
    await connection.run(`INSERT INTO gpu_raw (${GPU_COLUMNS})
      SELECT ${start}, ${POLL_SECONDS}, thing + 1, n + 1, state.id, ${POLL_SECONDS}, 0, watts * ${POLL_SECONDS}, 0, ${POLL_SECONDS},
        utilisation * ${POLL_SECONDS}, utilisation * 0.9 * ${POLL_SECONDS}, utilisation * 0.4 * ${POLL_SECONDS},
        utilisation * 0.5 * ${POLL_SECONDS}, 70e9 * ${POLL_SECONDS}, 1.98e9 * ${POLL_SECONDS}, watts, watts, 40 + round(watts / 20)
      FROM (SELECT *, thing // ${GPUS_PER_NODE} AS n, running(n, k) AS running, utilisation(n, thing, k) AS utilisation,
        watts(n, thing, k) AS watts FROM ${rowsOf(gpus, from, to)})
      JOIN gpu_state state ON state.name = CASE WHEN running = 0 THEN 'loaded-idle' ELSE 'serving' END`);
    await connection.run(`INSERT INTO engine_raw (${ENGINE_COLUMNS})
      SELECT ${start}, ${POLL_SECONDS}, thing + 1, ${POLL_SECONDS}, 0, 3 * output_tokens(thing, k), output_tokens(thing, k),
        output_tokens(thing, k), running(thing, k), 0, 0, 0, 0, (k = ${RESET_POLL})::INT, running(thing, k) * ${POLL_SECONDS}, 0,
        0.4 * ${POLL_SECONDS}, 0.1, 1, 0.1, 1, 3, 1 FROM ${rowsOf(nodes, from, to)}`);
  }
  for (const macro of ['running', 'utilisation', 'watts', 'output_tokens']) await connection.run(`DROP MACRO ${macro}`);
  await connection.run('CHECKPOINT');
}

/** What the facts of a GPU hold here; columns that are left out stay null, as where an exporter does not tell. */
const GPU_COLUMNS = `ts, seconds, seat_id, placement_id, state_id, observed_seconds, bridged_seconds, energy_joules,
  energy_integrated_joules, energy_seconds, utilisation_seconds, sm_active_seconds, tensor_active_seconds,
  dram_active_seconds, memory_used_byte_seconds, sm_cycles, power_watts_min, power_watts_max, temperature_celsius_max`;

/** What the facts of an engine hold here; columns that are left out stay null, as where an engine does not tell. */
const ENGINE_COLUMNS = `ts, seconds, engine_span_id, observed_seconds, bridged_seconds, input_tokens, cached_tokens,
  output_tokens, requests_stopped, requests_length, requests_aborted, requests_failed, preemptions, restarts,
  running_request_seconds, waiting_request_seconds, kv_cache_usage_seconds, ttft_seconds, ttft_count,
  inter_token_seconds, inter_token_count, end_to_end_seconds, end_to_end_count`;

/** Samples at the end of each fact: counters are sums of facts so far, and start again in the poll of the reset. */
const COUNTERS = `
CREATE TEMP TABLE gpu_sample AS SELECT epoch(ts)::BIGINT + ${POLL_SECONDS} AS seconds_at, seat_id - 1 AS gpu,
  round(1000 * sum(energy_joules) OVER (PARTITION BY seat_id ORDER BY ts))::BIGINT AS millijoules,
  power_watts_max AS watts, 100 * utilisation_seconds / seconds AS utilisation FROM gpu_raw;
CREATE TEMP TABLE engine_sample AS SELECT epoch(ts)::BIGINT + ${POLL_SECONDS} AS seconds_at, engine_span_id - 1 AS node,
  sum(input_tokens) OVER life::BIGINT AS input, sum(output_tokens) OVER life::BIGINT AS output,
  (running_request_seconds / seconds)::BIGINT AS running
FROM (SELECT *, ts >= make_timestamp(${START_MICROS} + ${RESET_POLL * POLL_SECONDS}000000) AS is_reset FROM engine_raw)
WINDOW life AS (PARTITION BY engine_span_id, is_reset ORDER BY ts);`;

function linesOf(day: number): string {
  const from = FLEET_START / 1000 + day * 86_400;
  // The first day also holds a sample at the very start, from which the first hour's increase is counted.
  const inDay = `seconds_at > ${from} AND seconds_at <= ${from + 86_400}`;
  const gpu = `'{Hostname="node-' || gpu // ${GPUS_PER_NODE} || '",gpu="' || gpu % ${GPUS_PER_NODE} || '"} '`;
  const engine = `'{instance="node-' || node || ':8000",model_name="model-' || node % ${MODELS} || '"} '`;
  const lines = (name: string, labels: string, value: string, table: string) =>
    `SELECT seconds_at, '${name}' || ${labels} || ${value} || ' ' || seconds_at AS line FROM ${table} WHERE ${inDay}`;
  const all = [
    lines('DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', gpu, 'millijoules', 'gpu_sample'),
    lines('DCGM_FI_DEV_POWER_USAGE', gpu, 'watts', 'gpu_sample'),
    lines('DCGM_FI_DEV_GPU_UTIL', gpu, 'utilisation', 'gpu_sample'),
    lines('vllm:prompt_tokens_total', engine, 'input', 'engine_sample'),
    lines('vllm:generation_tokens_total', engine, 'output', 'engine_sample'),
    lines('vllm:num_requests_running', engine, 'running', 'engine_sample'),
  ];
  const first = `SELECT ${from} AS seconds_at, 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION' || ${gpu} || '0 ${from}' AS line
      FROM (SELECT DISTINCT gpu FROM gpu_sample)
    UNION ALL SELECT ${from}, name || ${engine} || '0 ${from}'
      FROM (SELECT DISTINCT node FROM engine_sample), (SELECT unnest(['vllm:prompt_tokens_total', 'vllm:generation_tokens_total']) AS name)`;
  return `SELECT line FROM (${[...(day === 0 ? [first] : []), ...all].join(' UNION ALL ')}
    UNION ALL SELECT ${from + 86_401}, '# EOF') ORDER BY seconds_at`;
}

import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configSchema } from '#backend/config.ts';
import { createBackend } from '#backend/create-backend.ts';
import { systemClock } from '#backend/clock.ts';
import { ENGINE_FAMILY, GPU_FAMILY, LATENCY_FAMILY } from '#backend/store/duckdb/rows.ts';
import type { FactBatch } from '#backend/store/store.ts';
import type { Answers } from '#shared/contract/backend-api.ts';
import { dispatch } from '#shared/contract/dispatch.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import type { BenchRow } from './bench-row.ts';
import { fleetOf, FLEET_START, GPUS_PER_NODE, openStore } from './query-fleet.ts';

const DAYS = 20;
const MINUTES = DAYS * 1440;
const WINDOW = { from: FLEET_START, to: epochMs(FLEET_START + MINUTES * 60_000) };
const MILLISECONDS_MAX = 1000;
const RUNS = 3;

/**
 * What software updates saved, where each node of a fleet serves a model of its own that was updated once: as many changes as
 * nodes. The first answer of a backend reads and judges all of them; later ones know what was judged.
 */
export async function benchUpdates(gpus = 80): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-bench-'));
  try {
    await writeMinutes(`${folder}/facts.duckdb`, gpus);
    const first: number[] = [];
    const again: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const [cold, warm] = await timesIn(folder, gpus / GPUS_PER_NODE);
      first.push(cold);
      again.push(warm);
    }
    const name = `updates of ${DAYS} days, ${gpus} GPUs, ${gpus / GPUS_PER_NODE} changes`;
    return [rowOf(`${name}, first`, first), rowOf(`${name}, again`, again)];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Milliseconds of the first and of the second answer of a backend that has just opened the file. */
async function timesIn(dataFolder: string, changes: number): Promise<readonly [number, number]> {
  const made = await createBackend({
    host: 'server',
    dataFolder,
    config: configSchema.parse({}),
    polls: false,
    clock: { ...systemClock, now: () => WINDOW.to },
    startSampleFleet: () => Promise.reject(new Error('nothing is polled')),
  });
  if (!made.ok) throw new Error(made.failure.message);
  const time = async (): Promise<number> => {
    const start = performance.now();
    const answer = await dispatch(made.value.api, 'updates', { window: WINDOW });
    if (!answer.ok) throw new Error(answer.failure.message);
    const found = (answer.value as Answers['updates']).changes.length;
    if (found !== changes) throw new Error(`${found} changes were found, and there are ${changes}`);
    return performance.now() - start;
  };
  const times = [await time(), await time()] as const;
  await made.value.stop();
  return times;
}

function rowOf(name: string, times: readonly number[]): BenchRow {
  const milliseconds = times.toSorted((one, other) => one - other)[times.length >> 1] ?? Number.NaN;
  return {
    name,
    ours: `${milliseconds.toFixed(1)} ms`,
    reference: '',
    ratio: '',
    target: `< ${MILLISECONDS_MAX} ms`,
    met: milliseconds < MILLISECONDS_MAX,
  };
}

/** Updates come one after another, 10 to 15 hours apart, half way through. */
function changeOf(node: number): number {
  return MINUTES / 2 + (node % 16) * 600 + node;
}

/** A fleet whose engines each serve a model of their own, and were all updated. Spans after updates follow those before. */
function updatedFleet(gpus: number): FactBatch {
  const fleet = fleetOf(gpus);
  const changedAt = (node: number): EpochMs => plusSeconds(FLEET_START, changeOf(node) * 60);
  const before = fleet.engineSpans.map((span, node) => ({ ...span, model: `model-${node}`, until: changedAt(node) }));
  const after = before.map((span, node) => ({
    ...span,
    key: `${span.key}-new`,
    version: '0.9.2',
    since: changedAt(node),
    until: null,
  }));
  const engineSpans = [...before, ...after];
  const placements = engineSpans.map(({ key }) => {
    return { key: `on ${key}`, rule: 'node', members: [{ engineSpan: key, share: 1 }] } as const;
  });
  return { ...fleet, engineSpans, placements };
}

/** Minutes and hours of the fleet: load follows the time of day, and an update makes each token cheaper by a tenth. */
async function writeMinutes(path: string, gpus: number): Promise<void> {
  const store = await openStore(path);
  const appended = await store.append(updatedFleet(gpus));
  if (!appended.ok) throw new Error(appended.failure.message);
  await store.close();
  const nodes = gpus / GPUS_PER_NODE;
  const instance = await DuckDBInstance.create(path, { threads: '2', memory_limit: '4GB' });
  const connection = await instance.connect();
  const start = `make_timestamp(${WINDOW.from}000 + k * 60000000)`;
  const isAfter = `(k >= ${MINUTES / 2} + (n % 16) * 600 + n)`;
  const span = `n + 1 + CASE WHEN ${isAfter} THEN ${nodes} ELSE 0 END`;
  await connection.run(`CREATE TEMP TABLE moment AS SELECT k, n, ${span} AS span, ${start} AS ts,
      10 + 8 * sin(k * pi() / 720) + hash(k * 7919 + n) % 100 / 100 AS running,
      CASE WHEN ${isAfter} THEN 1 / 0.9 ELSE 1 END AS faster
    FROM range(${MINUTES}) a(k), range(${nodes}) b(n)`);
  await connection.run(`INSERT INTO gpu_minute (ts, seconds, seat_id, placement_id, state_id, observed_seconds,
      bridged_seconds, energy_joules, energy_integrated_joules, energy_seconds, power_limit_watt_seconds)
    SELECT ts, 60, n * ${GPUS_PER_NODE} + g + 1, span, state.id, 60, 0, 60 * (250 + 20 * running), 0, 60, 60 * 700
    FROM moment, range(${GPUS_PER_NODE}) c(g), gpu_state state WHERE state.name = 'serving' ORDER BY ts, 3`);
  await connection.run(`INSERT INTO engine_minute (ts, seconds, engine_span_id, observed_seconds, bridged_seconds,
      input_tokens, cached_tokens, output_tokens, requests_stopped, requests_length, restarts, running_request_seconds)
    SELECT ts, 60, span, 60, 0, floor(9000 * running * faster), floor(3000 * running * faster),
      floor(3000 * running * faster), floor(10 * running * faster), 0, 0, 60 * running FROM moment ORDER BY ts, span`);
  await connection.run(`INSERT INTO latency_minute (ts, seconds, engine_span_id, measure_id, upper_bound_seconds, count)
    SELECT ts, 60, span, measure.id, bound, floor(running * bound * 10)
    FROM moment, latency_measure measure, (VALUES (0.1), (0.25), (0.5), (1.0), (2.5)) bins(bound)
    WHERE measure.name IN ('ttft', 'interToken', 'endToEnd') ORDER BY ts, span`);
  for (const { name, keys, measures } of [GPU_FAMILY, ENGINE_FAMILY, LATENCY_FAMILY]) {
    const sums = measures.map(({ column }) => `sum(${column}) AS ${column}`);
    await connection.run(`INSERT INTO ${name}_hour BY NAME
      SELECT date_trunc('hour', ts) AS ts, 3600 AS seconds, ${[...keys, ...sums].join(', ')}
      FROM ${name}_minute GROUP BY ALL ORDER BY ALL`);
  }
  await connection.run(`UPDATE tier SET kept_from_ms = ${WINDOW.to} WHERE name = 'raw'`);
  await connection.run(`UPDATE tier SET rolled_until_ms = ${WINDOW.to} WHERE name IN ('minute', 'hour')`);
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
}

if (import.meta.main) console.table(await benchUpdates(Number(process.argv[2] ?? 80)));

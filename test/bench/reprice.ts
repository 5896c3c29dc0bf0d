import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configSchema } from '#backend/config.ts';
import { createBackend } from '#backend/create-backend.ts';
import { systemClock } from '#backend/clock.ts';
import type { BackendApi } from '#shared/contract/backend-api.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import { dispatch } from '#shared/contract/dispatch.ts';
import { ENERGY_DEFAULTS, HARDWARE_DEFAULTS, REVISION_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { BenchRow } from './bench-row.ts';
import { fleetOf, FLEET_START, openStore } from './query-fleet.ts';

const DAYS = 90;
const HOURS = DAYS * 24;
const WINDOW = { from: FLEET_START, to: epochMs(FLEET_START + HOURS * 3_600_000) };
const MILLISECONDS_MAX = 300;
const RUNS = 5;

/**
 * Reprices 90 days of a fleet under a tariff by hour with a demand charge, as a user of the contract does: the book is
 * saved with another tariff before each run, and what is timed is the question for the fleet's cost. Facts lie in the hour
 * tables alone, as after the retention of finer ones.
 */
export async function benchReprice(gpus = 1024): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-bench-'));
  try {
    await writeHours(`${folder}/facts.duckdb`, gpus);
    const made = await createBackend({
      host: 'server',
      dataFolder: folder,
      config: configSchema.parse({}),
      polls: false,
      clock: { ...systemClock, now: () => WINDOW.to },
      startSampleFleet: () => Promise.reject(new Error('nothing is polled')),
    });
    if (!made.ok) throw new Error(made.failure.message);
    const rows: BenchRow[] = [];
    for (const [words, books] of Object.entries(BOOKS)) {
      rows.push(
        rowOf(
          `reprice ${DAYS} days of ${gpus.toLocaleString('en')} GPUs, ${words}`,
          await timesOf(made.value.api, books),
        ),
      );
    }
    await made.value.stop();
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Book = (run: number) => CostBook;

export function bookOf(energy: object): CostBook {
  const provenance = { quality: 'entered', note: 'benchmark', asOf: null } as const;
  const terms = { kind: 'rented', usdPerGpuHour: 2.5, includesEnergy: false, commitment: null } as const;
  const base = { ...ENERGY_DEFAULTS, usdPerKilowattHour: 0.07, pue: 1.25, nodeOverhead: 1.3, provenance };
  return {
    revisions: [
      {
        ...REVISION_DEFAULTS,
        from: epochMs(0),
        hardware: [{ ...HARDWARE_DEFAULTS, sku: '*', terms, provenance }],
        energy: { ...base, ...energy },
        weights: { input: 1, cached: 0.1, output: 5 },
      },
    ],
  };
}

export function byHour(run: number, zone: string): object {
  const hours = [14, 15, 16, 17, 18, 19, 20];
  const peak = { name: 'on-peak', months: [], weekdays: [1, 2, 3, 4, 5], hours, usdPerKilowattHour: 0.14 + run / 1000 };
  return { zone, periods: [peak], demandUsdPerKilowattMonth: 12 + run };
}

const BOOKS: Readonly<Record<string, Book>> = {
  'one price at all hours': (run) => bookOf({ usdPerKilowattHour: 0.07 + run / 1000 }),
  'by hour, with a demand charge': (run) => bookOf(byHour(run, 'America/Chicago')),
};

async function timesOf(api: BackendApi, book: Book): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const saved = await dispatch(api, 'saveCostBook', book(run));
    if (!saved.ok) throw new Error(saved.failure.message);
    const start = performance.now();
    const answer = await dispatch(api, 'figure', { name: 'cost-per-million-tokens', window: WINDOW });
    // The first run opens the tables.
    if (run > 0) times.push(performance.now() - start);
    if (!answer.ok) throw new Error(answer.failure.message);
  }
  return times.toSorted((one, other) => one - other)[times.length >> 1] ?? Number.NaN;
}

function rowOf(name: string, milliseconds: number): BenchRow {
  return {
    name,
    ours: `${milliseconds.toFixed(1)} ms`,
    reference: '',
    ratio: '',
    target: `< ${MILLISECONDS_MAX} ms`,
    met: milliseconds < MILLISECONDS_MAX,
  };
}

/** Hours of the fleet of the other lines: engines that follow the time of day, and an eighth of the GPUs idle by turns. */
export async function writeHours(path: string, gpus: number): Promise<void> {
  const store = await openStore(path);
  const appended = await store.append(fleetOf(gpus));
  if (!appended.ok) throw new Error(appended.failure.message);
  await store.close();
  const instance = await DuckDBInstance.create(path, { threads: '2', memory_limit: '4GB' });
  const connection = await instance.connect();
  const start = `make_timestamp(${WINDOW.from}000 + h * 3600000000)`;
  await connection.run(`INSERT INTO gpu_hour (ts, seconds, seat_id, placement_id, state_id, observed_seconds,
      bridged_seconds, energy_joules, energy_integrated_joules, energy_seconds)
    SELECT ${start}, 3600, g + 1, g // 8 + 1, state.id, 3600 * share, 0,
      3600 * share * (CASE name WHEN 'serving' THEN 450 + 150 * sin(h * pi() / 12) ELSE 80 END + hash(h * 7919 + g) % 50), 0,
      3600 * share
    FROM range(${HOURS}) a(h), range(${gpus}) b(g),
      (VALUES ('serving', 0.75), ('loaded-idle', 0.25)) part(name, share) JOIN gpu_state state USING (name)
    WHERE name = 'serving' OR g // 8 % 8 = 7 ORDER BY h, g`);
  await connection.run(`INSERT INTO engine_hour (ts, seconds, engine_span_id, observed_seconds, bridged_seconds, input_tokens,
      cached_tokens, output_tokens, restarts)
    SELECT ${start}, 3600, n + 1, 3600, 0, 3e6 + hash(h + n) % 100000, 1e6, 1e6 + hash(h * n) % 100000, 0
    FROM range(${HOURS}) a(h), range(${gpus / 8}) b(n) ORDER BY h, n`);
  for (const tier of ['raw', 'minute'])
    await connection.run(`UPDATE tier SET kept_from_ms = ${WINDOW.to} WHERE name = '${tier}'`);
  await connection.run(`UPDATE tier SET rolled_until_ms = ${WINDOW.to} WHERE name IN ('minute', 'hour')`);
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
}

if (import.meta.main) console.table(await benchReprice());

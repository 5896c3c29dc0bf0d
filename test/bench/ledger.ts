import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ledgerOf } from '#backend/reports/ledger/charge-ledger.ts';
import { monthAt } from '#shared/time/zone-clock.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { BenchRow } from './bench-row.ts';
import { FLEET_START, openStore } from './query-fleet.ts';
import { bookOf, byHour, writeHours } from './reprice.ts';

const ZONE = 'Europe/Berlin';
const MONTH = monthAt(epochMs(FLEET_START + 40 * 86_400_000), ZONE);
const RUNS = 3;
const MILLISECONDS_MAX = 3000;

/** The ledger of a month of a fleet from its hour tables, under a tariff by hour with a demand charge. */
export async function benchLedger(gpus = 1024): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-bench-'));
  try {
    const path = `${folder}/facts.duckdb`;
    await writeHours(path, gpus);
    const store = await openStore(path);
    const ask = { asked: MONTH, window: MONTH, zone: ZONE };
    const times: number[] = [];
    let rows = 0;
    for (let run = 0; run <= RUNS; run += 1) {
      const start = performance.now();
      rows = (await ledgerOf(store, bookOf(byHour(run, 'America/Chicago')), ask)).rows.length;
      if (run > 0) times.push(performance.now() - start);
    }
    await store.close();
    const milliseconds = times.toSorted((one, other) => one - other)[times.length >> 1] ?? Number.NaN;
    return [
      {
        name: `ledger of a month of ${gpus.toLocaleString('en')} GPUs, ${rows.toLocaleString('en')} rows`,
        ours: `${milliseconds.toFixed(0)} ms`,
        reference: '',
        ratio: '',
        target: `< ${MILLISECONDS_MAX} ms`,
        met: milliseconds < MILLISECONDS_MAX,
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (import.meta.main) console.table(await benchLedger());

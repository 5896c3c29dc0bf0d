import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#backend/clock.ts';
import { createBackend } from '#backend/create-backend.ts';
import { startServer } from '#electron/hosts/server/start-server.ts';
import { startSampleFleet } from '#electron/sample-fleet/server.ts';
import { SAMPLE_COST_BOOK } from '#shared/cost/sample-cost-book.ts';
import { budgetsSchema } from '#shared/contract/alerts-schema.ts';
import { plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { storeOfPast } from './world-past.ts';

export type ServedFleet = { readonly url: string; stop(): Promise<void> };

/** Some nodes of the sample fleet with days of past behind them, stored and served: nothing is polled, and the clock stands. */
export async function serveSmallFleet(of: {
  readonly nodes: readonly string[];
  readonly days: number;
  readonly now: EpochMs;
  readonly rendererFolder: string;
}): Promise<ServedFleet> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'tokenwatt-small-fleet-'));
  const fleet = await startSampleFleet({ anchor: of.now, now: () => of.now, nodes: of.nodes });
  const window = { from: plusSeconds(of.now, -of.days * 86_400), to: of.now };
  const store = await storeOfPast(`${fleet.url}/prometheus`, window, join(dataFolder, 'facts.duckdb'));
  await store.saveCostBook(SAMPLE_COST_BOOK);
  await store.close();
  await fleet.close();
  const made = await createBackend({
    host: 'server',
    dataFolder,
    polls: false,
    clock: { ...systemClock, now: () => of.now },
    startSampleFleet: () => Promise.reject(new Error('this fleet is stored')),
  });
  if (!made.ok) throw new Error(made.failure.message);
  const backend = made.value;
  const budget = { id: 'fleet', name: 'Fleet', usdPerMonth: 30_000 };
  const saved = await backend.api.saveBudgets(budgetsSchema.parse({ budgets: [budget] }));
  if (!saved.ok) throw new Error(saved.failure.message);
  const kept = await backend.api.saveSnapshot({
    window: { from: plusSeconds(of.now, -86_400), to: of.now },
    grain: 'hour',
    hasPseudonyms: false,
    name: 'day.twsnap',
  });
  if (!kept.ok) throw new Error(kept.failure.message);
  const started = await startServer({ backend, port: 0, host: '127.0.0.1', rendererFolder: of.rendererFolder });
  if (!started.ok) throw new Error(started.failure.message);
  return {
    url: started.value.url,
    stop: async () => {
      await started.value.stop();
      await backend.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { configSchema } from '#backend/config.ts';
import { createBackend, type Backend } from '#backend/create-backend.ts';
import { startCountingExporter, type CountingExporter, type Reading } from './counting-exporter.ts';
import { answerOf } from './serve-backend.ts';
import { readStoredFacts, type StoredFact } from './stored-facts.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

it('I3 loses no counter and counts none twice while sources are added, renamed, paused and taken away', async () => {
  const exporter = await startCountingExporter(21);
  const { backend, dataFolder } = await startWith(exporter);
  const { api } = backend;
  const change = (input: Omit<Parameters<typeof api.changeSource>[0], never>) => answerOf(api.changeSource(input));

  await exporter.asked(2);
  await change({ name: 'engine 1', newName: 'renamed' });
  await exporter.asked(1);
  await change({ name: 'renamed', isPaused: true });
  // Paused is not asked: only the others are waited for.
  const asked = exporter.readings(exporter.engines[1]!).length;
  await readingsOf(exporter, exporter.engines[0]!, 3);
  expect(exporter.readings(exporter.engines[1]!)).toHaveLength(asked);
  expect((await answerOf(api.sourceHealth({}))).find(({ name }) => name === 'renamed')).toMatchObject({
    state: 'paused',
  });
  await change({ name: 'renamed', isPaused: false });
  await exporter.asked(1);
  // The same target once more under another name: two routes to one thing.
  const draft = { access: null, matchers: [], backfillHours: null, secrets: {} };
  const twin = await answerOf(api.connectSource({ ...draft, address: exporter.targets[0]!.url, name: 'twin' }));
  await exporter.asked(2);
  expect(await answerOf(api.removeSource(twin))).toEqual({ removed: true });
  await exporter.asked(1);
  exporter.freeze();
  await exporter.asked(2);
  await backend.stop();
  await exporter.close();

  const stored = await readStoredFacts(join(dataFolder, 'facts.duckdb'));
  for (const gpu of exporter.gpus) {
    const joules = total(stored.gpus.get(gpu), 'energy_joules');
    expect(joules).toBeCloseTo(changeOf(exporter.readings(gpu), 'energyMillijoules') / 1000, 6);
  }
  for (const engine of exporter.engines) {
    const tokens = total(stored.engines.get(engine), 'output_tokens');
    expect(tokens).toBe(changeOf(exporter.readings(engine), 'outputTokens'));
  }
  // What was paused was not watched meanwhile, and its tokens are on the gap.
  expect(total(stored.engines.get(exporter.engines[1]!), 'bridged_seconds')).toBeGreaterThan(1);
}, 60_000);

async function startWith(
  exporter: CountingExporter,
): Promise<{ readonly backend: Backend; readonly dataFolder: string }> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'tokenwatt-reconfigure-'));
  folders.push(dataFolder);
  const names = ['GPUs', 'engine 0', 'engine 1'];
  const sources = exporter.targets.map((target, at) => ({ kind: 'scrape', name: names[at], targets: [target] }));
  const made = await createBackend({
    host: 'server',
    dataFolder,
    config: configSchema.parse({ pollSeconds: 1, sources }),
    startSampleFleet: () => Promise.reject(new Error('this backend has sources of its own')),
  });
  if (!made.ok) throw new Error(made.failure.message);
  return { backend: made.value, dataFolder };
}

/** Resolves when a thing was read so many more times. */
async function readingsOf(exporter: CountingExporter, thing: string, times: number): Promise<void> {
  const least = exporter.readings(thing).length + times;
  await expect.poll(() => exporter.readings(thing).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(least);
}

function changeOf(readings: readonly Reading[], counter: string): number {
  return (readings.at(-1)?.counters[counter] ?? 0) - (readings[0]?.counters[counter] ?? 0);
}

function total(facts: readonly StoredFact[] | undefined, column: string): number {
  return (facts ?? []).reduce((sum, fact) => sum + (fact.columns[column] ?? 0), 0);
}

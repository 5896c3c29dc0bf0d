import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { createRandom } from '../backend/store/store-facts.ts';
import { HISTOGRAMS, startCountingExporter, type CountingExporter, type Reading } from './counting-exporter.ts';
import { readStoredFacts, type StoredFact, type StoredFacts } from './stored-facts.ts';

const KILLS = 20;
const MINUTE_MICROS = 60e6;

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

it(`loses no counter and counts none twice over ${KILLS} kills of the process`, { timeout: 300_000 }, async () => {
  const exporter = await startCountingExporter(11);
  const dataFolder = await newDataFolder(exporter);
  const random = createRandom(5);

  // The very first readings are where counting begins, and must be on disk before anything may be lost.
  await killedAfter(dataFolder, () => exporter.asked(2));
  for (let kill = 1; kill < KILLS; kill += 1) {
    const delayMs = random.below(1500);
    const moments = [
      () => wait(delayMs),
      () => exporter.asked(1).then(() => wait(delayMs)),
      () => written(dataFolder, 1 + random.below(4)),
    ];
    await killedAfter(dataFolder, moments[kill % moments.length]!);
  }
  exporter.freeze();
  await stoppedAfter(dataFolder, () => exporter.asked(3));
  await exporter.close();

  const stored = await readStoredFacts(join(dataFolder, 'facts.duckdb'));
  const changeOf = (thing: string): Record<string, number> => {
    const readings = exporter.readings(thing);
    return difference(readings.at(-1)!, readings[0]!);
  };
  expectSums(stored, exporter, changeOf);
  for (const thing of [...exporter.gpus, ...exporter.engines]) {
    const facts = stored.gpus.get(thing) ?? stored.engines.get(thing) ?? [];
    expectTiled(facts);
    expectReadingsKept(facts, exporter.readings(thing), KILLS);
  }
});

it('counts from zero what an engine counted that restarted while the backend was dead', async () => {
  const exporter = await startCountingExporter(12);
  const dataFolder = await newDataFolder(exporter);
  const [restarted = ''] = exporter.engines;

  await killedAfter(dataFolder, async () => {
    await exporter.asked(3);
    // What the old process counts unseen before it ends is lost to everybody: here it counts nothing more.
    exporter.freeze();
    await exporter.asked(3);
  });
  const before = difference(exporter.readings(restarted).at(-1)!, exporter.readings(restarted)[0]!);
  exporter.restart(restarted);
  exporter.thaw();
  await stoppedAfter(dataFolder, async () => {
    await exporter.asked(3);
    exporter.freeze();
    await exporter.asked(3);
  });
  await exporter.close();

  const stored = await readStoredFacts(join(dataFolder, 'facts.duckdb'));
  expectSums(stored, exporter, (thing) => {
    const readings = exporter.readings(thing);
    const last = readings.at(-1)!;
    if (thing !== restarted) return difference(last, readings[0]!);
    return Object.fromEntries(Object.entries(last.counters).map(([name, value]) => [name, value + before[name]!]));
  });
  const restarts = stored.engines.get(restarted)!.map((fact) => fact.columns['restarts'] ?? 0);
  expect(restarts.reduce((one, other) => one + other)).toBe(1);
  for (const thing of exporter.engines) expectTiled(stored.engines.get(thing) ?? []);
});

async function newDataFolder(exporter: CountingExporter): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-kill-'));
  folders.push(folder);
  const sources = [{ kind: 'scrape', name: 'lab', targets: exporter.targets }];
  await writeFile(join(folder, 'config.json'), JSON.stringify({ pollSeconds: 1, sources }));
  return folder;
}

function startBackend(dataFolder: string): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, 'backend-process.ts'), dataFolder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function killedAfter(dataFolder: string, moment: () => Promise<unknown>): Promise<void> {
  const child = startBackend(dataFolder);
  const closed = once(child, 'close');
  await Promise.race([moment(), closed]);
  // One that ended by itself could not open its store.
  expect(child.exitCode).toBeNull();
  child.kill('SIGKILL');
  await closed;
}

async function stoppedAfter(dataFolder: string, moment: () => Promise<unknown>): Promise<void> {
  const child = startBackend(dataFolder);
  const closed = once(child, 'close');
  await Promise.race([moment(), closed]);
  child.kill('SIGTERM');
  await closed;
  expect(child.exitCode).toBe(0);
}

/** Resolves in the middle of writing: at the given change of the store's log. */
async function written(dataFolder: string, changes: number): Promise<void> {
  const watcher = watch(dataFolder);
  let left = changes;
  await new Promise<void>((resolve) => {
    watcher.on('change', (_, name) => {
      if (name === 'facts.duckdb.wal' && --left === 0) resolve();
    });
  });
  watcher.close();
}

function difference(last: Reading, first: Reading): Record<string, number> {
  return Object.fromEntries(
    Object.entries(last.counters).map(([name, value]) => [name, value - first.counters[name]!]),
  );
}

const COLUMNS: Readonly<Record<string, string>> = {
  inputTokens: 'input_tokens',
  cachedTokens: 'cached_tokens',
  outputTokens: 'output_tokens',
  requestsStopped: 'requests_stopped',
  requestsLength: 'requests_length',
  preemptions: 'preemptions',
  'ttft.count': 'ttft_count',
  'interToken.count': 'inter_token_count',
  'endToEnd.count': 'end_to_end_count',
};

/** Whole counts are equal to the last; sums of fractions to 1e-9. */
function expectSums(
  stored: StoredFacts,
  exporter: CountingExporter,
  changeOf: (thing: string) => Record<string, number>,
): void {
  for (const gpu of exporter.gpus) {
    const joules = total(stored.gpus.get(gpu), 'energy_joules');
    expect(Math.abs(joules / (changeOf(gpu)['energyMillijoules']! / 1000) - 1)).toBeLessThan(1e-9);
  }
  for (const engine of exporter.engines) {
    const change = changeOf(engine);
    const facts = stored.engines.get(engine);
    const counted = Object.entries(COLUMNS).map(([name, column]) => [name, total(facts, column)]);
    expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(counted.map(([name]) => [name, change[name!]])));
    for (const [measure, column] of [
      ['ttft', 'ttft_seconds'],
      ['interToken', 'inter_token_seconds'],
      ['endToEnd', 'end_to_end_seconds'],
    ] as const) {
      expect(Math.abs(total(facts, column) / change[`${measure}.sum`]! - 1)).toBeLessThan(1e-9);
    }
    expect(cumulative(stored.bins.get(engine)!)).toEqual(
      Object.fromEntries(Object.entries(change).filter(([name]) => name.includes('.le.'))),
    );
  }
}

/** Stored bins as the cumulative buckets that an engine reports. */
function cumulative(bins: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.keys(HISTOGRAMS).flatMap((measure) => {
      let below = 0;
      return ['0.05', '0.25', '1.0', '+Inf'].map((bound) => {
        below += bins.get(`${measure}.le.${bound === '+Inf' ? 'inf' : bound}`) ?? 0;
        return [`${measure}.le.${bound}`, below];
      });
    }),
  );
}

/** Facts of one thing follow one another without a gap or overlap, each wholly observed or wholly bridged. */
function expectTiled(facts: readonly StoredFact[]): void {
  expect(facts.length).toBeGreaterThan(0);
  expect(facts.slice(1).map((fact) => fact.startMicros)).toEqual(facts.slice(0, -1).map((fact) => fact.endMicros));
  for (const { columns, startMicros, endMicros } of facts) {
    const known = (columns['observed_seconds'] ?? 0) + (columns['bridged_seconds'] ?? 0);
    expect(known).toBeCloseTo((endMicros - startMicros) / 1e6, 9);
  }
}

/**
 * Every reading that was told ends a fact, save at most the last one before each kill: what was not yet on disk. So no
 * kill costs more than one interval of gauges. Readings are found again by their level, which no two share.
 */
function expectReadingsKept(facts: readonly StoredFact[], readings: readonly Reading[], kills: number): void {
  const isGpu = 'energyMillijoules' in readings[0]!.counters;
  const [counter, column, scale] = isGpu
    ? ['energyMillijoules', 'energy_joules', 1000]
    : ['outputTokens', 'output_tokens', 1];
  const levelOf = (reading: Reading): number => reading.counters[counter]!;
  const first = levelOf(readings[0]!);
  let level = first;
  const edges = facts.map((fact) => {
    level += (fact.columns[column] ?? 0) * scale;
    return { level: Math.round(level), isMinute: fact.endMicros % MINUTE_MICROS === 0 };
  });
  const told = new Set(readings.map(levelOf));
  expect(edges.filter((edge) => !edge.isMinute && !told.has(edge.level))).toEqual([]);
  const kept = new Set([first, ...edges.map((edge) => edge.level)]);
  expect([...told].filter((value) => !kept.has(value)).length).toBeLessThanOrEqual(kills);
}

function total(facts: readonly StoredFact[] | undefined, column: string): number {
  return (facts ?? []).reduce((sum, fact) => sum + (fact.columns[column] ?? 0), 0);
}

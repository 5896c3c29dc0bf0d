import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#backend/clock.ts';
import { configSchema } from '#backend/config.ts';
import { createAnswerContext, createApi } from '#backend/create-api.ts';
import type { Backend } from '#backend/create-backend.ts';
import { createMemorySecrets } from '#backend/secrets/memory-secrets.ts';
import type { Store } from '#backend/store/store.ts';
import { startReportWork } from '#backend/report-work.ts';
import { scrapeTargetsOf } from '#electron/sample-fleet/exporters/scrape-targets.ts';
import { startSampleFleet, type SampleFleet } from '#electron/sample-fleet/server.ts';
import { truthOf } from '#electron/sample-fleet/world/truth.ts';
import { createWorld } from '#electron/sample-fleet/world/world.ts';
import type { BackendApi } from '#shared/contract/backend-api.ts';
import { fail, succeed } from '#shared/lib/result.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { machineHas } from '../machine-has.ts';
import { storeOf, textsOver, writeOpenMetrics } from './hour-of-texts.ts';
import { BOOK_REVISION, increase, interpolatedRise, promqlCost } from './promql-cost.ts';
import { startPrometheus, startVictoriaMetrics, type RealPrometheus } from './real-prometheus.ts';
import { answerOf, startBackend } from './serve-backend.ts';

const prometheus = machineHas('prometheus');
const promtool = machineHas('promtool');
const victoriaMetrics = machineHas('victoria-metrics');

/** What every figure has to agree within. */
const TOLERANCE = 0.01;

const HOUR_MS = 3_600_000;
const BY = { fleet: '', node: 'node', model: 'model_name' } as const;
type Dimension = keyof typeof BY;

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

describe.skipIf(prometheus === null)('a minute read live from a real Prometheus (program: prometheus)', () => {
  const POLL_SECONDS = 2;
  const WATCHED_SECONDS = 60;
  let fleet: SampleFleet;
  let server: RealPrometheus;
  let throughServer: Backend;
  let direct: Backend;
  let window: TimeRange;

  beforeAll(async () => {
    // Told from 20 minutes ago, so that the hourly restart, at seven minutes past, does not fall into the minute.
    const now = (): EpochMs => epochMs(Date.now());
    fleet = await startSampleFleet({ now, anchor: epochMs(now() - HOUR_MS / 3), meters: false });
    server = await startPrometheus(prometheus!, await newFolder(), liveConfiguration(`${fleet.url}/sd`));
    const sources = [{ kind: 'prometheus', name: 'server', url: server.url, backfillHours: 0 }] as const;
    throughServer = await pricedBackend({ pollSeconds: POLL_SECONDS, sources: [...sources] });
    const discovery = [{ kind: 'discovery', name: 'exporters', url: `${fleet.url}/sd` }] as const;
    direct = await pricedBackend({ pollSeconds: POLL_SECONDS, sources: [...discovery] });
    const gpus = fleet.world.nodes.flatMap((node) => node.gpus).length - 1; // One has fallen off the bus.
    await Promise.all([allHeard(throughServer.api, gpus), allHeard(direct.api, gpus)]);
    const from = now();
    await wait(WATCHED_SECONDS * 1000);
    window = { from, to: epochMs(from + WATCHED_SECONDS * 1000) };
    // A scrape of the server and a poll of ours later, both have facts up to the end.
    await Promise.all([throughServer, direct].map(({ api }) => heardUntil(api, window.to)));
  }, 150_000);

  afterAll(async () => {
    await Promise.all([throughServer?.stop(), direct?.stop()]);
    await server?.stop();
    await fleet?.close();
  });

  it.for(['fleet', 'model', 'node'] as const)(
    'costs the same per million tokens as direct scrapes and PromQL say, by %s',
    async (by, { annotate }) => {
      const [one, other, promql] = [
        await costsBy(throughServer.api, window, by),
        await costsBy(direct.api, window, by),
        await server.query(
          promqlCost(BOOK_REVISION, { seconds: WATCHED_SECONDS, rise: interpolatedRise }, BY[by]),
          window.to,
          BY[by],
        ),
      ];
      await expectEqual({ server: one, direct: other, promql }, annotate);
    },
  );
});

/** Servers that hold an hour of texts: each takes them in its own way, and is asked in the same one. */
const SERVERS = [
  {
    name: 'Prometheus (programs: prometheus, promtool)',
    isThere: prometheus !== null && promtool !== null,
    start: async (folder: string, texts: string) => {
      const blocks = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', texts, join(folder, 'data')];
      await promisify(execFile)(promtool!, blocks);
      return await startPrometheus(prometheus!, folder, 'global: {}\n');
    },
  },
  {
    name: 'VictoriaMetrics (program: victoria-metrics)',
    isThere: victoriaMetrics !== null,
    start: (folder: string, texts: string) => startVictoriaMetrics(victoriaMetrics!, folder, texts),
  },
] as const;

for (const { name, isThere, start } of SERVERS) {
  describe.skipIf(!isThere)(`an hour of texts, with an engine restart in it, backfilled from a real ${name}`, () => {
    const GRID_SECONDS = 15;
    const NODES = new Set(['dal-b200-05', 'dal-b200-07', 'dal-h100-01', 'ash-nvl72-01-t11']);
    const world = createWorld({ seed: 7, anchor: epochMs(Math.floor(Date.now() / HOUR_MS) * HOUR_MS) });
    // Around the restart of a gpt-oss-120b engine on dal-b200-05, nine hours before the anchor.
    const window = { from: epochMs(world.anchor - 9.5 * HOUR_MS), to: epochMs(world.anchor - 8.5 * HOUR_MS) };
    const targets = scrapeTargetsOf(world, { meters: false }).filter((target) =>
      NODES.has(target.labels['node'] ?? ''),
    );
    let server: RealPrometheus;
    let backfilled: Backend;
    let direct: BackendApi;

    beforeAll(async () => {
      const folder = await newFolder();
      const texts = join(folder, 'hour.om');
      await writeOpenMetrics(texts, textsOver(targets, window, GRID_SECONDS));
      server = await start(folder, texts);
      backfilled = await pricedBackend({
        pollSeconds: GRID_SECONDS,
        sources: [{ kind: 'prometheus', name: 'past', url: server.url, use: 'history', backfillHours: 12 }],
      });
      direct = apiOver(await storeOf(textsOver(targets, window, GRID_SECONDS), GRID_SECONDS), GRID_SECONDS);
      const isRead = async (): Promise<void> => {
        const [health] = await answerOf(backfilled.api.sourceHealth({}));
        // The server holds one hour of the twelve that are asked for, and that is said.
        const message = expect.stringMatching(/^History read/);
        expect(health?.backfill).toMatchObject({ state: 'done', doneShare: 1, message });
      };
      await vi.waitFor(isRead, { timeout: 60_000, interval: 100 });
    }, 150_000);

    afterAll(async () => {
      await backfilled?.stop();
      await server?.stop();
    });

    it.for(['fleet', 'model', 'node'] as const)(
      'costs the same per million tokens as the texts read directly and PromQL say, by %s',
      async (by, { annotate }) => {
        const seconds = (window.to - window.from) / 1000;
        const [one, other, promql] = [
          await costsBy(backfilled.api, window, by),
          await costsBy(direct, window, by),
          await server.query(promqlCost(BOOK_REVISION, { seconds, rise: increase }, BY[by]), window.to, BY[by]),
        ];
        await expectEqual({ backfilled: one, direct: other, promql }, annotate);
      },
    );

    it('counts the tokens and joules that the world knows it made', async ({ annotate }) => {
      const truth = truthOf(world, window.from, window.to);
      const nodes = world.nodes.filter((node) => NODES.has(node.name));
      // The figure is energy at the meter: what the boards took, with node overhead and PUE.
      const { nodeOverhead, pue } = BOOK_REVISION.energy;
      const gpus = nodes.flatMap((node) => node.gpus.map((gpu) => truth.joulesByGpu.get(gpu.uuid)!));
      const engines = nodes.flatMap((node) => node.engines.map((engine) => truth.tokensByPod.get(engine.pod)!));
      const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
      const known = new Map([
        ['tokens', total(engines.map(({ input, output }) => input + output))],
        ['output tokens', total(engines.map(({ output }) => output))],
        ['joules', total(gpus) * nodeOverhead * pue],
      ]);
      await expectEqual(
        { world: known, backfilled: await totalsOf(backfilled.api, window), direct: await totalsOf(direct, window) },
        annotate,
      );
    });

    it('marks the restart in it once', async () => {
      const events = await answerOf(backfilled.api.events({ window }));
      expect(events.map(({ kind, node }) => ({ kind, node }))).toEqual([
        { kind: 'engine-restarted', node: 'dal-b200-05' },
      ]);
    });
  });
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-prometheus-'));
  folders.push(folder);
  return folder;
}

function liveConfiguration(discoveryUrl: string): string {
  return `global: { scrape_interval: 2s, scrape_timeout: 2s }
scrape_configs:
  - job_name: sample-fleet
    honor_labels: true
    http_sd_configs: [{ url: '${discoveryUrl}' }]
`;
}

/** A backend in memory whose prices are those that PromQL reckons with. */
async function pricedBackend(config: Parameters<typeof startBackend>[0]): Promise<Backend> {
  const backend = await startBackend(config);
  await answerOf(
    backend.api.saveCostBook({ revisions: [{ ...BOOK_REVISION, hardware: [...BOOK_REVISION.hardware] }] }),
  );
  return backend;
}

/** The same answers over a store that no backend fills. */
function apiOver(store: Store, pollSeconds: number): BackendApi {
  const config = configSchema.parse({ pollSeconds });
  const fleet = {
    store,
    config: () => config,
    isSample: false,
    snapshot: null,
    clock: systemClock,
    costBook: () => ({ revisions: [BOOK_REVISION] }),
    saveCostBook: async () => succeed(undefined),
    sourceHealth: () => [],
    deployments: () => [],
    topology: () => config.topology,
    useTopology: () => {},
    takeSources: () => {},
    history: () => null,
    close: () => store.close(),
  };
  return createApi({
    host: 'cli',
    clock: systemClock,
    fleet: () => fleet,
    config: () => config,
    secrets: createMemorySecrets(),
    reconfigure: async () => succeed(undefined),
    snapshots: { dataFolder: null, canClose: () => false, open: async () => fail('none'), show: async () => {} },
    chooseFile: null,
    saveTopology: async () => succeed(undefined),
    alerts: () => {
      throw new Error('nothing is watched in this test');
    },
    reports: startReportWork({
      clock: systemClock,
      shown: () => fleet,
      live: () => fleet,
      contextOf: (of) => createAnswerContext({ fleet: of }),
      storeFolder: () => null,
      dataFolder: null,
      polls: false,
      log: () => {},
    }),
  });
}

async function allHeard(api: BackendApi, gpus: number): Promise<void> {
  const areHeard = async (): Promise<void> => {
    const { heard } = await answerOf(api.overview({ ...lastMinute(), scope: {}, basis: 'billed' }));
    expect(heard).toMatchObject({ gpusHeard: gpus, gpusKnown: gpus });
    const health = await answerOf(api.sourceHealth({}));
    expect(health.map((source) => source.state)).toEqual(['fresh']);
  };
  await vi.waitFor(areHeard, { timeout: 60_000, interval: 500 });
}

/** Waits until every target was heard after `until`, and the store holds a later poll than the one that showed it. */
async function heardUntil(api: BackendApi, until: EpochMs): Promise<void> {
  const patience = { timeout: 30_000, interval: 500 };
  const reached = await vi.waitFor(async () => {
    const health = await answerOf(api.sourceHealth({}));
    const heard = health.flatMap((source) => source.targets.map((target) => target.lastHeard ?? 0));
    expect(Math.min(...heard)).toBeGreaterThan(until);
    return Math.max(...heard);
  }, patience);
  await vi.waitFor(async () => {
    const { heard: stored } = await answerOf(api.overview({ ...lastMinute(), scope: {}, basis: 'billed' }));
    expect(stored.until).toBeGreaterThan(reached);
  }, patience);
}

function lastMinute(): { readonly window: TimeRange } {
  const now = Date.now();
  return { window: { from: epochMs(now - 60_000), to: epochMs(now) } };
}

/** Loaded cost of every member that served tokens, USD/Mtok. */
async function costsBy(api: BackendApi, window: TimeRange, by: Dimension): Promise<Map<string, number>> {
  const ask = { window, scope: {}, basis: 'billed', by, historyBuckets: 0, limit: 1000 } as const;
  const { rows, total } = await answerOf(api.costBreakdown(ask));
  if (by === 'fleet') return new Map([['', total.cost ?? Number.NaN]]);
  const members = rows.filter((row) => row.group === 'member');
  return new Map(members.flatMap((row) => (row.cost === null ? [] : [[row.key, row.cost] as const])));
}

async function totalsOf(api: BackendApi, window: TimeRange): Promise<Map<string, number>> {
  const figure = async (name: 'tokens' | 'energy', basis: 'total' | 'output'): Promise<number> =>
    (await answerOf(api.figure({ name, window, scope: {}, basis }))).value ?? Number.NaN;
  return new Map([
    ['tokens', await figure('tokens', 'total')],
    ['output tokens', await figure('tokens', 'output')],
    ['joules', await figure('energy', 'total')],
  ]);
}

/** All tell of the same members, and each member differs by less than the tolerance between any two. */
async function expectEqual(
  figures: Readonly<Record<string, ReadonlyMap<string, number>>>,
  annotate: (message: string) => Promise<unknown>,
): Promise<void> {
  const [first, ...others] = Object.entries(figures);
  for (const [name, values] of others) {
    expect([...values.keys()].toSorted()).toEqual([...first![1].keys()].toSorted());
    const differences = [...values].map(([key, value]) => ({ key, share: value / first![1].get(key)! - 1 }));
    const worst = differences.toSorted((a, b) => Math.abs(b.share) - Math.abs(a.share))[0]!;
    await annotate(`${name} beside ${first![0]}: at most ${(worst.share * 100).toPrecision(2)} % (${worst.key})`);
    expect(Math.abs(worst.share)).toBeLessThan(TOLERANCE);
  }
}

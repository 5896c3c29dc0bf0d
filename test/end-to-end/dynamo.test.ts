import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { configSchema } from '#backend/config.ts';
import { createBackend, type Backend } from '#backend/create-backend.ts';
import { startSampleFleet } from '#electron/sample-fleet/server.ts';
import type { DeploymentReport } from '#shared/model/deployment.ts';
import { NO_TOPOLOGY } from '#shared/model/topology.ts';
import { epochMs } from '#shared/time/instant.ts';
import { machineHas } from '../machine-has.ts';
import { DYNAMO_MODEL, startDynamoFleet, type DynamoFleet, type Served } from './dynamo-fleet.ts';
import { BOOK_REVISION } from './promql-cost.ts';
import { startPrometheus, type RealPrometheus } from './real-prometheus.ts';
import { answerOf } from './serve-backend.ts';

const prometheus = machineHas('prometheus');

const POLL_SECONDS = 1;
const BURSTS = 7;

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

describe.skipIf(prometheus === null).for(['vllm', 'sglang'] as const)(
  'a Dynamo frontend with a prefill and a decode worker of %s, all scraped by one Prometheus (program: prometheus)',
  (engine) => {
    let fleet: DynamoFleet;
    let server: RealPrometheus;
    let backend: Backend;

    beforeAll(async () => {
      fleet = await startDynamoFleet(engine);
      fleet.serve(300); // It has been running for a while.
      server = await startPrometheus(prometheus!, await newFolder(), configurationOf(fleet));
      const source = { kind: 'prometheus', name: 'server', url: server.url, backfillHours: 0 } as const;
      backend = await backendOver({ sources: [source] });
      await heardWhole(backend, 4);
    }, 60_000);

    afterAll(async () => {
      await backend?.stop();
      await server?.stop();
      await fleet?.close();
    });

    it('gives each token once, against the known count', async () => {
      const before = fleet.served();
      await servedInBursts(fleet);
      const done = difference(fleet.served(), before);
      expect(done.output).toBeGreaterThan(5000);
      await vi.waitFor(async () => expect(await countedBy(backend)).toEqual(done), { timeout: 20_000, interval: 500 });
      // The counters stand still from here on: nothing may come after.
      await wait(3 * POLL_SECONDS * 1000);
      expect(await countedBy(backend)).toEqual(done);
    }, 60_000);

    it('says who counts and who does not, on which GPUs, and gives the model one line', async () => {
      const { deployments } = await answerOf(backend.api.deployments({}));
      expect(deployments).toMatchObject([{ model: DYNAMO_MODEL, count: 'engines', hasFrontend: true }]);
      expect(partsOf(deployments)).toEqual({
        dynamo: 'nothing',
        'decode-0': engine === 'vllm' ? 'all' : 'output',
        'prefill-0': 'input',
      });
      const gpus = deployments[0]!.engines.map(({ pod, placement }) => [pod, placement?.gpus.length ?? null]);
      expect(Object.fromEntries(gpus)).toEqual({ 'decode-0': 2, 'front-0': null, 'prefill-0': 2 });
      const versions = deployments[0]!.engines.map((one) => [one.pod, `${one.version} by ${one.versionEvidence}`]);
      const release = engine === 'vllm' ? '0.20.1 by image' : '0.5.9 by image';
      expect(Object.fromEntries(versions)).toMatchObject({ 'decode-0': release, 'front-0': '1.4.0 by image' });
      const window = { from: epochMs(Date.now() - 600_000), to: epochMs(Date.now()) };
      const ask = { window, scope: {}, basis: 'billed', by: 'model', historyBuckets: 0, limit: 10 } as const;
      const { rows } = await answerOf(backend.api.costBreakdown(ask));
      expect(rows.filter(({ group }) => group === 'member').map(({ key }) => key)).toEqual([DYNAMO_MODEL]);
    });

    it('counts by the frontend instead once the operator says so, and loses and doubles nothing from then on', async () => {
      const authority = [{ model: 'small-8b', count: 'frontend' }] as const;
      const saved = await answerOf(backend.api.saveTopology({ ...NO_TOPOLOGY, authority }));
      expect(saved.topology.authority).toEqual(authority);
      const isTaken = async (): Promise<void> => {
        const { deployments } = await answerOf(backend.api.deployments({}));
        expect(deployments).toMatchObject([{ count: 'frontend', isOverridden: true }]);
        expect(partsOf(deployments)).toEqual({ dynamo: 'all', 'decode-0': 'nothing', 'prefill-0': 'nothing' });
      };
      await vi.waitFor(isTaken, { timeout: 20_000, interval: 250 });
      await wait(3 * POLL_SECONDS * 1000);
      const [served, counted] = [fleet.served(), await countedBy(backend)];
      await servedInBursts(fleet);
      const done = difference(fleet.served(), served);
      const more = async (): Promise<void> => expect(difference(await countedBy(backend), counted)).toEqual(done);
      await vi.waitFor(more, { timeout: 20_000, interval: 500 });
    }, 60_000);
  },
);

describe('what the operator says', () => {
  it('is kept with the configuration, and holds again after a restart', async () => {
    const fleet = await startDynamoFleet('sglang');
    const dataFolder = await newFolder();
    const sources = [{ kind: 'scrape', name: 'lab', targets: [...fleet.targets] }];
    const tree = [{ node: 'lab-*', site: 'garage', rack: null, pool: null }];
    const first = await backendOver({ sources }, dataFolder);
    await heardWhole(first, 4);
    await answerOf(first.api.saveTopology({ ...NO_TOPOLOGY, tree }));
    await first.stop();
    const file = JSON.parse(await readFile(join(dataFolder, 'config.json'), 'utf8')) as { topology: unknown };
    expect(file.topology).toEqual({ ...NO_TOPOLOGY, tree });
    const second = await backendOver(null, dataFolder);
    await heardWhole(second, 4);
    expect((await answerOf(second.api.deployments({}))).topology.tree).toEqual(tree);
    await second.stop();
    await fleet.close();
  }, 60_000);

  it('is not kept of the sample fleet, and the page knows', async () => {
    const now = () => epochMs(Date.now());
    const made = await createBackend({
      host: 'server',
      dataFolder: null,
      startSampleFleet: async () => {
        const fleet = await startSampleFleet({ now, anchor: now() });
        const sources = [{ kind: 'discovery', name: 'sample', url: `${fleet.url}/sd` }];
        return { config: configSchema.parse({ sources }), stop: () => fleet.close() };
      },
    });
    if (!made.ok) throw new Error(made.failure.message);
    expect(await answerOf(made.value.api.deployments({}))).toMatchObject({ canSave: false });
    const saved = await made.value.api.saveTopology(NO_TOPOLOGY);
    expect(saved).toMatchObject({ ok: false, failure: { kind: 'not-possible' } });
    await made.value.stop();
  }, 60_000);
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-dynamo-'));
  folders.push(folder);
  return folder;
}

/** A backend with the prices of the tests. Without a configuration it takes the one of its folder. */
async function backendOver(config: { sources: unknown[] } | null, dataFolder: string | null = null): Promise<Backend> {
  const made = await createBackend({
    host: 'server',
    dataFolder,
    ...(config !== null && { config: configSchema.parse({ pollSeconds: POLL_SECONDS, ...config }) }),
    startSampleFleet: () => Promise.reject(new Error('this backend has sources of its own')),
  });
  if (!made.ok) throw new Error(made.failure.message);
  const { api } = made.value;
  await answerOf(api.saveCostBook({ revisions: [{ ...BOOK_REVISION, hardware: [...BOOK_REVISION.hardware] }] }));
  return made.value;
}

/** Every target under a job of its own, as a cluster's monitoring would have it. */
function configurationOf({ targets }: DynamoFleet): string {
  const jobs = targets.map(({ url, labels }, index) => {
    const { host, pathname } = new URL(url);
    const text = Object.entries({ ...labels, instance: `10.0.0.${index}:9090` }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    return `  - job_name: job-${index}
    metrics_path: ${pathname}
    static_configs: [{ targets: ['${host}'], labels: { ${text.join(', ')} } }]`;
  });
  return `global: { scrape_interval: 1s, scrape_timeout: 1s }\nscrape_configs:\n${jobs.join('\n')}\n`;
}

/** Resolves when every target was heard twice: what comes next is counted. */
async function heardWhole({ api }: Backend, gpus: number): Promise<void> {
  const isHeard = async (): Promise<void> => {
    const window = { from: epochMs(Date.now() - 60_000), to: epochMs(Date.now()) };
    const { heard } = await answerOf(api.overview({ window, scope: {}, basis: 'total' }));
    expect(heard.gpusHeard).toBe(gpus);
    const { deployments } = await answerOf(api.deployments({}));
    expect(deployments.flatMap(({ engines }) => engines)).toHaveLength(3);
  };
  await vi.waitFor(isHeard, { timeout: 30_000, interval: 250 });
  await wait(3 * POLL_SECONDS * 1000);
}

async function servedInBursts(fleet: DynamoFleet): Promise<void> {
  for (let burst = 0; burst < BURSTS; burst += 1) {
    fleet.serve(5 + ((burst * 7) % 11));
    await wait(400);
  }
}

function difference(now: Served, before: Served): Served {
  return {
    input: now.input - before.input,
    cached: now.cached - before.cached,
    output: now.output - before.output,
  };
}

/** What is counted since the start, by the figures of the contract: of the billed tokens the cached ones follow. */
async function countedBy({ api }: Backend): Promise<Served> {
  const window = { from: epochMs(Date.now() - 600_000), to: epochMs(Date.now() + 1000) };
  const tokens = async (basis: 'output' | 'total' | 'billed'): Promise<number> =>
    (await answerOf(api.figure({ name: 'tokens', window, scope: {}, basis }))).value ?? 0;
  const [output, total, billed] = [await tokens('output'), await tokens('total'), await tokens('billed')];
  const input = total - output;
  const { weights } = BOOK_REVISION;
  const cached = (input * weights.input + output * weights.output - billed) / (weights.input - weights.cached);
  return { input, cached: Math.round(cached), output };
}

function partsOf(deployments: readonly DeploymentReport[]): Record<string, string> {
  const engines = deployments.flatMap((deployment) => deployment.engines);
  return Object.fromEntries(engines.map(({ kind, pod, counts }) => [kind === 'dynamo' ? kind : (pod ?? ''), counts]));
}

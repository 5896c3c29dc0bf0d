import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configSchema } from '#backend/config.ts';
import { createBackend, type Backend, type BackendOptions } from '#backend/create-backend.ts';
import { createMemorySecrets } from '#backend/secrets/memory-secrets.ts';
import type { Secrets } from '#backend/secrets/secrets.ts';
import {
  listenOnLoopback,
  sendPlain,
  sendUnzipped,
  type LoopbackServer,
} from '#electron/sample-fleet/loopback-server.ts';
import { createClient, type BackendClient } from '#shared/contract/client.ts';
import { dispatch } from '#shared/contract/dispatch.ts';
import { accessSchema } from '#shared/contract/access-schema.ts';
import { goodMetrics } from '../../fakes/fault-server.ts';
import { gpu, layeredPower, log } from '../sources/nvidia-smi/smi-xml.ts';

const TOKEN = 'open-sesame-7261';

/** An exporter at /metrics, one behind a bearer token at /closed/metrics, nothing elsewhere. */
let server: LoopbackServer;
let asked: string[];
let other: LoopbackServer;
let backend: Backend;
let client: BackendClient;
let folder: string;
let secrets: Secrets;

beforeEach(async () => {
  asked = [];
  secrets = createMemorySecrets();
  server = await listenOnLoopback(0, (request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const isOpen = !path.startsWith('/closed') || request.headers.authorization === `Bearer ${TOKEN}`;
    if (!isOpen) return sendPlain(response, 401, 'no');
    if (!path.endsWith('/metrics')) return sendPlain(response, 404, 'nothing here');
    sendUnzipped(response, goodMetrics);
  });
  other = await listenOnLoopback(0, (_, response) => sendUnzipped(response, goodMetrics));
  folder = await mkdtemp(join(tmpdir(), 'tokenwatt-source-calls-'));
  await open();
});
afterEach(async () => {
  await backend.stop();
  await Promise.all([server.close(), other.close(), rm(folder, { recursive: true })]);
});

async function open(more: Partial<BackendOptions> = {}): Promise<void> {
  const sources = [
    { kind: 'scrape', name: 'first', targets: [{ url: `${server.url}/metrics`, labels: { rack: 'a1' } }] },
  ];
  await writeFile(join(folder, 'config.json'), JSON.stringify(configSchema.parse({ sources })));
  const made = await createBackend({
    host: 'server',
    dataFolder: folder,
    secrets,
    startSampleFleet: () => Promise.reject(new Error('not here')),
    ...more,
  });
  if (!made.ok) throw new Error(made.failure.message);
  backend = made.value;
  client = createClient({
    call: async (name, input) => await dispatch(backend.api, name, input),
    subscribe: () => () => {},
    onConnection: () => () => {},
  });
}

const bearer = (tokenSecret: string) => accessSchema.parse({ auth: { kind: 'bearer', tokenSecret } });
const closed = () => `${server.url}/closed/metrics`;
const settings = async () => {
  const answer = await client.sourceSettings({});
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
};
const namesOf = async () => (await settings()).sources.map(({ name }) => name);
const healthOf = async (name: string) => {
  const answer = await client.sourceHealth({});
  return answer.ok ? answer.value.find((source) => source.name === name) : undefined;
};

describe('testSource', () => {
  test('says what answers at an address and what it tells, and keeps nothing', async () => {
    const answer = await client.testSource({ draft: { address: other.url } });
    expect(answer).toMatchObject({
      ok: true,
      value: {
        name: other.address,
        health: { kind: 'scrape', state: 'fresh', targets: [{ state: 'fresh', signal: 'gpu', samples: 2 }] },
        signals: [{ of: 'gpu', count: 1 }, { of: 'engine', name: 'vllm', count: 1 }, { of: 'power' }],
      },
    });
    expect(await namesOf()).toEqual(['first']);
  });

  test('asks a configured source as it is', async () => {
    expect(await client.testSource({ of: 'first' })).toMatchObject({ ok: true, value: { name: 'first' } });
    expect(await client.testSource({ of: 'nobody' })).toMatchObject({ ok: false, failure: { kind: 'not-possible' } });
  });

  test('says of each target of a list how it is', async () => {
    const answer = await client.testSource({ draft: { address: `${other.url}\n${server.url}/gone` } });
    expect(answer).toMatchObject({
      ok: true,
      value: { health: { targets: [{ state: 'fresh' }, { state: 'down', reason: expect.stringContaining('404') }] } },
    });
  });

  test('sends a secret that was just entered, and keeps none', async () => {
    const draft = { address: closed(), access: bearer('t') };
    expect(await client.testSource({ draft: { ...draft, secrets: { t: 'wrong-token' } } })).toMatchObject({
      ok: false,
      failure: { message: expect.stringMatching(/credentials|401|authori/i) },
    });
    const answer = await client.testSource({ draft: { ...draft, secrets: { t: TOKEN } } });
    expect(answer).toMatchObject({ ok: true, value: { health: { state: 'fresh' } } });
    expect(JSON.stringify(answer)).not.toContain(TOKEN);
    expect(await secrets.names()).toEqual({ ok: true, value: [] });
  });
});

describe('connectSource', () => {
  test('keeps the secret by its name, beside a source that is asked with it', async () => {
    const draft = { address: closed(), access: bearer('closed-token'), secrets: { 'closed-token': TOKEN } };
    expect(await client.connectSource(draft)).toEqual({ ok: true, value: { name: server.address } });
    const told = await settings();
    expect(told.secrets).toMatchObject({ names: ['closed-token'], note: expect.stringMatching(/memory/) });
    expect(told.sources[1]).toMatchObject({ address: closed(), access: { auth: { tokenSecret: 'closed-token' } } });
    const config = await readFile(join(folder, 'config.json'), 'utf8');
    for (const text of [JSON.stringify(told), config]) expect(text).not.toContain(TOKEN);
    await expect.poll(() => healthOf(server.address)).toMatchObject({ state: 'fresh' });
  });

  test('leaves the others at work: they are not asked again for it, and know what they knew', async () => {
    await expect.poll(() => healthOf('first')).toMatchObject({ state: 'fresh' });
    const before = await healthOf('first');
    await client.connectSource({ address: other.url });
    expect((await healthOf('first'))?.since).toBe(before?.since);
    expect((await healthOf('first'))?.state).toBe('fresh');
  });

  test('gives a name that is taken a number, and refuses one that was wanted', async () => {
    await client.connectSource({ address: other.url });
    expect(await client.connectSource({ address: other.url })).toMatchObject({ value: { name: `${other.address} 2` } });
    expect(await client.connectSource({ address: other.url, name: 'first' })).toMatchObject({ ok: false });
  });

  test('takes two at once without losing one', async () => {
    await Promise.all(['a', 'b', 'c'].map((name) => client.connectSource({ address: other.url, name })));
    expect((await namesOf()).toSorted()).toEqual(['a', 'b', 'c', 'first']);
  });

  test('takes no path from a page', async () => {
    for (const address of ['/etc/passwd', 'gpus.xml', 'file:///etc/passwd', 'opened:none'])
      expect(await client.connectSource({ address })).toMatchObject({ ok: false, failure: { kind: 'not-possible' } });
    const access = accessSchema.parse({ tls: { caFile: '/etc/passwd' } });
    expect(await client.testSource({ draft: { address: other.url, access } })).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('paths are not taken') },
    });
  });
});

describe('changeSource', () => {
  beforeEach(async () => {
    const draft = { address: closed(), access: bearer('closed-token'), secrets: { 'closed-token': TOKEN } };
    await client.connectSource({ ...draft, name: 'closed' });
  });

  test('renames, and keeps all else: address, labels, credentials', async () => {
    expect(await client.changeSource({ name: 'first', newName: 'renamed' })).toMatchObject({ ok: true });
    expect(await namesOf()).toEqual(['renamed', 'closed']);
    const config = configSchema.parse(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')));
    expect(config.sources[0]).toMatchObject({ targets: [{ labels: { rack: 'a1' } }] });
    expect(await client.changeSource({ name: 'closed', newName: 'renamed' })).toMatchObject({ ok: false });
    expect(await client.changeSource({ name: 'nobody', isPaused: true })).toMatchObject({ ok: false });
  });

  test('pauses: it is not asked any more, says so, and goes on when resumed', async () => {
    await expect.poll(() => healthOf('closed')).toMatchObject({ state: 'fresh' });
    await client.changeSource({ name: 'closed', isPaused: true });
    expect(await healthOf('closed')).toMatchObject({
      state: 'paused',
      targets: [],
      reason: expect.stringMatching(/unseen/),
    });
    const before = asked.filter((path) => path.startsWith('/closed')).length;
    await client.testSource({ of: 'first' });
    expect(asked.filter((path) => path.startsWith('/closed'))).toHaveLength(before);
    await client.changeSource({ name: 'closed', isPaused: false });
    await expect.poll(() => healthOf('closed')).toMatchObject({ state: 'fresh' });
  });

  test('keeps the stored token at the same server, under another path', async () => {
    const draft = { address: `${server.url}/closed/other/metrics`, access: bearer('closed-token') };
    expect(await client.changeSource({ name: 'closed', draft })).toMatchObject({ ok: true });
    await expect.poll(() => healthOf('closed')).toMatchObject({ state: 'fresh' });
  });

  test.each([
    ['changeSource', (draft: object) => client.changeSource({ name: 'closed', draft: draft as never })],
    ['testSource', (draft: object) => client.testSource({ of: 'closed', draft: draft as never })],
    ['connectSource', (draft: object) => client.connectSource(draft as never)],
  ])('I17 %s sends no stored secret to a server that it was not entered for', async (_, call) => {
    const heard: (string | undefined)[] = [];
    const thief = await listenOnLoopback(0, (request, response) => {
      heard.push(request.headers.authorization);
      sendUnzipped(response, goodMetrics);
    });
    const draft = { address: `${thief.url}/metrics`, access: bearer('closed-token') };
    expect(await call(draft)).toMatchObject({
      ok: false,
      failure: { message: expect.stringMatching(/^Enter the secret/) },
    });
    const proxied = accessSchema.parse({
      auth: { kind: 'bearer', tokenSecret: 'closed-token' },
      proxy: { url: thief.url },
    });
    expect(await call({ address: closed(), access: proxied })).toMatchObject({ ok: false });
    expect(heard).toEqual([]);
    await thief.close();
  });

  test('changes credentials while the server is down, without asking it what it is', async () => {
    await server.close();
    const draft = { address: closed(), access: bearer('new-token'), secrets: { 'new-token': TOKEN } };
    expect(await client.changeSource({ name: 'closed', draft })).toMatchObject({ ok: true });
    expect(await secrets.names()).toEqual({ ok: true, value: ['new-token'] });
  });
});

describe('removeSource', () => {
  test('takes a source away with its secrets, and leaves the others', async () => {
    const draft = { address: closed(), access: bearer('closed-token'), secrets: { 'closed-token': TOKEN } };
    await client.connectSource({ ...draft, name: 'closed' });
    expect(await client.removeSource({ name: 'closed' })).toEqual({ ok: true, value: { removed: true } });
    expect(await namesOf()).toEqual(['first']);
    expect(await secrets.names()).toEqual({ ok: true, value: [] });
    expect(await client.removeSource({ name: 'closed' })).toEqual({ ok: true, value: { removed: false } });
  });
});

describe('openFile', () => {
  test('is not possible without a dialog', async () => {
    expect((await settings()).canOpenFiles).toBe(false);
    expect(await client.openFile({})).toMatchObject({ ok: false, failure: { kind: 'not-possible' } });
  });

  test('gives a handle for the chosen file, which can be tested and connected', async () => {
    const path = join(folder, 'gpus.xml');
    await writeFile(path, log('535.1', 12, gpu(1, layeredPower('gpu', '67.03 W'))));
    await backend.stop();
    let chosen: string | null = path;
    await open({ chooseFile: async () => chosen });
    const opened = await client.openFile({});
    if (!opened.ok || opened.value === null) throw new Error('no file');
    expect(opened.value.fileName).toBe('gpus.xml');
    expect(opened.value.address).not.toContain(folder);
    const draft = { address: opened.value.address };
    expect(await client.testSource({ draft })).toMatchObject({
      ok: true,
      value: { health: { kind: 'file' }, signals: [{ of: 'gpu', count: 1 }, { of: 'power' }] },
    });
    expect(await client.connectSource(draft)).toMatchObject({ ok: true, value: { name: 'gpus.xml' } });
    chosen = null;
    expect(await client.openFile({})).toEqual({ ok: true, value: null });
  });
});

import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configSchema } from '#backend/config.ts';
import { createBackend, type Backend, type BackendOptions } from '#backend/create-backend.ts';
import { checkSnapshot } from '#backend/snapshot/check-snapshot.ts';
import { createMemorySecrets } from '#backend/secrets/memory-secrets.ts';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import { alertSettingsSchema } from '#shared/contract/alerts-schema.ts';
import type { CallInput, CallName, Answers } from '#shared/contract/backend-api.ts';
import { dispatch } from '#shared/contract/dispatch.ts';
import { DEFAULT_REPORT_SETTINGS } from '#shared/model/report-settings.ts';
import { hour, SMALL_BOOK, SMALL_FLEET, WINDOW } from '../../golden/small-fleet.ts';

const SECRETS = {
  'engine-token': 'tk-5e1f0c3a-bearer-of-the-engines',
  'site-password': 'correct-horse-battery-staple',
  'alert-webhook-address': 'https://hooks.example/services/T0/B0/unguessable-path',
  'alert-webhook-key': 'a-signing-key-of-24-chars',
};
const CONFIG = configSchema.parse({
  fleetName: 'Own fleet',
  pollSeconds: 15,
  sources: [
    {
      kind: 'scrape',
      name: 'engines',
      targets: [{ url: 'http://engines.example:9400/metrics' }],
      access: { auth: { kind: 'bearer', tokenSecret: 'engine-token' } },
    },
    {
      kind: 'prometheus',
      name: 'site',
      url: 'https://prometheus.example/site',
      access: { auth: { kind: 'basic', username: 'reader-of-the-site', passwordSecret: 'site-password' } },
    },
  ],
});

const REPORTS = {
  ...DEFAULT_REPORT_SETTINGS,
  company: 'Example AG',
  paper: 'Letter',
  zone: 'Europe/Zurich',
  serviceName: 'Inference of Example',
  schedule: { isOn: false, day: 5, hour: 6, formats: ['csv'], closes: true },
} as const;

let folder = '';
let live: Backend;
const secrets = createMemorySecrets();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenwatt-test-'));
  const store = await openDuckdbStore({ path: join(folder, 'facts.duckdb') });
  if (!store.ok) throw new Error(store.failure.message);
  await store.value.append(SMALL_FLEET);
  await store.value.saveCostBook(SMALL_BOOK);
  await store.value.saveDocument('of-nobody', { token: SECRETS['engine-token'] });
  await store.value.close();
  for (const [name, value] of Object.entries(SECRETS)) await secrets.set(name, value);
  live = await backend({ dataFolder: folder, config: CONFIG, secrets });
  await say(live);
});

afterAll(async () => {
  await live.stop();
  await rm(folder, { recursive: true });
});

it('takes along what the operator said, and the settings that figures rest on', async () => {
  const path = await saved('own.twsnap', false);
  const shown = await backend({ dataFolder: null, snapshotPath: path });
  for (const name of ['budgets', 'scenarios', 'alertRules'] as const) {
    expect(await told(shown, name), name).toEqual(await told(live, name));
  }
  const documents = JSON.parse(entryOf(await readFile(path), 'documents.json')) as unknown;
  expect(documents).toEqual({
    'alert-settings': expect.objectContaining({ webhookIsOn: true }),
    budgets: { budgets: [expect.objectContaining({ name: 'rent of november' })] },
    'deployment-notes': { deployments: [{ model: 'llama', precision: 'fp8', speculation: null }] },
    'report-settings': { ...REPORTS, schedule: DEFAULT_REPORT_SETTINGS.schedule },
    scenarios: { scenarios: [expect.objectContaining({ name: 'cheaper' })] },
    'update-marks': [expect.objectContaining({ note: 'new weights' })],
    'update-tags': [expect.objectContaining({ tag: 'released' })],
  });
  expect(await answer(shown, 'reportSettings', {})).toMatchObject({ company: 'Example AG', schedule: { isOn: false } });
  const about = await answer(shown, 'capabilities', {});
  expect(about).toMatchObject({ pollSeconds: 15, snapshot: { catalogue: expect.stringMatching(/^\d{4}\./) } });
  await shown.stop();
});

it('holds no credential, and no address of a source or webhook', async () => {
  for (const hasPseudonyms of [false, true]) {
    const file = await readFile(await saved('searched.twsnap', hasPseudonyms));
    const texts = [...Object.values(SECRETS), 'engines.example', 'prometheus.example', 'reader-of-the-site', 'hooks.'];
    for (const text of texts) {
      for (const bytes of [Buffer.from(text), Buffer.from(text, 'utf16le'), Buffer.from(btoa(text).slice(0, -4))]) {
        expect(file.includes(bytes), text).toBe(false);
      }
    }
  }
});

it('leaves the operator’s words out under pseudonyms: they name things in free text', async () => {
  const file = await readFile(await saved('unnamed.twsnap', true));
  for (const text of ['rent of november', 'cheaper', 'llama', 'new weights', 'Example AG'])
    expect(file.includes(text), text).toBe(false);
});

it('is signed with the key in the secrets where one is set, which stays there', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  await secrets.set('snapshot-signing-key', pem);
  const file = await readFile(await saved('signed.twsnap', false));
  const checked = checkSnapshot(file);
  expect(checked.ok && checked.value.signedBy).toBe(
    publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  );
  expect(file.includes(privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(16))).toBe(false);
  expect(file.includes(pem.split('\n')[1] ?? pem)).toBe(false);
  await secrets.set('snapshot-signing-key', 'no key at all');
  expect(await dispatch(live.api, 'saveSnapshot', { window: WINDOW })).toMatchObject({
    ok: false,
    failure: { message: expect.stringContaining('must be an Ed25519 private key') },
  });
  await secrets.remove('snapshot-signing-key');
});

it('changes nothing of the live fleet while a snapshot is shown', async () => {
  await saved('shown.twsnap', false);
  await answer(live, 'openSnapshot', { name: 'shown.twsnap' });
  const webhookAddress = 'https://elsewhere.example/hook';
  for (const [name, input] of [
    ['saveAlertRules', { settings: alertSettingsSchema.parse({}), webhookAddress }],
    ['testWebhook', { webhookAddress }],
    ['removeSource', { name: 'engines' }],
    ['saveTopology', {}],
    ['saveSnapshot', { window: WINDOW }],
  ] as const) {
    expect(await dispatch(live.api, name, input), name).toMatchObject({
      ok: false,
      failure: { kind: 'not-possible', message: expect.stringContaining('A snapshot is shown') },
    });
  }
  expect(await secrets.get('alert-webhook-address')).toEqual({ ok: true, value: SECRETS['alert-webhook-address'] });
  await answer(live, 'closeSnapshot', {});
});

async function backend(options: Partial<BackendOptions>): Promise<Backend> {
  const made = await createBackend({
    host: 'server',
    dataFolder: null,
    polls: false,
    startSampleFleet: () => Promise.reject(new Error('no sample is needed')),
    ...options,
  });
  if (!made.ok) throw new Error(made.failure.message);
  return made.value;
}

async function answer<Name extends CallName>(
  { api }: Backend,
  name: Name,
  input: CallInput[Name],
): Promise<Answers[Name]> {
  const given = await dispatch(api, name, input);
  if (!given.ok) throw new Error(`${name}: ${given.failure.message}`);
  return given.value as Answers[Name];
}

async function saved(name: string, hasPseudonyms: boolean): Promise<string> {
  await answer(live, 'saveSnapshot', { window: WINDOW, grain: 'minute', hasPseudonyms, name });
  return join(folder, 'snapshots', name);
}

/** What was said, without what this host says of its own keeping. */
async function told(of: Backend, name: 'budgets' | 'scenarios' | 'alertRules'): Promise<unknown> {
  if (name === 'alertRules') return (await answer(of, name, {})).settings;
  return await answer(of, name, {});
}

function entryOf(file: Buffer, name: string): string {
  const checked = checkSnapshot(file);
  if (!checked.ok) throw new Error(checked.failure);
  return checked.value.entries.get(name)?.toString('utf8') ?? '';
}

async function say(to: Backend): Promise<void> {
  const rule = { id: 'dear', figure: 'cost-per-million-tokens', scope: { model: 'llama' }, basis: 'billed' } as const;
  await answer(to, 'saveAlertRules', {
    settings: alertSettingsSchema.parse({
      rules: [{ ...rule, test: { kind: 'limit', comparison: 'above', limit: 3 } }],
      webhookIsOn: true,
    }),
  });
  const budget = { id: 'all', name: 'rent of november', scope: {}, usdPerMonth: 9000 };
  await answer(to, 'saveBudgets', { budgets: [budget] });
  await answer(to, 'saveScenario', { name: 'cheaper', scenario: { edits: [{ kind: 'tariff-factor', factor: 0.5 }] } });
  const mark = { model: 'llama', pool: 'prod', at: hour(2), note: 'new weights' };
  await answer(to, 'markUpdate', { action: 'save', id: null, mark });
  await answer(to, 'tagUpdate', {
    id: JSON.stringify(['mark', 'llama', 'prod', hour(2)]),
    tag: 'released',
    note: null,
  });
  await answer(to, 'saveReportSettings', { ...REPORTS, schedule: { ...REPORTS.schedule, formats: ['csv'] } });
  await answer(to, 'saveDeploymentNote', { model: 'llama', precision: 'fp8', speculation: null });
}

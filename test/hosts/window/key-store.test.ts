import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileSecrets, PLAIN } from '#backend/secrets/file-secrets.ts';
import { createMemorySecrets } from '#backend/secrets/memory-secrets.ts';
import { createWindowSecrets, type KeyStore } from '#electron/hosts/window/key-store.ts';
import {
  answerSecrets,
  createSecretsOverChannel,
  isSecretsQuestion,
  type SecretsQuestion,
} from '#electron/hosts/window/secret-channel.ts';
import { succeed } from '#shared/lib/result.ts';

let dataFolder: string;
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'tokenwatt-key-store-'));
});
afterEach(() => rmSync(dataFolder, { recursive: true }));
const written = () => readFileSync(join(dataFolder, 'secrets.json'), 'utf8');
const VALUE = 'hunter2-hunter2';

/** A key store that seals by the name of its key; what another key sealed it cannot open. */
function keyStoreOf(key: string, backend: ReturnType<KeyStore['getSelectedStorageBackend']> = 'gnome_libsecret') {
  const counts = { sealed: 0 };
  const keyStore: KeyStore = {
    isAsyncEncryptionAvailable: async () => true,
    encryptStringAsync: async (text) => {
      counts.sealed += 1;
      return Buffer.from(`${key}:${Buffer.from(text).toString('hex')}`);
    },
    decryptStringAsync: async (sealed) => {
      const [by, hex = ''] = sealed.toString().split(':');
      if (by !== key && by !== `old-${key}`) throw new Error(`cannot open ${hex}`);
      return { result: Buffer.from(hex, 'hex').toString(), shouldReEncrypt: by !== key };
    },
    getSelectedStorageBackend: () => backend,
  };
  return { keyStore, counts };
}

const secretsOf = (keyStore: KeyStore, platform: NodeJS.Platform = 'linux') =>
  createWindowSecrets({ dataFolder, keyStore, platform });

describe('secrets of the window', () => {
  it('are sealed in the file, and come back after a restart', async () => {
    const { keyStore } = keyStoreOf('one');
    await secretsOf(keyStore).set('token', VALUE);
    expect(written()).not.toContain(VALUE);
    const after = secretsOf(keyStore);
    expect(await after.get('token')).toEqual(succeed(VALUE));
    expect(await after.keeping()).toMatchObject({ kind: 'key-store', isLasting: true });
  });

  it('are sealed anew when the key store has a new key', async () => {
    await secretsOf(keyStoreOf('old-one').keyStore).set('token', VALUE);
    const { keyStore, counts } = keyStoreOf('one');
    expect(await secretsOf(keyStore).get('token')).toEqual(succeed(VALUE));
    expect(await secretsOf(keyStore).get('token')).toEqual(succeed(VALUE));
    expect(counts.sealed).toBe(1);
  });

  it('S20 of another machine are asked for again, and what its key store said stays unsaid', async () => {
    await secretsOf(keyStoreOf('elsewhere').keyStore).set('token', VALUE);
    const refused = await secretsOf(keyStoreOf('here').keyStore).get('token');
    expect(refused).toMatchObject({ ok: false, failure: expect.stringContaining('enter the secret again') });
    expect(JSON.stringify(refused)).not.toContain(Buffer.from(VALUE).toString('hex'));
  });

  it.each<[string, KeyStore]>([
    ['only a key that everybody knows', keyStoreOf('one', 'basic_text').keyStore],
    ['none', { ...keyStoreOf('one').keyStore, isAsyncEncryptionAvailable: async () => false }],
    [
      'one that fails',
      { ...keyStoreOf('one').keyStore, isAsyncEncryptionAvailable: () => Promise.reject(new Error('no bus')) },
    ],
  ])('S20 are kept in memory where the key store is %s, and people are told', async (_, keyStore) => {
    const secrets = secretsOf(keyStore);
    await secrets.set('token', VALUE);
    expect(await secrets.get('token')).toEqual(succeed(VALUE));
    expect(await secrets.keeping()).toMatchObject({
      kind: 'memory',
      isLasting: false,
      note: expect.stringContaining('until Tokenwatt ends'),
    });
    expect(() => written()).toThrow('ENOENT');
    expect(await secretsOf(keyStore).get('token')).toEqual(succeed(null));
  });

  it('without a key store are still read from a file that the command line wrote', async () => {
    await createFileSecrets(dataFolder, PLAIN, { kind: 'file', isLasting: true, note: '' }).set('token', VALUE);
    const secrets = secretsOf(keyStoreOf('one', 'basic_text').keyStore);
    expect(await secrets.get('token')).toEqual(succeed(VALUE));
    expect(await secrets.names()).toEqual(succeed(['token']));
    await secrets.remove('token');
    expect(await secrets.get('token')).toEqual(succeed(null));
  });

  it('trust the key store of systems that have one', async () => {
    const { keyStore } = keyStoreOf('one', 'basic_text');
    expect(await secretsOf(keyStore, 'darwin').keeping()).toMatchObject({ kind: 'key-store' });
  });
});

describe('the channel to the main process', () => {
  it('carries every call, and answers find their question in any order', async () => {
    const kept = createMemorySecrets();
    const questions: SecretsQuestion[] = [];
    const { secrets, hear } = createSecretsOverChannel((question) => questions.push(question));
    const answers = [secrets.set('a', '1'), secrets.set('b', '2')];
    for (const question of questions.splice(0).toReversed()) hear(await answerSecrets(kept, question));
    expect(await Promise.all(answers)).toEqual([succeed(undefined), succeed(undefined)]);
    const asked = [secrets.get('a'), secrets.names(), secrets.keeping(), secrets.remove('a')];
    for (const question of questions) {
      expect(isSecretsQuestion(structuredClone(question))).toBe(true);
      hear(await answerSecrets(kept, question));
    }
    expect(await Promise.all(asked)).toEqual([
      succeed('1'),
      succeed(['a', 'b']),
      expect.objectContaining({ kind: 'memory' }),
      succeed(undefined),
    ]);
    expect(await kept.names()).toEqual(succeed(['b']));
  });

  it.each([
    { kind: 'ask-secrets', id: '1', call: 'constructor', arguments: [] },
    { kind: 'ask-secrets', id: '1', call: 'get', arguments: [{}] },
    { kind: 'ask-secrets', id: 1, call: 'get', arguments: ['a'] },
    { kind: 'secrets', id: '1' },
  ])('hears no message of another shape: %j', (message) => {
    expect(isSecretsQuestion(message)).toBe(false);
  });
});

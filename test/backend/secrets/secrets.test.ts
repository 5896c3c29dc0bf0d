import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withEnvironment } from '#backend/secrets/environment-secrets.ts';
import { createFileSecrets, PLAIN, type Seal } from '#backend/secrets/file-secrets.ts';
import { createHostSecrets } from '#backend/secrets/host-secrets.ts';
import { createMemorySecrets } from '#backend/secrets/memory-secrets.ts';
import type { Secrets } from '#backend/secrets/secrets.ts';
import { fail, succeed } from '#shared/lib/result.ts';

const KEPT = { kind: 'file', isLasting: true, note: 'kept' } as const;
const VALUE = 'hunter2-hunter2';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokenwatt-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const path = () => join(folder, 'secrets.json');
const inFile = () => createFileSecrets(folder, PLAIN, KEPT);

/** A key store that writes in base 64, and says when its key has changed. */
const sealed = (text: string) => Buffer.from(text).toString('base64');
const unsealed = (text: string) => Buffer.from(text, 'base64').toString();
const seal = (again = false): Seal => ({
  kind: 'sealed',
  seal: async (value) => succeed(sealed(value)),
  unseal: async (text) => succeed({ value: unsealed(text), again }),
});

describe.each<[string, () => Secrets]>([
  ['in memory', () => createMemorySecrets()],
  ['in a file', inFile],
  ['in a sealed file', () => createFileSecrets(folder, seal(), KEPT)],
  ['of the environment over a file', () => withEnvironment({}, inFile())],
])('secrets %s', (_, make) => {
  it('come back by name, are replaced, and go', async () => {
    const secrets = make();
    expect(await secrets.get('token')).toEqual(succeed(null));
    await Promise.all([secrets.set('token', VALUE), secrets.set('a.key', 'line 1\nline 2')]);
    expect(await secrets.get('token')).toEqual(succeed(VALUE));
    expect(await secrets.get('a.key')).toEqual(succeed('line 1\nline 2'));
    expect(await secrets.names()).toEqual(succeed(['a.key', 'token']));
    await secrets.set('token', 'another-value');
    expect(await secrets.get('token')).toEqual(succeed('another-value'));
    await secrets.remove('token');
    expect(await secrets.get('token')).toEqual(succeed(null));
    expect(await secrets.names()).toEqual(succeed(['a.key']));
  });

  it('know no name that nobody set', async () => {
    for (const name of ['constructor', '__proto__', 'toString']) expect(await make().get(name)).toEqual(succeed(null));
  });
});

describe('the file of secrets', () => {
  it('is for its owner alone, with nothing left beside it', async () => {
    await inFile().set('token', VALUE);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['secrets.json']);
  });

  it.runIf(process.platform !== 'win32').each([0o640, 0o604, 0o660])(
    'is not read, nor written over, when others may read it (mode %o), and says so without a value',
    async (mode) => {
      const secrets = inFile();
      await secrets.set('token', VALUE);
      chmodSync(path(), mode);
      for (const refused of [await secrets.get('token'), await secrets.names(), await secrets.set('b', 'c')]) {
        expect(refused).toMatchObject({ ok: false, failure: expect.stringContaining('can be read by others') });
        expect(JSON.stringify(refused)).not.toContain(VALUE);
      }
      chmodSync(path(), 0o600);
      expect(await secrets.get('token')).toEqual(succeed(VALUE));
    },
  );

  it('that is damaged is neither used nor lost, and no message quotes it', async () => {
    writeFileSync(path(), `{"version":1,"secrets":{"token":"${VALUE}`, { mode: 0o600 });
    const secrets = inFile();
    const refused = [await secrets.get('token'), await secrets.set('other', 'value')];
    expect(refused).toEqual([expect.objectContaining({ ok: false }), expect.objectContaining({ ok: false })]);
    expect(JSON.stringify(refused)).not.toContain(VALUE);
    expect(readFileSync(path(), 'utf8')).toContain(VALUE);
  });

  it.runIf(process.platform !== 'win32')('that is a link to another file is not followed', async () => {
    writeFileSync(join(folder, 'elsewhere'), '{"version":1,"secrets":{}}', { mode: 0o600 });
    symlinkSync(join(folder, 'elsewhere'), path());
    expect(await inFile().get('token')).toMatchObject({ ok: false, failure: expect.stringContaining('ELOOP') });
  });

  it('changed by another program is read anew', async () => {
    const secrets = inFile();
    await secrets.set('token', VALUE);
    await inFile().set('token', 'rotated-value');
    expect(await secrets.get('token')).toEqual(succeed('rotated-value'));
  });
});

describe('sealed secrets', () => {
  it('stand sealed in the file, and a program without the key store asks for them again', async () => {
    await createFileSecrets(folder, seal(), KEPT).set('token', VALUE);
    expect(readFileSync(path(), 'utf8')).not.toContain(VALUE);
    expect(await inFile().get('token')).toMatchObject({ ok: false, failure: expect.stringContaining('set it again') });
  });

  it('are sealed anew when the key store says that its key has changed', async () => {
    let seals = 0;
    const counting: Seal = {
      ...seal(true),
      seal: async (value) => {
        seals += 1;
        return succeed(sealed(value));
      },
    };
    const secrets = createFileSecrets(folder, counting, KEPT);
    await secrets.set('token', VALUE);
    await secrets.get('token');
    expect(seals).toBe(2);
  });

  it('that the key store cannot open are a failure, never a value', async () => {
    const secrets = createFileSecrets(folder, { ...seal(), unseal: async () => fail('locked') }, KEPT);
    await secrets.set('token', VALUE);
    expect(await secrets.get('token')).toEqual(fail('locked'));
  });
});

describe('secrets of a host without a key store', () => {
  it("are the environment's before those of the file", async () => {
    const secrets = createHostSecrets(folder, { TOKENWATT_SECRET_MIMIR_TOKEN: VALUE });
    await secrets.set('mimir.token', 'from-the-file');
    expect(await secrets.get('mimir.token')).toEqual(succeed(VALUE));
    expect(await createHostSecrets(folder, {}).get('mimir.token')).toEqual(succeed('from-the-file'));
  });

  it('say where they are kept, and that memory does not last', async () => {
    expect(await createHostSecrets(folder, {}).keeping()).toMatchObject({ kind: 'file', isLasting: true });
    expect(await createHostSecrets(null, {}).keeping()).toMatchObject({ kind: 'memory', isLasting: false });
  });
});

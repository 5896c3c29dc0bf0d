import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createMemorySecrets } from '#backend/secrets/memory-secrets.ts';
import { createAccessReader } from '#backend/secrets/read-access.ts';
import { accessSchema } from '#shared/contract/access-schema.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { z } from 'zod';

const folder = mkdtempSync(join(tmpdir(), 'tokenwatt-access-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PEM = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n';

/** A reader of one access, over secrets, and a clock that a test moves. */
function readerOf(access: z.input<typeof accessSchema>) {
  const secrets = createMemorySecrets();
  const time = { ms: 0 };
  const clock = { now: () => epochMs(0), monotonicMs: () => time.ms, sleep: async () => {} };
  return { secrets, time, read: createAccessReader(accessSchema.parse(access), secrets, clock) };
}

describe('what a request carries', () => {
  it('is nothing where nothing is set', async () => {
    expect(await readerOf({}).read()).toEqual({ ok: true, value: { headers: {}, tls: {}, secrets: [] } });
  });

  it('is user name and password in UTF-8, and the password is a secret too', async () => {
    const { secrets, read } = readerOf({ auth: { kind: 'basic', username: 'zoë', passwordSecret: 'pw' } });
    await secrets.set('pw', 'p:ä\n');
    const value = (await read()) as { readonly value: object };
    const base64 = Buffer.from('zoë:p:ä').toString('base64');
    expect(value.value).toMatchObject({ authorization: `Basic ${base64}`, secrets: ['p:ä'] });
  });

  it('is a token, a header of its own, plain headers, and the tenant', async () => {
    const bearer = readerOf({
      auth: { kind: 'bearer', tokenSecret: 't' },
      tenant: 'gpu-team',
      headers: { 'X-A': '1' },
    });
    await bearer.secrets.set('t', 'abc');
    expect(await bearer.read()).toMatchObject({
      value: { authorization: 'Bearer abc', headers: { 'X-A': '1', 'X-Scope-OrgID': 'gpu-team' } },
    });
    const header = readerOf({ auth: { kind: 'header', header: 'X-Api-Key', valueSecret: 'k' } });
    await header.secrets.set('k', 'key-value');
    expect(await header.read()).toMatchObject({ value: { headers: { 'X-Api-Key': 'key-value' } } });
  });

  it('is a proxy with its own credentials', async () => {
    const { secrets, read } = readerOf({
      proxy: { url: 'http://proxy:3128', username: 'tw', passwordSecret: 'proxy.pw' },
    });
    await secrets.set('proxy.pw', 'proxy-pass');
    const authorization = `Basic ${Buffer.from('tw:proxy-pass').toString('base64')}`;
    expect(await read()).toMatchObject({ value: { proxy: { url: 'http://proxy:3128', authorization } } });
  });

  it('is read anew, so that a rotated secret or renewed file works without a restart', async () => {
    const caFile = join(folder, 'ca.pem');
    const { secrets, time, read } = readerOf({ auth: { kind: 'bearer', tokenSecret: 't' }, tls: { caFile } });
    writeFileSync(caFile, PEM);
    await secrets.set('t', 'old');
    expect(await read()).toMatchObject({ value: { authorization: 'Bearer old', tls: { ca: PEM } } });
    await secrets.set('t', 'new');
    writeFileSync(caFile, `${PEM}${PEM}`);
    time.ms += 5000;
    expect(await read()).toMatchObject({ value: { authorization: 'Bearer new', tls: { ca: `${PEM}${PEM}` } } });
  });

  it('is missing with the name of the secret and of its variable, and comes when it is set', async () => {
    const { secrets, time, read } = readerOf({ auth: { kind: 'bearer', tokenSecret: 'mimir.token' } });
    const missing = await read();
    expect(missing).toMatchObject({ ok: false, failure: expect.stringContaining('"mimir.token" is not set') });
    expect(missing).toMatchObject({ failure: expect.stringContaining('TOKENWATT_SECRET_MIMIR_TOKEN') });
    await secrets.set('mimir.token', 'abc');
    time.ms += 5000;
    expect(await read()).toMatchObject({ ok: true });
  });

  it.each([
    ['absent', 'gone.pem', null, 'ENOENT'],
    ['no PEM', 'secret.txt', 'do-not-quote-me', 'not a PEM file'],
  ])('is refused for a file that is %s, without its text', async (_, name, text, reason) => {
    const caFile = join(folder, name);
    if (text !== null) writeFileSync(caFile, text);
    const read = await readerOf({ tls: { caFile } }).read();
    expect(read).toMatchObject({ ok: false, failure: expect.stringContaining(reason) });
    expect(JSON.stringify(read)).not.toContain('do-not-quote-me');
  });
});

import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { afterEach, expect, test } from 'vitest';

import { systemClock } from '#backend/clock.ts';
import { createHttpClient, type HttpTarget } from '#backend/sources/http/http-client.ts';
import { startFaultServer } from '../../../fakes/fault-server.ts';
import { selfSigned } from './certificates.ts';

const year = 365 * 24 * 3_600_000;
const [lastYear, yesterday, nextYear] = [-year, -86_400_000, year].map((ms) => new Date(Date.now() + ms)) as [
  Date,
  Date,
  Date,
];
const right = selfSigned('localhost', lastYear, nextYear);
const expired = selfSigned('localhost', lastYear, yesterday);
const early = selfSigned('localhost', nextYear, new Date(Date.now() + 2 * year));
const elsewhere = selfSigned('gpu-01.example', lastYear, nextYear);

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Asks a TLS server on loopback once; says what came, and how many requests got through to the server. */
async function ask(serverOptions: TlsOptions, tls: HttpTarget['tls'] = {}) {
  let requests = 0;
  const server: Server = createServer(serverOptions, (_request, response) => {
    requests += 1;
    response.end('up 1\n');
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = createHttpClient(systemClock);
  closers.push(
    () => client.close(),
    () => server.close(),
  );
  const url = `https://localhost:${(server.address() as AddressInfo).port}/metrics`;
  const answer = await client.get({ url, authorization: 'Bearer do-not-tell-anyone', tls });
  return { answer, requests };
}

test('N14 a certificate of the CA set for the target is accepted', async () => {
  const { answer } = await ask(right, { ca: right.cert });
  expect(answer).toMatchObject({ ok: true, value: { status: 200 } });
});

test.each([
  ['by an unknown authority', right, {}, 'signed by itself'],
  ['that has expired', expired, { ca: expired.cert }, 'has expired'],
  ['that is not valid yet', early, { ca: early.cert }, 'not valid yet'],
  ['for another host', elsewhere, { ca: elsewhere.cert }, 'for another host name'],
])('N14 a certificate %s is refused, and no request leaves', async (_what, certificate, tls, reason) => {
  const { answer, requests } = await ask(certificate, tls);
  expect(answer).toMatchObject({ ok: false, failure: { kind: 'tls', message: expect.stringContaining(reason) } });
  expect(requests).toBe(0);
});

test('N14 a server that speaks only TLS 1.1 is refused', async () => {
  // Security level 0, or OpenSSL would refuse to serve 1.1 at all.
  const old = { ...right, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const { answer, requests } = await ask(old, { ca: right.cert });
  expect(answer).toMatchObject({ ok: false, failure: { kind: 'tls', message: expect.stringContaining('TLS 1.1') } });
  expect(requests).toBe(0);
});

test('N14 a missing client certificate is said, and one that is set is sent', async () => {
  const strict = { ...right, requestCert: true, rejectUnauthorized: true, ca: right.cert };
  const missing = await ask(strict, { ca: right.cert });
  expect(missing.answer).toMatchObject({
    ok: false,
    failure: { kind: 'tls', message: expect.stringContaining('client certificate') },
  });
  expect(missing.requests).toBe(0);
  const sent = await ask(strict, { ca: right.cert, cert: right.cert, key: right.key });
  expect(sent.answer.ok).toBe(true);
});

test('N14 verification is left out only for a target that says so', async () => {
  expect((await ask(expired, { insecure: true })).answer.ok).toBe(true);
  expect((await ask(expired, { insecure: false })).answer.ok).toBe(false);
});

test('N14 a pinned certificate is accepted, and another of the same authority is not', async () => {
  const { fingerprint256: pin } = new X509Certificate(right.cert);
  expect((await ask(right, { ca: right.cert, pin })).answer.ok).toBe(true);
  expect((await ask(right, { ca: right.cert, pin: pin.replaceAll(':', '').toLowerCase() })).answer.ok).toBe(true);
  const other = await ask(right, { ca: right.cert, pin: pin.replace(/^../, pin.startsWith('00') ? '01' : '00') });
  expect(other.answer).toMatchObject({
    ok: false,
    failure: { kind: 'tls', message: expect.stringContaining('pinned') },
  });
  expect(other.requests).toBe(0);
  // A pin stands beside the check of the authority, not in its place.
  expect((await ask(right, { pin })).answer.ok).toBe(false);
});

test('N14 a socket that one target verified is not lent to a target with another pin', async () => {
  const { fingerprint256: pin } = new X509Certificate(right.cert);
  const server: Server = createServer(right, (_request, response) => response.end('up 1\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = createHttpClient(systemClock);
  closers.push(
    () => client.close(),
    () => server.close(),
  );
  const url = `https://localhost:${(server.address() as AddressInfo).port}/metrics`;
  const wrong = pin.replace(/^../, pin.startsWith('00') ? '01' : '00');
  expect((await client.get({ url, tls: { ca: right.cert } })).ok).toBe(true);
  expect((await client.get({ url, tls: { ca: right.cert, pin } })).ok).toBe(true);
  expect((await client.get({ url, tls: { ca: right.cert, pin: wrong } })).ok).toBe(false);
});

test('N14 a certificate may be for the server name that is set instead of the host', async () => {
  expect((await ask(elsewhere, { ca: elsewhere.cert, servername: 'gpu-01.example' })).answer.ok).toBe(true);
  expect((await ask(right, { ca: right.cert, servername: 'gpu-01.example' })).answer.ok).toBe(false);
});

test('N14 an unreadable CA or key setting is said, without its text', async () => {
  const { answer } = await ask(right, { ca: right.cert, cert: right.cert, key: 'not-a-pem-text' });
  expect(answer).toMatchObject({
    ok: false,
    failure: { kind: 'tls', message: expect.stringContaining('cannot be read') },
  });
  expect(JSON.stringify(answer)).not.toContain('not-a-pem-text');
});

test('N14 a port without TLS is said', async () => {
  const server = await startFaultServer();
  const client = createHttpClient(systemClock);
  const answer = await client.get({ url: server.url('good').replace('http:', 'https:') });
  expect(answer).toMatchObject({
    ok: false,
    failure: { kind: 'tls', message: expect.stringContaining('does not speak TLS') },
  });
  client.close();
  await server.close();
});

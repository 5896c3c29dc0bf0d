import { createServer } from 'node:https';
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { systemClock } from '#backend/clock.ts';
import { createHttpClient, type HttpClient, type HttpTarget } from '#backend/sources/http/http-client.ts';
import { goodMetrics, startFaultServer, type FaultServer } from '../../../fakes/fault-server.ts';
import { startProxy, type ProxyServer } from '../../../fakes/proxy-server.ts';
import { selfSigned } from './certificates.ts';

const certificate = selfSigned('gpu-1.internal', new Date(Date.now() - 1e9), new Date(Date.now() + 1e10));
const CREDENTIALS = `Basic ${Buffer.from('tw:proxy-password').toString('base64')}`;

let plain: FaultServer;
const tls = createServer(certificate, (request, response) => response.end(`${request.url} ${request.headers.host}`));
let tlsPort: number;
let client: HttpClient;
const proxies: ProxyServer[] = [];

beforeAll(async () => {
  plain = await startFaultServer();
  tls.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
  tlsPort = (tls.address() as AddressInfo).port;
});
afterAll(async () => {
  tls.closeAllConnections();
  tls.close();
  await plain.close();
});
beforeEach(() => {
  client = createHttpClient(systemClock);
});
afterEach(async () => {
  client.close();
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});

async function proxyOf(options: Parameters<typeof startProxy>[0] = {}): Promise<ProxyServer> {
  const proxy = await startProxy({ names: ['gpu-1.internal'], ...options });
  proxies.push(proxy);
  return proxy;
}

const askTls = (access: Omit<HttpTarget, 'url'>) =>
  client.get({ url: `https://gpu-1.internal:${tlsPort}/metrics?a=1`, tls: { ca: certificate.cert }, ...access });
const textOf = (answer: Awaited<ReturnType<HttpClient['get']>>) =>
  answer.ok ? Buffer.from(answer.value.body).toString() : answer.failure;

describe('a target behind a proxy', () => {
  test('of http is asked for with its whole address, by name, and the proxy gets its own credentials', async () => {
    const proxy = await proxyOf({ authorization: CREDENTIALS });
    const url = plain.url('good').replace('127.0.0.1', 'gpu-1.internal');
    const access = { proxy: { url: proxy.url, authorization: CREDENTIALS }, authorization: 'Bearer for-the-target' };
    for (const round of [1, 2]) {
      expect(textOf(await client.get({ url, ...access }))).toBe(goodMetrics);
      expect(proxy.asked).toHaveLength(round);
    }
    expect(proxy.asked[0]).toEqual({ line: `GET ${url}`, authorization: CREDENTIALS });
    expect(plain.lastHeaders('good')).toMatchObject({ authorization: 'Bearer for-the-target' });
    expect(plain.lastHeaders('good')['proxy-authorization']).toBeUndefined();
  });

  test('of https is reached through a tunnel that is kept, and the proxy never sees the request', async () => {
    const proxy = await proxyOf({ authorization: CREDENTIALS });
    const access = { proxy: { url: proxy.url, authorization: CREDENTIALS }, authorization: 'Bearer for-the-target' };
    for (const _ of [1, 2]) expect(textOf(await askTls(access))).toBe(`/metrics?a=1 gpu-1.internal:${tlsPort}`);
    expect(proxy.asked).toEqual([{ line: `CONNECT gpu-1.internal:${tlsPort}`, authorization: CREDENTIALS }]);
  });

  test('N14 of https is verified at its own end of the tunnel', async () => {
    const proxy = await proxyOf();
    expect(textOf(await askTls({ proxy: { url: proxy.url }, tls: {} }))).toMatchObject({ kind: 'tls' });
  });

  test.each(['http', 'https'])(
    'of %s is not reached with wrong proxy credentials, and the message says whose',
    async (scheme) => {
      const proxy = await proxyOf({ authorization: CREDENTIALS });
      const wrong = { proxy: { url: proxy.url, authorization: 'Basic d3Jvbmc6c2VjcmV0', secrets: ['wrong-secret'] } };
      const answer = scheme === 'https' ? await askTls(wrong) : await client.get({ url: plain.url('good'), ...wrong });
      expect(textOf(answer)).toMatchObject({
        kind: 'unauthorized',
        status: 407,
        message: expect.stringContaining('proxy refused'),
      });
      expect(JSON.stringify(answer)).not.toMatch(/d3Jvbmc6c2VjcmV0|wrong-secret/);
    },
  );

  test('N01 that the proxy cannot reach is down, and so is one whose proxy is', async () => {
    const proxy = await proxyOf();
    const gone = await client.get({ url: 'https://127.0.0.1:1/metrics', proxy: { url: proxy.url } });
    expect(textOf(gone)).toMatchObject({ kind: 'refused', message: expect.stringContaining('the proxy answered 502') });
    const noProxy = await askTls({ proxy: { url: 'http://127.0.0.1:1' } });
    expect(textOf(noProxy)).toMatchObject({ kind: 'refused', message: expect.stringContaining('proxy 127.0.0.1:1') });
  });

  test('N03 whose proxy never answers is cut on time, and no socket to it outlives the client', async () => {
    let open = 0;
    const silent = createSocketServer((socket) => {
      open += 1;
      socket.on('close', () => (open -= 1));
      socket.on('error', () => {});
      socket.resume();
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const proxy = { url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` };
    const limits = { connectMs: 200, totalMs: 400 };
    const answer = await client.get({ url: `https://gpu-1.internal:${tlsPort}/`, proxy }, { limits });
    expect(textOf(answer)).toMatchObject({ kind: 'connect-timeout' });
    client.close();
    await expect.poll(() => open).toBe(0);
    silent.close();
  });

  test('is not asked through a cloud metadata address', async () => {
    expect(textOf(await askTls({ proxy: { url: 'http://169.254.169.254' } }))).toMatchObject({
      kind: 'address-refused',
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawRequest, sendRaw } from './raw-http.ts';
import { serveTiny, type Served } from './serve-tiny.ts';

describe('the checks before routing', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serveTiny();
  });
  afterAll(() => served.server.stop());

  const host = (): readonly [string, string] => ['Host', `127.0.0.1:${served.server.port}`];
  const statusOf = async (text: string) => (await sendRaw(served.server.port, text)).status;

  it('lets a request to our own address pass, under each of its names', async () => {
    for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
      const headers = [['Host', `${name}:${served.server.port}`]] as const;
      expect(await statusOf(rawRequest({ headers })), name).toBe(200);
    }
  });

  it('refuses a foreign Host, which stops DNS rebinding', async () => {
    const { port } = served.server;
    for (const foreign of [
      'attacker.example',
      `attacker.example:${port}`,
      '127.0.0.1',
      '127.0.0.1:1',
      `x127.0.0.1:${port}`,
    ]) {
      expect(await statusOf(rawRequest({ headers: [['Host', foreign]] })), foreign).toBe(421);
    }
  });

  it('refuses an absent and a duplicate Host', async () => {
    expect(await statusOf(rawRequest({}))).toBe(400);
    expect(await statusOf('GET /healthz HTTP/1.0\r\n\r\n')).toBe(421);
    expect(await statusOf(rawRequest({ headers: [host(), host()] }))).toBe(421);
    expect(await statusOf(rawRequest({ headers: [host(), ['Host', 'attacker.example']] }))).toBe(421);
  });

  it('refuses a request line that names a host of its own', async () => {
    const path = `http://127.0.0.1:${served.server.port}/healthz`;
    expect(await statusOf(rawRequest({ path, headers: [host()] }))).toBe(400);
    expect(await statusOf(rawRequest({ path: '//127.0.0.1/healthz', headers: [host()] }))).toBe(400);
  });

  it('refuses a foreign Origin and the null Origin of sandboxed pages', async () => {
    const origins = [
      'https://attacker.example',
      'null',
      `https://127.0.0.1:${served.server.port}`,
      'http://127.0.0.1:1',
    ];
    for (const origin of origins) {
      expect(await statusOf(rawRequest({ headers: [host(), ['Origin', origin]] })), origin).toBe(403);
    }
    const ours = `http://127.0.0.1:${served.server.port}`;
    expect(await statusOf(rawRequest({ headers: [host(), ['Origin', ours]] }))).toBe(200);
    expect(await statusOf(rawRequest({ headers: [host(), ['Origin', ours], ['Origin', 'null']] }))).toBe(403);
  });

  it('refuses requests that another site or another port caused', async () => {
    for (const site of ['cross-site', 'same-site']) {
      expect(await statusOf(rawRequest({ headers: [host(), ['Sec-Fetch-Site', site]] })), site).toBe(403);
    }
    for (const site of ['same-origin', 'none']) {
      expect(await statusOf(rawRequest({ headers: [host(), ['Sec-Fetch-Site', site]] })), site).toBe(200);
    }
  });

  it('refuses preflights and other methods, and never offers its answers to another origin', async () => {
    for (const method of ['OPTIONS', 'PUT', 'DELETE', 'TRACE', 'PATCH']) {
      const answer = await sendRaw(
        served.server.port,
        rawRequest({ method, path: '/api/call/capabilities', headers: [host()] }),
      );
      expect(answer.status, method).toBe(405);
      expect(answer.head.toLowerCase()).not.toContain('access-control');
    }
  });

  it('refuses headers over 16 KB', async () => {
    expect(await statusOf(rawRequest({ headers: [host(), ['X-Long', 'x'.repeat(17_000)]] }))).toBe(431);
  });

  it('says nothing but "up" when asked for its health', async () => {
    const answer = await sendRaw(served.server.port, rawRequest({ headers: [host()] }));
    expect(answer.body).toBe('up\n');
  });

  it('sends the security headers with pages and with refusals', async () => {
    for (const path of ['/open', '/nothing']) {
      const { head } = await sendRaw(served.server.port, rawRequest({ path, headers: [host()] }));
      expect(head).toContain("Content-Security-Policy: default-src 'none'; script-src 'self';");
      expect(head).toContain('X-Content-Type-Options: nosniff');
      expect(head).toContain('Referrer-Policy: no-referrer');
      expect(head).toContain('Cache-Control: no-store');
      expect(head).toContain('Cross-Origin-Resource-Policy: same-origin');
      expect(head).toContain('Cross-Origin-Opener-Policy: same-origin');
    }
  });
});

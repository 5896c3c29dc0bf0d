import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { rawRequest, sendRaw } from './raw-http.ts';
import { scriptHeaders, serveTiny, signIn, type Served } from './serve-tiny.ts';

describe('calls of scripts over HTTP', () => {
  let served: Served;
  afterEach(() => served.server.stop());

  const post = (name: string, headers: Record<string, string>, body = '{}') =>
    fetch(`${served.origin}/api/call/${name}`, { method: 'POST', headers, body });

  it('answer with a status that a script can act on', async () => {
    served = await serveTiny();
    const headers = scriptHeaders(served.server);
    expect((await post('capabilities', headers)).status).toBe(200);
    expect((await post('overview', headers)).status).toBe(400);
    expect((await post('toString', headers)).status).toBe(404);
    expect((await post('__proto__', headers)).status).toBe(404);
    expect((await post('removeSource', headers, '{"name":"x"}')).status).toBe(409);
    expect((await post('capabilities', headers, '{')).status).toBe(400);
  });

  it('need a JSON body, our header and the token; a cookie is not enough', async () => {
    served = await serveTiny();
    const { 'Content-Type': type, 'X-Tokenwatt': header, Authorization: token } = scriptHeaders(served.server);
    const cookie = await signIn(served.server);
    expect(
      (await post('capabilities', { 'Content-Type': 'text/plain', 'X-Tokenwatt': header!, Authorization: token! }))
        .status,
    ).toBe(415);
    expect((await post('capabilities', { 'Content-Type': type!, Authorization: token! })).status).toBe(403);
    expect((await post('capabilities', { 'Content-Type': type!, 'X-Tokenwatt': header!, Cookie: cookie })).status).toBe(
      401,
    );
    const get = await fetch(`${served.origin}/api/call/capabilities`, { headers: scriptHeaders(served.server) });
    expect(get.status).toBe(404);
  });

  it('tell nothing about a mistake of ours but that there was one', async () => {
    const lines: string[] = [];
    served = await serveTiny({ log: (line) => lines.push(line) });
    const answer = await post('costBook', scriptHeaders(served.server));
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('secret');
    expect(lines.join()).toContain('a mistake in /secret/path');
  });

  it('refuse a body over 1 MB, declared or not', async () => {
    served = await serveTiny();
    const body = `{"name":"${'x'.repeat(1_100_000)}"}`;
    const lines = Object.entries(scriptHeaders(served.server)).concat([['Host', `127.0.0.1:${served.server.port}`]]);
    const declared = await sendRaw(
      served.server.port,
      rawRequest({ method: 'POST', path: '/api/call/removeSource', headers: lines, body }),
    );
    expect(declared.status).toBe(413);
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const chunked = `POST /api/call/removeSource HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunk}`;
    expect((await sendRaw(served.server.port, chunked)).status).toBe(413);
  });

  it('refuse more than a burst of 20, and 10 a second after it', async () => {
    let nowMs = 0;
    const clock = { now: () => 0 as never, monotonicMs: () => nowMs, sleep: () => Promise.resolve() };
    served = await serveTiny({ clock });
    const headers = scriptHeaders(served.server);
    const statuses: number[] = [];
    for (let count = 0; count < 22; count += 1) statuses.push((await post('capabilities', headers)).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.at(-1)).toBe(429);
    nowMs += 100;
    expect((await post('capabilities', headers)).status).toBe(200);
    expect((await post('capabilities', headers)).status).toBe(429);
  });

  it('refuse a ninth call while eight are running', async () => {
    served = await serveTiny();
    const headers = scriptHeaders(served.server);
    const controller = new AbortController();
    const running = Array.from({ length: 8 }, () =>
      fetch(`${served.origin}/api/call/sourceHealth`, {
        method: 'POST',
        headers,
        body: '{}',
        signal: controller.signal,
      }),
    );
    const ended = Promise.allSettled(running);
    // The order of arrival on several connections is not ours to choose: ask until all eight have arrived.
    await expect.poll(async () => (await post('capabilities', headers)).status, { interval: 150 }).toBe(429);
    controller.abort();
    await ended;
  });

  it('cut a sender that does not come to an end', async () => {
    served = await serveTiny({ limits: { requestMs: 200 } });
    const socket = connect(served.server.port, '127.0.0.1');
    socket.write(`POST /api/call/capabilities HTTP/1.1\r\nHost: 127.0.0.1:${served.server.port}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 408/);
    socket.destroy();
  });

  it('keep to a bounded number of connections', async () => {
    served = await serveTiny({ limits: { connectionsMax: 2 } });
    const sockets = [1, 2].map(() => connect(served.server.port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const third = connect(served.server.port, '127.0.0.1');
    third.on('error', () => undefined);
    await once(third, 'close');
    for (const socket of sockets) {
      expect(socket.destroyed).toBe(false);
      socket.destroy();
    }
  });
});

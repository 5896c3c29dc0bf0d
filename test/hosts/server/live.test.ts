import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import { epochMs } from '#shared/time/instant.ts';
import { scriptHeaders, serveTiny, signIn, type Served } from './serve-tiny.ts';

describe('the WebSocket of browsers', () => {
  let served: Served;
  afterEach(() => served.server.stop());

  const open = (options: ClientOptions, path = '/api/live') =>
    new WebSocket(`ws://127.0.0.1:${served.server.port}${path}`, options);

  /** 101 when the upgrade was allowed, else the status of the refusal. */
  const statusOf = async (options: ClientOptions, path?: string): Promise<number> => {
    const socket = open(options, path);
    socket.on('error', () => undefined);
    return await new Promise((resolve) => {
      socket.on('upgrade', (response) => resolve(response.statusCode ?? 0));
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
    });
  };

  const byToken = () => ({ headers: { Authorization: scriptHeaders(served.server)['Authorization']! } });

  it('opens for a browser with its cookie and our origin, and for a script with the token', async () => {
    served = await serveTiny();
    const Cookie = await signIn(served.server);
    expect(await statusOf({ headers: { Cookie }, origin: served.origin })).toBe(101);
    expect(await statusOf(byToken())).toBe(101);
  });

  it('stays closed without authority, for a foreign page, and for a cookie without an origin', async () => {
    served = await serveTiny();
    const Cookie = await signIn(served.server);
    expect(await statusOf({ origin: served.origin })).toBe(401);
    expect(await statusOf({ headers: { Cookie } })).toBe(401);
    expect(await statusOf({ headers: { Cookie }, origin: 'https://attacker.example' })).toBe(403);
    expect(await statusOf({ headers: { Cookie, 'Sec-Fetch-Site': 'same-site' }, origin: served.origin })).toBe(403);
    expect(await statusOf({ headers: { ...byToken().headers, Host: 'attacker.example' } })).toBe(421);
    expect(await statusOf(byToken(), '/api/other')).toBe(404);
  });

  it('closes on messages that are not requests', async () => {
    served = await serveTiny();
    const bad = [
      '{',
      '[]',
      '{"k":"q"}',
      '{"k":"r","id":1,"v":1}',
      '{"k":"q","id":-1,"m":"capabilities"}',
      Buffer.from([1]),
    ];
    for (const message of bad) {
      const socket = open(byToken());
      await once(socket, 'open');
      socket.send(message);
      const [code] = (await once(socket, 'close')) as [number];
      expect(code, String(message)).toBe(1008);
    }
  });

  it('closes on a message over 1 MB', async () => {
    served = await serveTiny();
    const socket = open(byToken());
    await once(socket, 'open');
    socket.send('x'.repeat(1_100_000));
    expect((await once(socket, 'close'))[0]).toBe(1009);
  });

  it('lets eight calls run and 64 wait, and refuses more', async () => {
    served = await serveTiny();
    const socket = open(byToken());
    await once(socket, 'open');
    for (let id = 0; id < 73; id += 1) socket.send(JSON.stringify({ k: 'q', id, m: 'sourceHealth', p: {} }));
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(data.toString())).toMatchObject({
      k: 'r',
      id: 72,
      v: { ok: false, failure: { kind: 'not-possible' } },
    });
  });

  it('cuts a client that does not read, and goes on serving the others', async () => {
    served = await serveTiny({ limits: { unreadBytesMax: 2_000_000 } });
    const [lazy, other] = [open(byToken()), open(byToken())];
    await Promise.all([once(lazy, 'open'), once(other, 'open')]);
    let heard = 0;
    other.on('message', () => (heard += 1));
    lazy.pause();
    const closed = once(lazy, 'close');
    // 20 MB in all, more than the buffers of the system hold, in steps of 1 MB that let the reading client read.
    const event = { at: epochMs(1), padding: 'x'.repeat(10_000) };
    for (let round = 1; round <= 20; round += 1) {
      for (let count = 0; count < 100; count += 1) served.backend.emit('source-health-changed', event);
      await expect.poll(() => heard, { interval: 2 }).toBe(round * 100);
    }
    lazy.resume();
    await closed;
    expect(other.readyState).toBe(WebSocket.OPEN);
  });

  it('tells browsers to come back when the server ends', async () => {
    served = await serveTiny();
    const socket = open(byToken());
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await served.server.stop();
    expect((await closed)[0]).toBe(1001);
    served = await serveTiny();
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { createHttpTransport, liveAddressOf } from '#renderer/backend/http-transport.ts';
import type { Connection, Transport, WireRequest } from '#shared/contract/transport.ts';

const open: (() => void)[] = [];
afterEach(() => open.splice(0).forEach((close) => close()));

/** A live socket on loopback that answers each call with its name, twice spoilt by noise. */
async function listen(): Promise<{ readonly address: string; readonly drop: () => void }> {
  const http: Server = createServer();
  const sockets = new WebSocketServer({ server: http, path: '/api/live' });
  sockets.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const request = JSON.parse(data.toString()) as WireRequest;
      socket.send('not json');
      socket.send(JSON.stringify({ k: 'r', id: 'other' }));
      if (request.m !== 'never')
        socket.send(JSON.stringify({ k: 'r', id: request.id, v: { ok: true, value: request.m } }));
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    sockets.clients.forEach((socket) => socket.terminate());
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  return {
    address: liveAddressOf({ protocol: 'http:', host: `127.0.0.1:${port}` }),
    drop: () => sockets.clients.forEach((socket) => socket.terminate()),
  };
}

function reaches(transport: Transport, wanted: Connection): Promise<void> {
  return new Promise((resolve) => transport.onConnection((state) => void (state === wanted && resolve())));
}

describe('the http transport', () => {
  it('follows the page to a secure socket', () => {
    expect(liveAddressOf({ protocol: 'https:', host: 'watt.example' })).toBe('wss://watt.example/api/live');
  });

  it('answers calls made before the socket is open, and ignores noise', async () => {
    const { address } = await listen();
    const transport = createHttpTransport(address);
    expect(await Promise.all([transport.call('overview', {}), transport.call('events', {})])).toEqual([
      { ok: true, value: 'overview' },
      { ok: true, value: 'events' },
    ]);
  });

  it('fails calls while the socket is lost, and connects again', async () => {
    const { address, drop } = await listen();
    const transport = createHttpTransport(address);
    await reaches(transport, 'open');
    const unanswered = transport.call('never', {});
    drop();
    expect(await unanswered).toMatchObject({ ok: false, failure: { kind: 'disconnected' } });
    await reaches(transport, 'open');
    expect(await transport.call('overview', {})).toEqual({ ok: true, value: 'overview' });
  });
});

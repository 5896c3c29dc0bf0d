import { describe, expect, it } from 'vitest';
import { createBridgeTransport, type BridgePage } from '#renderer/backend/bridge-transport.ts';
import type { Connection, WireRequest } from '#shared/contract/transport.ts';

type Message = { readonly source?: unknown; readonly origin?: string; readonly data?: unknown };

function createPage() {
  let hear: (event: MessageEvent<unknown>) => void = () => {};
  const page: BridgePage = { origin: 'app://tokenwatt', addEventListener: (_, given) => void (hear = given) };
  let asked = 0;
  const transport = createBridgeTransport(page, { kind: 'window', platform: 'linux', requestPort: () => (asked += 1) });
  const hand = (patch: Message = {}): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    const event = { source: page, origin: page.origin, data: { type: 'tokenwatt-port' }, ports: [port1], ...patch };
    hear(event as unknown as MessageEvent<unknown>);
    return port2;
  };
  return { transport, hand, asked: () => asked };
}

/** A backend that answers each call with its own name. */
function echo(port: MessagePort): MessagePort {
  port.addEventListener('message', (event: MessageEvent<WireRequest>) => {
    port.postMessage({ k: 'r', id: event.data.id, v: { ok: true, value: event.data.m } });
  });
  port.start();
  return port;
}

function stateAfter(transport: ReturnType<typeof createPage>['transport'], wanted: Connection): Promise<void> {
  return new Promise((resolve) => transport.onConnection((state) => void (state === wanted && resolve())));
}

describe('the bridge transport', () => {
  it('asks the host for a port and holds calls until it comes', async () => {
    const { transport, hand, asked } = createPage();
    const answer = transport.call('overview', {});
    expect(asked()).toBe(1);
    const port = echo(hand());
    expect(await answer).toEqual({ ok: true, value: 'overview' });
    port.close();
  });

  it.each<[string, Message]>([
    ['another window', { source: {} }],
    ['another origin', { origin: 'https://elsewhere.example' }],
    ['another kind of message', { data: { type: 'something' } }],
    ['no object', { data: 'tokenwatt-port' }],
  ])('takes no port from %s', (_, patch) => {
    const { transport, hand } = createPage();
    hand(patch).close();
    const states: Connection[] = [];
    transport.onConnection((state) => states.push(state));
    expect(states).toEqual(['connecting']);
  });

  it('fails what is in flight when the port closes, and goes on with the next one', async () => {
    const { transport, hand } = createPage();
    const first = hand();
    const unanswered = transport.call('overview', {});
    first.close();
    await stateAfter(transport, 'lost');
    expect(await unanswered).toMatchObject({ ok: false, failure: { kind: 'disconnected' } });
    expect(await transport.call('overview', {})).toMatchObject({ ok: false, failure: { kind: 'disconnected' } });
    const second = echo(hand());
    expect(await transport.call('events', {})).toEqual({ ok: true, value: 'events' });
    second.close();
  });

  it('hears events until it is told to stop', async () => {
    const { transport, hand } = createPage();
    const port = echo(hand());
    const heard: number[] = [];
    const stop = transport.subscribe('facts-arrived', (event) => heard.push(event.until));
    port.postMessage({ k: 'e', t: 'facts-arrived', v: { from: 0, until: 1 } });
    await transport.call('events', {});
    stop();
    port.postMessage({ k: 'e', t: 'facts-arrived', v: { from: 1, until: 2 } });
    await transport.call('events', {});
    expect(heard).toEqual([1]);
    port.close();
  });
});

import { MessageChannel, type MessagePort as NodePort } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { Backend } from '#backend/create-backend.ts';
import { createSafeDispatch } from '#electron/hosts/server/safe-dispatch.ts';
import { servePort, type Port, type Served } from '#electron/hosts/window/serve-port.ts';
import { createBridgeTransport, type BridgePage } from '#renderer/backend/bridge-transport.ts';
import { EVENT_TOPICS } from '#shared/contract/backend-events.ts';
import { describeTransport } from '../../contract/transport-suite.ts';
import { tinyBackend } from '../server/tiny-backend.ts';

/** Electron's shape over a port of Node, whose messages are cloned as Electron's are. */
function electronPort(port: NodePort): Port {
  return {
    on(event: string, hear: (event: { readonly data: unknown }) => void) {
      return port.on(event, (data: unknown) => hear({ data }));
    },
    postMessage: (message) => port.postMessage(message),
    start: () => port.start(),
    close: () => port.close(),
  };
}

function servedBy(backend: Backend): Served {
  return {
    dispatch: createSafeDispatch(backend.api, () => undefined),
    subscribe: (topic, hear) => backend.subscribe(topic, hear),
  };
}

describeTransport(
  'a message port',
  (backend) => {
    const { port1, port2 } = new MessageChannel();
    const close = servePort(electronPort(port1), servedBy(backend));
    let hear: (event: MessageEvent<unknown>) => void = () => undefined;
    const page: BridgePage = { addEventListener: (_type, listener) => (hear = listener), origin: 'app://tokenwatt' };
    const message = { source: page, origin: page.origin, data: { type: 'tokenwatt-port' }, ports: [port2] };
    const transport = createBridgeTransport(page, {
      kind: 'window',
      platform: 'linux',
      requestPort: () => setImmediate(() => hear(message as unknown as MessageEvent<unknown>)),
    });
    return Promise.resolve({ transport, close: () => Promise.resolve(close()) });
  },
  { carriesEvents: true },
);

describe('a port to the backend', () => {
  const serve = () => {
    const { port1, port2 } = new MessageChannel();
    const close = servePort(electronPort(port1), servedBy(tinyBackend()));
    const heard: unknown[] = [];
    port2.on('message', (message) => heard.push(message));
    return { port2, heard, close };
  };

  it('answers what is no request with a failure, if it has a number to answer to', async () => {
    const { port2, heard, close } = serve();
    const malformed = [null, 1, 'q', [], {}, { id: 'x' }, { id: -1 }, { id: 0.5 }, new Map([['id', 1]])];
    for (const message of malformed) port2.postMessage(message);
    const numbered = [
      { id: 1 },
      { k: 'r', id: 2, m: 'capabilities', p: {} },
      { k: 'q', id: 3, m: 4, p: {} },
      { k: 'q', id: 4, m: 'capabilities', p: {}, more: 1 },
      { k: 'q', id: 5, m: 'x'.repeat(65), p: {} },
    ];
    for (const message of numbered) port2.postMessage(message);
    await expect.poll(() => heard.length).toBe(5);
    expect(heard).toEqual(
      [1, 2, 3, 4, 5].map((id) => ({
        k: 'r',
        id,
        v: { ok: false, failure: { kind: 'bad-input', message: expect.any(String) } },
      })),
    );
    close();
  });

  it('refuses calls beyond what may wait, and goes on with the others', async () => {
    const { port2, heard, close } = serve();
    // `sourceHealth` of the tiny backend never ends: eight of them fill the places, 64 wait.
    for (let id = 1; id <= 73; id += 1) port2.postMessage({ k: 'q', id, m: 'sourceHealth', p: {} });
    await expect.poll(() => heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({ id: 73, v: { ok: false, failure: { kind: 'not-possible' } } });
    close();
  });

  it('leaves the backend when it closes, from either end', async () => {
    for (const end of ['ours', 'theirs']) {
      const { port1, port2 } = new MessageChannel();
      const backend = tinyBackend();
      let subscriptions = 0;
      const close = servePort(electronPort(port1), {
        ...servedBy(backend),
        subscribe: (topic, hear) => {
          subscriptions += 1;
          const unsubscribe = backend.subscribe(topic, hear);
          return () => {
            subscriptions -= 1;
            unsubscribe();
          };
        },
      });
      expect(subscriptions).toBe(EVENT_TOPICS.length);
      if (end === 'ours') close();
      else port2.close();
      await expect.poll(() => subscriptions, { message: end }).toBe(0);
    }
  });
});

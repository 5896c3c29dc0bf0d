import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '#backend/create-backend.ts';
import { createClient } from '#shared/contract/client.ts';
import type { Transport } from '#shared/contract/transport.ts';
import { epochMs } from '#shared/time/instant.ts';
import { CAPABILITIES, tinyBackend } from '../hosts/server/tiny-backend.ts';

/** A wire between a backend and a client, for as long as a suite runs. */
export type OpenWire = (backend: Backend) => Promise<{ readonly transport: Transport; close(): Promise<void> }>;

export type WireAbilities = {
  /** Calls over HTTP carry no events: scripts ask again. */
  readonly carriesEvents: boolean;
};

/** What every wire must do: the same suite runs over each of them, so that no host can answer differently. */
export function describeTransport(name: string, openWire: OpenWire, { carriesEvents }: WireAbilities): void {
  describe(`the contract over ${name}`, () => {
    const backend = tinyBackend();
    let wire: Awaited<ReturnType<OpenWire>>;
    beforeAll(async () => {
      wire = await openWire(backend);
    });
    afterAll(() => wire.close());

    it('carries an answer unchanged', async () => {
      expect(await createClient(wire.transport).capabilities({})).toEqual({ ok: true, value: CAPABILITIES });
    });

    it('carries an input, checked and completed on the backend side', async () => {
      const window = { from: epochMs(1000), to: epochMs(2000) };
      expect(await createClient(wire.transport).events({ window })).toEqual({ ok: true, value: [] });
      expect(backend.heard.at(-1)).toEqual({ window });
    });

    it('carries a failure as a value', async () => {
      const answer = await createClient(wire.transport).removeSource({ name: 'x' });
      expect(answer).toEqual({ ok: false, failure: { kind: 'not-possible', message: expect.any(String) } });
    });

    it('refuses input of the wrong shape, and fields that the call does not have', async () => {
      const calls = [
        wire.transport.call('overview', {}),
        wire.transport.call('events', { window: { from: 2, to: 1 } }),
        wire.transport.call('capabilities', { more: 1 }),
        wire.transport.call('removeSource', JSON.parse('{"name":"x","__proto__":{"a":1}}')),
      ];
      for (const answer of await Promise.all(calls)) {
        expect(answer).toMatchObject({ ok: false, failure: { kind: 'bad-input' } });
      }
    });

    it('refuses names that are not calls, among them those that every object has', async () => {
      for (const call of ['nothing', 'constructor', 'toString', '__proto__', '']) {
        expect(await wire.transport.call(call, {}), call).toMatchObject({
          ok: false,
          failure: { kind: 'unknown-call' },
        });
      }
    });

    it('answers calls that run at the same time, each its own', async () => {
      const client = createClient(wire.transport);
      const [first, second, third] = await Promise.all([
        client.capabilities({}),
        client.removeSource({ name: 'x' }),
        client.capabilities({}),
      ]);
      expect([first.ok, second.ok, third.ok]).toEqual([true, false, true]);
    });

    // Not skipped but absent: a wire without events lacks nothing that a machine could be given.
    if (carriesEvents)
      it('carries events to those who listen, until they stop', async () => {
        const heard: unknown[] = [];
        const unsubscribe = wire.transport.subscribe('facts-arrived', (event) => heard.push(event));
        const event = { from: epochMs(1), until: epochMs(2) };
        backend.emit('facts-arrived', event);
        backend.emit('source-health-changed', { at: epochMs(3) });
        await expect.poll(() => heard).toEqual([event]);
        unsubscribe();
        backend.emit('facts-arrived', event);
        await createClient(wire.transport).capabilities({});
        expect(heard).toHaveLength(1);
      });
  });
}

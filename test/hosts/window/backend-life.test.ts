import { describe, expect, it } from 'vitest';
import type { Backend } from '#backend/create-backend.ts';
import { createBackendLife } from '#electron/hosts/window/backend-life.ts';
import { fail, succeed } from '#shared/lib/result.ts';
import { epochMs } from '#shared/time/instant.ts';
import { tinyBackend, type TinyBackend } from '../server/tiny-backend.ts';

describe('a backend that sleeps with the machine', () => {
  const begin = () => {
    const opened: TinyBackend[] = [];
    const order: string[] = [];
    const open = () => {
      const tiny = tinyBackend();
      opened.push(tiny);
      order.push('open');
      const stop = () => Promise.resolve(void order.push('stop'));
      return Promise.resolve(succeed<Backend>({ ...tiny, stop }));
    };
    return { life: createBackendLife({ open, log: () => undefined }), opened, order };
  };

  it('answers calls awake, and as disconnected asleep', async () => {
    const { life } = begin();
    expect(await life.dispatch('capabilities', {})).toMatchObject({ failure: { kind: 'disconnected' } });
    await life.wake();
    expect(await life.dispatch('capabilities', {})).toMatchObject({ ok: true });
    await life.sleep();
    expect(await life.dispatch('capabilities', {})).toMatchObject({ failure: { kind: 'disconnected' } });
  });

  it('keeps who listens over a sleep', async () => {
    const { life, opened } = begin();
    const heard: unknown[] = [];
    const stop = life.subscribe('cost-book-changed', (event) => heard.push(event));
    await life.wake();
    opened[0]!.emit('cost-book-changed', { at: epochMs(1) });
    await life.sleep();
    await life.wake();
    opened[1]!.emit('cost-book-changed', { at: epochMs(2) });
    stop();
    opened[1]!.emit('cost-book-changed', { at: epochMs(3) });
    expect(heard).toEqual([{ at: 1 }, { at: 2 }]);
  });

  it('takes sleep and wake in the order they came, each once', async () => {
    const { life, order } = begin();
    await Promise.all([life.wake(), life.wake(), life.sleep(), life.sleep(), life.wake()]);
    expect(order).toEqual(['open', 'stop', 'open']);
  });

  it('says why it cannot wake', async () => {
    const failure = { kind: 'locked', message: 'in use' } as const;
    const life = createBackendLife({ open: () => Promise.resolve(fail(failure)), log: () => undefined });
    expect(await life.wake()).toEqual({ ok: false, failure });
    expect(await life.dispatch('capabilities', {})).toMatchObject({ failure: { kind: 'disconnected' } });
  });
});

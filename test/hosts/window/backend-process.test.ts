import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBackendProcess, type BackendState } from '#electron/hosts/window/backend-process.ts';
import type { BackendWish, ToBackend } from '#electron/hosts/window/host-messages.ts';

/** A process that does what the test says. */
class ScriptedChild extends EventEmitter {
  readonly told: ToBackend[] = [];
  wasKilled = false;
  postMessage(message: ToBackend): void {
    this.told.push(message);
  }
  kill(): boolean {
    this.wasKilled = true;
    this.emit('exit', 143);
    return true;
  }
}

describe('the keeper of the backend process', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const begin = () => {
    const children: ScriptedChild[] = [];
    const states: BackendState[] = [];
    const wishes: BackendWish[] = [];
    const keeper = createBackendProcess({
      fork: () => {
        const child = new ScriptedChild();
        children.push(child);
        return child;
      },
      onState: (state) => states.push(state),
      onWish: (wish) => wishes.push(wish),
      monotonicMs: () => performance.now(),
    });
    keeper.start();
    return { keeper, children, states, wishes, last: () => children.at(-1)! };
  };

  it('restarts after 1, 2, 5 and 15 seconds, then says so and stops trying', () => {
    const { children, states, last } = begin();
    for (const [index, waitMs] of [1000, 2000, 5000, 15_000].entries()) {
      last().emit('exit', 9);
      expect(states.at(-1)).toEqual({ kind: 'restarting', afterMs: waitMs });
      vi.advanceTimersByTime(waitMs - 1);
      expect(children).toHaveLength(index + 1);
      vi.advanceTimersByTime(1);
      expect(children).toHaveLength(index + 2);
    }
    last().emit('exit', 9);
    expect(states.at(-1)).toMatchObject({ kind: 'ended', reason: expect.stringContaining('5 times') });
    vi.advanceTimersByTime(3_600_000);
    expect(children).toHaveLength(5);
  });

  it('starts anew when asked after the end', () => {
    const { keeper, children, last } = begin();
    last().emit('message', { kind: 'refused', reason: 'locked' });
    keeper.start();
    expect(children).toHaveLength(2);
    last().emit('exit', 9);
    vi.advanceTimersByTime(1000);
    expect(children).toHaveLength(3);
  });

  it('does not restart a backend that refuses to start: its reason is the end', () => {
    const { children, states, last } = begin();
    last().emit('message', { kind: 'refused', reason: 'Tokenwatt is running already' });
    expect(last().wasKilled).toBe(true);
    expect(states.at(-1)).toEqual({ kind: 'ended', reason: 'Tokenwatt is running already' });
    vi.advanceTimersByTime(3_600_000);
    expect(children).toHaveLength(1);
  });

  it('hears only messages that it knows', () => {
    const { wishes, states, last } = begin();
    for (const message of [null, 'ready', { kind: 'else' }, { kind: 'refused' }]) last().emit('message', message);
    last().emit('message', { kind: 'start-sample-fleet' });
    expect(wishes).toEqual([{ kind: 'start-sample-fleet' }]);
    expect(states).toEqual([{ kind: 'starting' }]);
  });

  it('asks the process to close, and starts no other after it', async () => {
    const { keeper, children, last } = begin();
    const stopped = keeper.stop();
    expect(last().told).toEqual([{ kind: 'stop' }]);
    last().emit('exit', 0);
    await stopped;
    keeper.start();
    vi.advanceTimersByTime(3_600_000);
    expect(children).toHaveLength(1);
    expect(last().wasKilled).toBe(false);
  });

  it('ends a process that does not close within five seconds', async () => {
    const { keeper, last } = begin();
    const stopped = keeper.stop();
    vi.advanceTimersByTime(4999);
    expect(last().wasKilled).toBe(false);
    vi.advanceTimersByTime(1);
    await stopped;
    expect(last().wasKilled).toBe(true);
  });

  it('stops while it waits to restart', async () => {
    const { keeper, children, last } = begin();
    last().emit('exit', 1);
    await keeper.stop();
    vi.advanceTimersByTime(60_000);
    expect(children).toHaveLength(1);
  });
});

import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLiveClock } from '#renderer/backend/live-clock.ts';
import { startLiveUpdates } from '#renderer/backend/live-updates.ts';
import { createWireLink } from '#renderer/backend/wire-link.ts';
import { epochMs } from '#shared/time/instant.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start() {
  const link = createWireLink();
  const cache = new QueryClient();
  const clock = createLiveClock(() => Date.now());
  const counts = new Map<string, number>();
  for (const key of ['overview', 'costSeries', 'sourceHealth', 'costBook']) {
    cache.setQueryData([key], 'an answer');
    const query = cache.getQueryCache().find({ queryKey: [key] })!;
    cache.getQueryCache().subscribe((event) => {
      if (event.query !== query || event.type !== 'updated' || event.action.type !== 'invalidate') return;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      // An answer came: the next invalidation counts again.
      cache.setQueryData([key], 'an answer');
    });
  }
  const stop = startLiveUpdates(link, cache, clock);
  link.up(() => {});
  const arrive = (): void => link.receive({ k: 'e', t: 'facts-arrived', v: { from: 0, until: 1 } });
  return { link, clock, counts, stop, arrive };
}

describe('live updates', () => {
  it('refresh at once, and then at most once per period however many facts arrive', () => {
    const { counts, arrive, stop } = start();
    arrive();
    expect([counts.get('overview'), counts.get('costSeries')]).toEqual([1, 1]);
    for (let count = 0; count < 50; count += 1) arrive();
    vi.advanceTimersByTime(999);
    expect(counts.get('overview')).toBe(1);
    vi.advanceTimersByTime(1);
    expect([counts.get('overview'), counts.get('costSeries')]).toEqual([2, 1]);
    vi.advanceTimersByTime(10_000);
    expect([counts.get('overview'), counts.get('costSeries')]).toEqual([2, 2]);
    stop();
  });

  it('leave a paused page and its window alone', () => {
    const { counts, clock, arrive, stop } = start();
    clock.learn(epochMs(5_000_000));
    clock.setPaused(true);
    vi.advanceTimersByTime(60_000);
    arrive();
    vi.advanceTimersByTime(60_000);
    expect(counts.get('overview')).toBeUndefined();
    expect(clock.state().asOf).toBe(5_000_000);
    expect(clock.now()).toBe(5_120_000);
    stop();
  });

  it('ask for everything again after the backend came back', () => {
    const { link, counts, clock, stop } = start();
    link.down();
    expect(clock.state().connection).toBe('lost');
    link.up(() => {});
    expect([...counts.keys()].toSorted()).toEqual(['costBook', 'costSeries', 'overview', 'sourceHealth']);
    stop();
  });

  it('reprice what is shown when the cost book changes', () => {
    const { link, counts, stop } = start();
    link.receive({ k: 'e', t: 'cost-book-changed', v: { at: 1 } });
    expect([...counts.keys()].toSorted()).toEqual(['costBook', 'costSeries', 'overview']);
    stop();
  });
});

import { describe, expect, test } from 'vitest';

import { engineChange, type ChangeInput } from '#backend/sampling/engine-fact-of.ts';
import type { CumulativeHistogram } from '#shared/model/sample.ts';
import { epochMs } from '#shared/time/instant.ts';
import { engine } from './readings.ts';

const histogram = (
  counts: readonly number[],
  sumSeconds: number,
  bounds = [0.1, 1, Infinity],
): CumulativeHistogram => ({
  bounds,
  counts,
  sumSeconds,
  count: counts.at(-1)!,
});
const withTtft = (ttft: CumulativeHistogram | null) =>
  engine({ latencies: { ttft, interToken: null, endToEnd: null } });

function change(input: Partial<ChangeInput>) {
  return engineChange({
    previous: engine(),
    now: engine(),
    interval: { kind: 'watched', start: epochMs(0), seconds: 10, clockStepped: false },
    evidence: 'same',
    previousWasWhole: true,
    gpus: 8,
    secondsSinceMove: 10,
    hasGauges: true,
    ...input,
  });
}

describe('what an engine did in a watched interval', () => {
  test('counters differ, gauges count as the mean of both readings', () => {
    const now = engine({ requestsRunning: 4, kvCacheUsage: 0.75, counters: { outputTokens: 150, inputTokens: 1600 } });
    expect(change({ now })?.sums).toMatchObject({
      outputTokens: 50,
      inputTokens: 600,
      requestsStopped: 0,
      restarts: 0,
      observedSeconds: 10,
      bridgedSeconds: null,
      runningRequestSeconds: 30,
      kvCacheUsageSeconds: 5,
    });
  });

  test('M18 speculative decoding and sleep are sums of their own, and what an engine does not tell stays unknown', () => {
    const before = engine({ sleeping: 0, counters: { speculativeDrafts: 10, draftTokens: 30, acceptedTokens: 20 } });
    const now = engine({ sleeping: 1, counters: { speculativeDrafts: 14, draftTokens: 42, acceptedTokens: 29 } });
    const told = { speculativeDrafts: 4, draftTokens: 12, acceptedTokens: 9, sleepingSeconds: 5, outputTokens: 0 };
    expect(change({ previous: before, now })?.sums).toMatchObject(told);
    const untold = { speculativeDrafts: null, draftTokens: null, acceptedTokens: null, sleepingSeconds: null };
    expect(change({})?.sums).toMatchObject(untold);
  });

  test('M05 a fall of another counter than the tokens proves nothing for them', () => {
    const previous = engine({ counters: { outputTokens: 100, preemptions: 50 } });
    const now = engine({ counters: { outputTokens: 130, preemptions: 1 } });
    expect(change({ previous, now, evidence: 'unknown' })?.sums).toMatchObject({ outputTokens: 30, preemptions: 1 });
  });

  test('M05 one counter that fell far proves a restart for all counters and histograms', () => {
    const previous = withTtft(histogram([1, 2, 3], 3));
    const now = {
      ...withTtft(histogram([4, 4, 4], 0.2)),
      counters: engine({ counters: { inputTokens: 300, outputTokens: 120 } }).counters,
    };
    const result = change({ previous, now, evidence: 'unknown' });
    expect(result).toMatchObject({ restarted: true, heldOut: [] });
    expect(result?.sums).toMatchObject({ inputTokens: 300, outputTokens: 120, ttftCount: 4, restarts: 1 });
  });

  test('M07 an implausible counter is held out with a reason, the others count', () => {
    const now = engine({ counters: { outputTokens: 1e12, inputTokens: 1100 } });
    const result = change({ now });
    expect(result?.sums).toMatchObject({ outputTokens: null, inputTokens: 100 });
    expect(result?.heldOut).toEqual([expect.stringMatching(/^outputTokens of pod-1\/llama rose by 999999999900/)]);
  });

  test('a counter that stood still for a day may catch up for one request, not for the day', () => {
    const now = engine({ counters: { outputTokens: 100 + 50_000 * 10 * 8 * 900 } });
    const more = engine({ counters: { outputTokens: 101 + 50_000 * 10 * 8 * 900 } });
    expect(change({ now, secondsSinceMove: 86_400 })?.heldOut).toEqual([]);
    expect(change({ now: more, secondsSinceMove: 86_400 })?.heldOut).toHaveLength(1);
  });

  test.each([
    ['in a known process after a good reading counts from zero', 'same', true, 70],
    ['in a known process after a reading with held-out values is a baseline', 'same', false, null],
    ['in an unknown process is a baseline', 'unknown', true, null],
    ['in a new process counts from zero', 'restarted', false, 70],
  ] as const)('M17 a counter that first appears %s', (_, evidence, previousWasWhole, amount) => {
    const previous = engine({ counters: { requestsFailed: null } });
    const now = engine({ counters: { requestsFailed: 70 } });
    expect(change({ previous, now, evidence, previousWasWhole })?.sums.requestsFailed).toBe(amount);
  });
});

describe('latency histograms', () => {
  test('cumulative buckets become bins that moved, and add to the count', () => {
    const result = change({ previous: withTtft(histogram([2, 5, 6], 4)), now: withTtft(histogram([4, 7, 9], 9)) });
    expect(result?.latencies).toEqual([
      { measure: 'ttft', upperBoundSeconds: 0.1, count: 2 },
      { measure: 'ttft', upperBoundSeconds: Infinity, count: 1 },
    ]);
    expect(result?.sums).toMatchObject({ ttftCount: 3, ttftSeconds: 5, interTokenCount: null });
  });

  test.each([
    ['a fall without a restart', [2, 5, 6], [1, 2, 3]],
    ['buckets that contradict each other', [2, 5, 6], [20, 5, 21]],
    ['a count beyond the plausible', [2, 5, 6], [2, 5, 1e12]],
  ])('%s says nothing', (_, before, after) => {
    const result = change({ previous: withTtft(histogram(before, 4)), now: withTtft(histogram(after, 9)) });
    expect(result?.latencies).toEqual([]);
    expect(result?.sums).toMatchObject({ ttftCount: null, ttftSeconds: null });
  });

  test('a bucket read a little ahead of the others is settled at the next reading', () => {
    const first = change({ previous: withTtft(histogram([2, 5, 6], 4)), now: withTtft(histogram([3, 5, 6], 4)) });
    expect(first?.latencies).toEqual([]);
    const level = engine({ latencies: first!.latencyLevels });
    const next = change({ previous: level, now: withTtft(histogram([3, 6, 7], 5)) });
    expect(next?.latencies).toEqual([{ measure: 'ttft', upperBoundSeconds: 0.1, count: 1 }]);
  });

  test('a first reading is a baseline; after a restart all observations are new', () => {
    const now = withTtft(histogram([4, 7, 9], 9));
    expect(change({ previous: withTtft(null), now })?.sums.ttftCount).toBeNull();
    expect(change({ previous: withTtft(histogram([90, 90, 90], 9)), now, evidence: 'restarted' })?.sums.ttftCount).toBe(
      9,
    );
  });
});

describe('a gap', () => {
  const interval = { kind: 'gap', start: epochMs(0), seconds: 600, clockStepped: false } as const;
  const now = engine({ counters: { outputTokens: 900 } });

  test('is bridged by counters alone, and only in a process that is known', () => {
    expect(change({ now, interval })?.sums).toMatchObject({
      outputTokens: 800,
      observedSeconds: 0,
      bridgedSeconds: 600,
      runningRequestSeconds: null,
    });
    expect(change({ now, interval, evidence: 'restarted' })?.sums).toMatchObject({ outputTokens: 900, restarts: 1 });
    expect(change({ now, interval, evidence: 'unknown' })).toBeNull();
  });

  test('also stands behind a reading rebuilt from the store', () => {
    expect(change({ now, hasGauges: false })?.sums).toMatchObject({ outputTokens: 800, bridgedSeconds: 10 });
    expect(change({ now, hasGauges: false, evidence: 'unknown' })).toBeNull();
  });
});

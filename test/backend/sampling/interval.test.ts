import { describe, expect, test } from 'vitest';

import { intervalBetween, secondsSince, type Moment } from '#backend/sampling/interval.ts';
import { epochMs } from '#shared/time/instant.ts';

const at = (wallSeconds: number, monotonicSeconds: number | null): Moment => ({
  at: epochMs(wallSeconds * 1000),
  monotonicMs: monotonicSeconds === null ? null : monotonicSeconds * 1000,
});
const before = at(1000, 50);

describe('the interval between two readings, polled each 10 s', () => {
  test.each([
    ['a poll on time', at(1010, 60), 'watched', 1000, 10, false],
    ['exactly 1.5 intervals later', at(1015, 65), 'watched', 1000, 15, false],
    ['a little more than 1.5 intervals later', at(1015.001, 65.001), 'gap', 1000, 15.001, false],
    ['clocks slewed by two seconds, facts tile', at(1012, 60), 'watched', 1000, 12, false],
    ['I9 wall clock an hour ahead', at(4610, 60), 'gap', 4600, 10, true],
    ['I9 wall clock an hour back', at(1010 - 3600, 60), 'gap', 1000 - 3600, 10, true],
    ['the same reading twice', before, 'none', 1000, 0, false],
    ['an older reading late', at(990, 40), 'none', 1000, 0, false],
    ['history on time', at(1010, null), 'watched', 1000, 10, false],
    ['history after a gap', at(1060, null), 'gap', 1000, 60, false],
    ['history out of order', at(900, null), 'none', 1000, 0, false],
  ] as const)('%s', (_, now, kind, start, seconds, clockStepped) => {
    const interval = intervalBetween(before, now, 10);
    expect(interval.kind).toBe(kind);
    expect(interval.clockStepped).toBe(clockStepped);
    if (kind === 'none') return;
    expect(interval.seconds).toBeCloseTo(seconds, 9);
    expect(interval.start / 1000).toBeCloseTo(start, 6);
  });

  test('a monotonic clock that stands still while the wall clock steps gives no interval', () => {
    expect(intervalBetween(before, at(5000, 50), 10)).toMatchObject({ kind: 'none', seconds: 0, clockStepped: true });
  });
});

test('durations follow the monotonic clock where both moments have it, else the wall clock', () => {
  expect(secondsSince(before, at(0, 75))).toBe(25);
  expect(secondsSince(before, at(1030, null))).toBe(30);
});

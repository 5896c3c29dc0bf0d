import { describe, expect, it } from 'vitest';
import { formatAge, formatDuration, formatInstant } from '#shared/units/format-time.ts';

const at = Date.UTC(2026, 10, 23, 14, 5, 2);

describe('formatInstant', () => {
  it.each([
    ['full', '2026-11-23 14:05 UTC'],
    ['second', '2026-11-23 14:05:02 UTC'],
    ['short', '23 Nov 14:05'],
    ['time', '14:05'],
    ['clock', '14:05:02'],
    ['day', '23 Nov'],
    ['date', '2026-11-23'],
    ['input', '2026-11-23 14:05'],
  ] as const)('prints style %s as %s', (style, text) => {
    expect(formatInstant(at, 'UTC', style)).toBe(text);
  });

  it('moves into the named zone and names it', () => {
    expect(formatInstant(at, 'Asia/Kolkata', 'full')).toBe('2026-11-23 19:35 GMT+5:30');
  });

  it('writes midnight as 00, not 24', () => {
    expect(formatInstant(Date.UTC(2026, 0, 1), 'UTC', 'time')).toBe('00:00');
  });

  it('has no text for an unknown instant', () => {
    expect(formatInstant(null, 'UTC')).toBe('–');
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [0.412, '412 ms'],
    [2.31, '2.3 s'],
    [5, '5 s'],
    [48.2, '48 s'],
    [59.7, '1 min'],
    [90, '1 min 30 s'],
    [2400, '40 min'],
    [3599, '1 h'],
    [22_320, '6 h 12 min'],
    [86_399, '1 d'],
    [273_600, '3 d 4 h'],
    [null, '–'],
  ])('prints %s s as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe('formatAge', () => {
  it.each([
    [null, 'never'],
    [0.4, 'now'],
    [2.9, '2 s ago'],
    [125, '2 min 5 s ago'],
  ])('says of %s s: %s', (seconds, text) => {
    expect(formatAge(seconds)).toBe(text);
  });
});

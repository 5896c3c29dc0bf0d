import { describe, expect, it } from 'vitest';
import { normAt, normOf, unusualFinding, type HourValue } from '#shared/alerts/norm.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';

const HOUR = 3_600_000;
const at = (iso: string): EpochMs => epochMs(Date.parse(iso));
const NOW = at('2026-11-23T14:20:00Z');

/** Each hour of so many weeks before now, its value by the hour of UTC. */
function hoursBefore(weeks: number, valueOf: (start: Date) => number | null): HourValue[] {
  const last = Math.floor(NOW / HOUR) * HOUR;
  return Array.from({ length: weeks * 168 }, (_, index) => {
    const start = epochMs(last - (index + 1) * HOUR);
    return { start, value: valueOf(new Date(start)) };
  });
}

describe('what is usual', () => {
  it('is the middle of the same hour of earlier weeks', () => {
    const hours = hoursBefore(8, (start) => (start.getUTCDay() === 1 && start.getUTCHours() === 14 ? 40 : 5));
    expect(normAt(NOW, hours, 'UTC')).toEqual({ kind: 'norm', middle: 40, spread: 0, weeks: 8 });
  });

  it('goes by the clock of the wall over a clock change', () => {
    // 14:20 UTC is 15:20 in Berlin in November, and was 16:20 before 25 October.
    const hours = hoursBefore(8, (start) => {
      const isSummer = start.getTime() < Date.parse('2026-10-25T01:00Z');
      return start.getUTCDay() === 1 && start.getUTCHours() === (isSummer ? 13 : 14) ? 40 : 5;
    });
    expect(normAt(NOW, hours, 'Europe/Berlin')).toMatchObject({ middle: 40, spread: 0 });
  });

  it.each([0, 1, 2])('is not said of %d weeks', (weeks) => {
    expect(
      normAt(
        NOW,
        hoursBefore(weeks, () => 5),
        'UTC',
      ),
    ).toEqual({ kind: 'not-enough-history', weeks });
  });

  it('leaves out hours that are not known', () => {
    const hours = hoursBefore(5, (start) => (start.getTime() > NOW - 15 * 24 * HOUR ? null : 7));
    expect(normAt(NOW, hours, 'UTC')).toMatchObject({ middle: 7, weeks: 3 });
  });

  it('is moved by one bad week hardly at all', () => {
    expect(normOf([10, 11, 9, 10, 500])).toEqual({ kind: 'norm', middle: 10, spread: 1, weeks: 5 });
  });
});

describe('an unusual value', () => {
  const norm = normOf([10, 11, 9, 10, 12, 8]);
  const test = { kind: 'unusual', direction: 'either', effectLeast: 0.2 } as const;

  it.each([
    ['within the spread', 13, norm, test, 'fine'],
    ['beyond it', 17, norm, test, 'wrong'],
    ['below it', 3, norm, test, 'wrong'],
    ['below it where only above is asked', 3, norm, { ...test, direction: 'above' } as const, 'fine'],
    ['trivial, however far', 10.4, normOf([10, 10, 10, 10]), test, 'fine'],
    ['large where nothing ever moved', 12, normOf([10, 10, 10, 10]), test, 'wrong'],
    ['too small an effect for this rule', 17, norm, { ...test, effectLeast: 1 }, 'fine'],
    ['without a value', null, norm, test, 'unknown'],
    ['without enough history', 99, normOf([10, 10]), test, 'unknown'],
  ] as const)('%s', (_, value, usual, asked, finding) => {
    expect(unusualFinding(value, usual, asked)).toBe(finding);
  });
});

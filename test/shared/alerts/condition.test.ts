import { describe, expect, it } from 'vitest';
import { findingOf, lookedAgain, newCondition, type Condition, type Finding } from '#shared/alerts/condition.ts';
import { replayed } from '#shared/alerts/replay.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';

const MINUTE = 60_000;
const minute = (count: number): EpochMs => epochMs(1_764_000_000_000 + count * MINUTE);

const FINDINGS: Readonly<Record<string, Finding>> = { '.': 'fine', '#': 'wrong', '?': 'unknown' };
const PHASES: Readonly<Record<Condition['phase'], string>> = { fine: '.', wrong: 'w', firing: 'F', repriced: 'r' };

/** Looks a minute apart: `.` fine, `#` wrong, `?` unknown, `$` wrong at a look that saw other prices, `-` no look. */
function phasesOf(looks: string, patience: { readonly forMinutes: number; readonly clearMinutes: number }): string {
  let condition = newCondition(minute(0));
  return looks
    .split('')
    .map((sign, index) => {
      if (sign === '-') return '-';
      const isRepriced = sign === '$';
      const finding = isRepriced ? 'wrong' : (FINDINGS[sign] ?? 'unknown');
      condition = lookedAgain(condition, { at: minute(index), finding, isRepriced }, patience);
      return PHASES[condition.phase];
    })
    .join('');
}

describe('a condition', () => {
  it.each([
    ['fires after it was wrong without a break', '..####', '..wwFF', 2, 2],
    ['fires at once where no time is asked', '.#', '.F', 0, 0],
    ['begins anew after a fine look', '##.###', 'ww.wwF', 2, 2],
    ['is over only after it was fine for a while', '###...', 'wwFFF.', 2, 2],
    ['stays one alert about its limit', '###.#.#.#...', 'wwFFFFFFFFF.', 2, 2],
    ['does not count what is not known as wrong', '##?###', 'ww.wwF', 2, 2],
    ['does not count what is not known as fine', '###.?.??...', 'wwFFFFFFFF.', 2, 2],
    ['forgets what was wrong before a long gap', '##-----###', 'ww-----wwF', 2, 2],
    ['keeps what fired over a gap', '###-----..', 'wwF-----FF', 2, 2],
    ['bears a look that is missing', '#--#', 'w--F', 2, 2],
    ['does not fire for new prices', '.$####', '.rrrrr', 2, 2],
    ['fires after new prices once it was fine', '.$##.###', '.rrr.wwF', 2, 2],
    ['fires on when prices change during an alert', '###$#', 'wwFFF', 2, 2],
  ])('%s', (_, looks, phases, forMinutes, clearMinutes) => {
    expect(phasesOf(looks, { forMinutes, clearMinutes })).toBe(phases);
  });

  it('is excused by new prices for a day at most', () => {
    const phases = phasesOf(`$${'#'.repeat(1443)}`, { forMinutes: 2, clearMinutes: 2 });
    expect(phases.indexOf('w')).toBe(1440);
    expect(phases.at(-1)).toBe('F');
  });

  it('does not fire early when the clock is set back', () => {
    let condition = newCondition(minute(0));
    for (const at of [0, 1, -60, -59, -58]) {
      condition = lookedAgain(
        condition,
        { at: minute(at), finding: 'wrong', isRepriced: false },
        { forMinutes: 5, clearMinutes: 5 },
      );
    }
    expect(condition).toMatchObject({ phase: 'wrong', since: minute(-60) });
  });
});

describe('a limit', () => {
  it.each([
    ['above', 10, 10, 'fine'],
    ['above', 10, 10.01, 'wrong'],
    ['below', 10, 10, 'fine'],
    ['below', 10, 0, 'wrong'],
    ['below', 10, null, 'unknown'],
  ] as const)('%s %d finds %s %s', (comparison, limit, value, finding) => {
    expect(findingOf(value, { kind: 'limit', comparison, limit })).toBe(finding);
  });
});

describe('a rule over the past', () => {
  const looksOf = (text: string) =>
    text.split('').map((sign, index) => ({ at: minute(15 * index), finding: FINDINGS[sign] ?? ('unknown' as const) }));
  const step = { stepSeconds: 900 };

  it('would have been an alert from when it had been wrong long enough until it was fine long enough', () => {
    expect(replayed(looksOf('.###....'), { forMinutes: 30, clearMinutes: 15 }, step)).toEqual([
      { from: minute(45), to: minute(75) },
    ]);
  });

  it('goes on with the last look', () => {
    expect(replayed(looksOf('..##'), { forMinutes: 15, clearMinutes: 15 }, step)).toEqual([
      { from: minute(45), to: epochMs(minute(45) + 1) },
    ]);
  });

  it('makes nothing of no looks', () => {
    expect(replayed([], { forMinutes: 0, clearMinutes: 0 }, step)).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';

import { counterChange, processEvidence } from '#backend/sampling/counter-difference.ts';

const minute = 60_000;

describe('whether a process is the one that was read before', () => {
  test.each([
    ['its start time is the same', 1000, 1000, 'same'],
    ['its start time jitters by two seconds', 100_000, 102_000, 'same'],
    ['it started after the other was last heard', 100_000, 60 * minute, 'restarted'],
    ['its clock is off by less than five minutes', 100_000, 26 * minute, 'restarted'],
    ['it ran long before the other was last heard', 100_000, 20 * minute, 'other'],
    ['it started before the other', 10 * minute, 100_000, 'other'],
    ['no start time was told before', null, 1000, 'unknown'],
    ['no start time is told now', 1000, null, 'unknown'],
  ] as const)('%s: %s then %s is %s', (_, before, now, evidence) => {
    expect(processEvidence(before, now, 30 * minute)).toBe(evidence);
  });
});

describe('the change of a counter', () => {
  test.each([
    ['rises in one process', 100, 150, 'same', { kind: 'grown', amount: 50 }],
    ['rises where nobody tells the process', 100, 150, 'unknown', { kind: 'grown', amount: 50 }],
    ['stands still', 100, 100, 'same', { kind: 'grown', amount: 0 }],
    ['rises to the bound', 0, 1000, 'same', { kind: 'grown', amount: 1000 }],
    ['M05 counts from zero after a restart', 100, 30, 'restarted', { kind: 'reset', amount: 30 }],
    [
      'M06 counts from zero though it climbed past the old value',
      100,
      150,
      'restarted',
      { kind: 'reset', amount: 150 },
    ],
    ['M05 fell far where nobody tells the process', 100, 50, 'unknown', { kind: 'reset', amount: 50 }],
    ['is not read now', 100, null, 'same', { kind: 'unknown' }],
    ['was not read before', null, 100, 'same', { kind: 'unknown' }],
  ] as const)('%s', (_, before, now, evidence, change) => {
    expect(counterChange(before, now, evidence, 1000)).toEqual(change);
  });

  test.each([
    ['M07 rises beyond the plausible', 100, 1e12, 'same', /rose by 999999999900, more than the 1000/],
    ['M07 is beyond the plausible after a restart', 100, 1e12, 'restarted', /rose by/],
    ['M08 falls without a restart', 100, 10, 'same', /fell from 100 to 10 without a restart/],
    ['M08 falls a little where nobody tells the process', 100, 99, 'unknown', /fell from 100 to 99/],
    ['M08 is of a process beside the known one', 100, 5, 'other', /another process/],
  ] as const)('is held out where it %s', (_, before, now, evidence, reason) => {
    expect(counterChange(before, now, evidence, 1000)).toEqual({
      kind: 'held-out',
      reason: expect.stringMatching(reason),
    });
  });
});

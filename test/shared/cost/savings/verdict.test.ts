import { describe, expect, it } from 'vitest';
import { missingEvidence } from '#shared/cost/savings/missing-evidence.ts';
import {
  gradeOf,
  showsMoney,
  showsNumber,
  verdictOf,
  VERDICT_RULE,
  type Evidence,
} from '#shared/cost/savings/verdict.ts';

const CLEAR: Evidence = {
  daysBefore: 7,
  daysAfter: 7,
  coverage: 0.9,
  saving: 0.1,
  interval: { low: 0.08, high: 0.12 },
  placebo: 0.005,
  occupancyChange: 0.02,
};

describe('the verdict', () => {
  it.each<[string, Partial<Evidence>, string]>([
    ['six days before are too few, whatever else', { daysBefore: 6, coverage: 0.1 }, 'insufficient days'],
    ['six days after are too few', { daysAfter: 6 }, 'insufficient days'],
    ['59 % comparable are too few, whatever the placebo', { coverage: 0.59, placebo: 0.2 }, 'insufficient overlap'],
    ['60 % suffice', { coverage: 0.6 }, 'saving'],
    ['a placebo above 2 % and half the effect', { placebo: -0.06 }, 'unstable baseline'],
    ['a placebo above 2 % but within half the effect', { placebo: 0.045 }, 'saving'],
    [
      'a placebo of 2 % with no effect',
      { placebo: 0.02, saving: 0, interval: { low: -0.05, high: 0.05 } },
      'inconclusive',
    ],
    ['no placebo', { placebo: null }, 'saving'],
    ['an interval within 3 % either way', { saving: 0.02, interval: { low: 0.01, high: 0.03 } }, 'no material change'],
    ['an interval above zero that goes beyond', { saving: 0.02, interval: { low: 0.001, high: 0.04 } }, 'saving'],
    ['an interval below zero', { saving: -0.1, interval: { low: -0.12, high: -0.001 } }, 'regression'],
    ['an interval on both sides', { saving: 0.02, interval: { low: -0.01, high: 0.05 } }, 'inconclusive'],
    ['an interval from zero on', { saving: 0.02, interval: { low: 0, high: 0.05 } }, 'inconclusive'],
    ['no interval', { saving: null, interval: null }, 'inconclusive'],
  ])('%s', (_, evidence, expected) => {
    expect(verdictOf({ ...CLEAR, ...evidence }, VERDICT_RULE)).toBe(expected);
  });
});

describe('the grade', () => {
  it('is that of the design where the evidence is sound', () => {
    expect(gradeOf('randomised', CLEAR, VERDICT_RULE)).toBe('A');
    expect(gradeOf('control-pool', CLEAR, VERDICT_RULE)).toBe('B');
    expect(gradeOf('before-after', CLEAR, VERDICT_RULE)).toBe('C');
  });

  it('is D, whatever the design, where evidence is short, unstable or untested', () => {
    for (const weak of [
      { daysAfter: 3 },
      { coverage: 0.2 },
      { placebo: 0.2 },
      { placebo: null },
      { interval: null },
      { occupancyChange: 0.16 },
    ]) {
      expect(gradeOf('randomised', { ...CLEAR, ...weak }, VERDICT_RULE)).toBe('D');
    }
  });

  it('lets numbers be shown from A to C, and dollars only of a saving', () => {
    expect(['A', 'B', 'C', 'D'].map((grade) => showsNumber(grade as 'A'))).toEqual([true, true, true, false]);
    expect(showsMoney('C', 'saving')).toBe(true);
    expect(showsMoney('C', 'regression')).toBe(false);
    expect(showsMoney('D', 'saving')).toBe(false);
  });
});

describe('missing evidence', () => {
  it('says how many days there are, and when there will be enough', () => {
    expect(missingEvidence({ ...CLEAR, daysAfter: 3 }, VERDICT_RULE)).toMatchObject({
      after: { has: 3, needs: 7 },
      readyInDays: 4,
    });
  });

  it('does not promise days before the change, nor comparable work', () => {
    expect(missingEvidence({ ...CLEAR, daysBefore: 3, daysAfter: 3 }, VERDICT_RULE)!.readyInDays).toBeNull();
    expect(missingEvidence({ ...CLEAR, coverage: 0.41 }, VERDICT_RULE)).toMatchObject({
      coverage: { has: 0.41, needs: 0.6 },
      readyInDays: null,
    });
  });

  it('is none where days and coverage suffice', () => {
    expect(missingEvidence(CLEAR, VERDICT_RULE)).toBeNull();
  });
});

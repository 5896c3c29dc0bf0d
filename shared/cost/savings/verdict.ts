import { isOccupancySteady } from './occupancy.ts';

/** What a before-and-after came to, in the order in which it is asked. */
export type Verdict =
  | 'insufficient days'
  | 'insufficient overlap'
  | 'unstable baseline'
  | 'no material change'
  | 'saving'
  | 'regression'
  | 'inconclusive';

/** Thresholds of the verdict. */
export type VerdictRule = {
  /** Days that each side needs. */
  readonly daysMin: number;
  /** Share of the tokens after the change that must be comparable. */
  readonly coverageMin: number;
  /** A change within this share, either way, is none. */
  readonly equivalenceMargin: number;
};

/** Source: economics reference, section 5.2, step 8. */
export const VERDICT_RULE: VerdictRule = { daysMin: 7, coverageMin: 0.6, equivalenceMargin: 0.03 };

/** A placebo above this, and above half the effect, means that the baseline moves by itself. */
export const PLACEBO_MAX = 0.02;

/** What the verdict is found from. Null is not known. */
export type Evidence = {
  readonly daysBefore: number;
  readonly daysAfter: number;
  readonly coverage: number;
  readonly saving: number | null;
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly placebo: number | null;
  /** How concurrency per GPU moved within what was compared (`occupancyChange`). */
  readonly occupancyChange: number | null;
};

/** The first that matches, in the order of the list. Source: economics reference, section 5.2, step 8. */
export function verdictOf(evidence: Evidence, rule: VerdictRule): Verdict {
  const { daysBefore, daysAfter, coverage, interval } = evidence;
  if (Math.min(daysBefore, daysAfter) < rule.daysMin) return 'insufficient days';
  if (coverage < rule.coverageMin) return 'insufficient overlap';
  if (!isPlaceboQuiet(evidence)) return 'unstable baseline';
  if (interval === null) return 'inconclusive';
  const { low, high } = interval;
  if (low >= -rule.equivalenceMargin && high <= rule.equivalenceMargin) return 'no material change';
  if (low > 0) return 'saving';
  if (high < 0) return 'regression';
  return 'inconclusive';
}

function isPlaceboQuiet({ placebo, saving }: Evidence): boolean {
  if (placebo === null) return true;
  const size = Math.abs(placebo);
  return size <= PLACEBO_MAX || size <= Math.abs(saving ?? 0) / 2;
}

/** How the change was made: pools or hours by lot, one pool beside another, or everything at once. */
export type Design = 'randomised' | 'control-pool' | 'before-after';

export type Grade = 'A' | 'B' | 'C' | 'D';

/**
 * A: switchback or pools by lot. B: a control pool. C: stratified before-after with a clean placebo. D: everything else,
 * which is also all that is insufficient, unstable, has no placebo, or was compared at another load: only A to C may show
 * a number. Source: economics reference, section 5.2, step 9, section 1.4, and rule 8 of section 0.
 */
export function gradeOf(design: Design, evidence: Evidence, rule: VerdictRule): Grade {
  const verdict = verdictOf(evidence, rule);
  const isWeak =
    verdict === 'insufficient days' || verdict === 'insufficient overlap' || verdict === 'unstable baseline';
  if (isWeak || evidence.placebo === null || evidence.interval === null) return 'D';
  if (!isOccupancySteady(evidence.occupancyChange)) return 'D';
  if (design === 'randomised') return 'A';
  return design === 'control-pool' ? 'B' : 'C';
}

/** Only grades A to C show a number at all. */
export function showsNumber(grade: Grade): boolean {
  return grade !== 'D';
}

/** Dollars a month need grade A to C and the verdict `saving`; nothing else is added to a total or a report. */
export function showsMoney(grade: Grade, verdict: Verdict): boolean {
  return showsNumber(grade) && verdict === 'saving';
}

import type { Evidence, VerdictRule } from './verdict.ts';

/** What is missing before a verdict can be given: "3 of 7 days", "41 % of tokens comparable". */
export type MissingEvidence = {
  readonly before: { readonly has: number; readonly needs: number };
  readonly after: { readonly has: number; readonly needs: number };
  readonly coverage: { readonly has: number; readonly needs: number };
  /** Whole days after the last one until there are enough; null where waiting does not help. */
  readonly readyInDays: number | null;
};

/** Null when days and coverage suffice. Days before the change do not come by waiting, nor does coverage for certain. */
export function missingEvidence(evidence: Evidence, rule: VerdictRule): MissingEvidence | null {
  const { daysBefore, daysAfter, coverage } = evidence;
  const isBeforeShort = daysBefore < rule.daysMin;
  const daysMissing = Math.max(0, rule.daysMin - daysAfter);
  const isCoverageLow = coverage < rule.coverageMin;
  if (!isBeforeShort && daysMissing === 0 && !isCoverageLow) return null;
  return {
    before: { has: daysBefore, needs: rule.daysMin },
    after: { has: daysAfter, needs: rule.daysMin },
    coverage: { has: coverage, needs: rule.coverageMin },
    readyInDays: isBeforeShort || daysMissing === 0 ? null : daysMissing,
  };
}

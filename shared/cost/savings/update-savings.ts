import { comparisonOf, effectBetween, sideTotals, type ComparedPools } from './comparison.ts';
import { savingInterval, type SavingInterval } from './day-bootstrap.ts';
import { laspeyresEffect, naiveSaving, savingOf, type Effect } from './effect.ts';
import { occupancyChange } from './occupancy.ts';
import { placeboSaving } from './placebo.ts';
import { coverageOf, SUPPORT_RULE, type SupportRule } from './support.ts';
import {
  gradeOf,
  verdictOf,
  VERDICT_RULE,
  type Design,
  type Evidence,
  type Grade,
  type Verdict,
  type VerdictRule,
} from './verdict.ts';

/** Which rules a question is answered by, how the change was made, and the seed that draws are made with. */
export type SavingsRules = {
  readonly support: SupportRule;
  readonly verdict: VerdictRule;
  readonly design: Design;
  readonly seed: number;
  /** Resamples, where they are drawn. */
  readonly draws?: number;
};

/** The rules of the economics reference for a change of one pool: 7 days, 60 % coverage, a margin of 3 %. */
export function standardRules(design: Design, seed: number): SavingsRules {
  return { support: SUPPORT_RULE, verdict: VERDICT_RULE, design, seed };
}

/** What a software update changed, and how sure that is. Shares of 1; null is not known. */
export type UpdateSavings = Evidence & {
  readonly interval: SavingInterval | null;
  /** A and CF, in what the rows spent; the control's change is in CF. */
  readonly effect: Effect | null;
  /** What became of the control meanwhile, A / CF of it, which is in CF of `effect`; null without a control. */
  readonly controlRatio: number | null;
  /** Weights from before the change: a sensitivity. */
  readonly laspeyres: number | null;
  /** Not adjusted for load and mix. */
  readonly naive: number | null;
  readonly supportedStrata: readonly string[];
  readonly verdict: Verdict;
  readonly grade: Grade;
};

/**
 * Compares a pool before and after a change at equal work. Rows are those that remain after `unusableBecause`; their unit
 * (GPU-seconds or joules) is that of `effect`. Source: economics reference, section 5.2; worked case in section 5.3.
 */
export function updateSavings(pools: ComparedPools, rules: SavingsRules): UpdateSavings {
  const { changed, control } = pools;
  const comparison = comparisonOf(pools, rules.support);
  const [was, is] = [sideTotals(comparison.before), sideTotals(comparison.after)];
  const effect = effectBetween(was, is);
  const baseline = { changed: changed.before, control: control?.before ?? null };
  const supported = comparison.before.changed.strata;
  const evidence = {
    daysBefore: comparison.before.changed.days.length,
    daysAfter: comparison.after.changed.days.length,
    coverage: coverageOf(changed.after, supported),
    saving: savingOf(effect),
    interval: savingInterval(comparison, rules),
    placebo: placeboSaving(baseline, rules.support),
    occupancyChange: occupancyChange(changed, supported),
  };
  return {
    ...evidence,
    effect,
    controlRatio:
      control === null ? null : ratioOf(effect, effectBetween({ ...was, control: null }, { ...is, control: null })),
    laspeyres: savingOf(laspeyresEffect(was.changed, is.changed)),
    naive: naiveSaving(changed.before, changed.after),
    supportedStrata: supported,
    verdict: verdictOf(evidence, rules.verdict),
    grade: gradeOf(rules.design, evidence, rules.verdict),
  };
}

function ratioOf(effect: Effect | null, own: Effect | null): number | null {
  return effect === null || own === null ? null : effect.counterfactual / own.counterfactual;
}

import type { CheckedInput } from '#shared/contract/backend-api.ts';
import type { BeforeAfter, UpdateAnswer, UpdateStratum } from '#shared/contract/savings-schema.ts';
import { placeboShare, rollingPlacebos } from '#shared/cost/savings/placebo.ts';
import { conditionsOf, loadBinOf } from '#shared/cost/savings/stratum.ts';
import type { StratumSide, StratumSummary } from '#shared/cost/savings/strata-table.ts';
import { SUPPORT_RULE } from '#shared/cost/savings/support.ts';
import { VERDICT_RULE } from '#shared/cost/savings/verdict.ts';
import { concurrencyOf, workRowsOf, type WorkWindow } from '#shared/cost/savings/work-window.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { ServiceLevel } from '#shared/model/cost-book.ts';
import type { AnswerContext } from '../answer-context.ts';
import type { AssessedChange, ChangeAssessor } from './assessed-changes.ts';
import { knownChanges } from './known-changes.ts';
import { serviceOf } from './service.ts';
import { freedFigure, perMonthFigure, telemetryOf, valueFigure } from './update-figures.ts';
import { updateSummary } from './update-summary.ts';
import { UNUSABLE } from './work-windows.ts';

/** All evidence of one change; null where no such change is known any more. */
export async function update(
  context: AnswerContext,
  assess: ChangeAssessor,
  { id }: CheckedInput['update'],
): Promise<UpdateAnswer | null> {
  const { store } = context;
  const now = context.clock.now();
  const known = await knownChanges(store, now);
  const change = known.changes.find((one) => one.id === id);
  if (change === undefined) return null;
  const [assessed] = await assess([change], known, { store, book: context.costBook(), now });
  if (assessed === undefined) return null;
  const { usable, sides, windows, assessment, settledFrom, controls } = assessed;
  const { gpuTime, regression } = assessment;
  const { model, pool } = change.deployment;
  const scope = pool === null ? { model } : { model, pool };
  const level = levelOf(assessed.prices.revision.serviceLevels, model);
  const freed = freedFigure(assessed, sides.after);
  const value = valueFigure(assessed, freed);
  return {
    ...updateSummary(assessed),
    sides: { before: sides.before, after: sides.after },
    settledFrom,
    windows: {
      before: usable.before.length,
      after: usable.after.length,
      dropped: UNUSABLE.map((reason) => ({ reason, ...usable.dropped[reason] })),
    },
    estimates: {
      laspeyres: negated(gpuTime.laspeyres),
      regression: negated(regression?.saving ?? null),
      regressionWindows: regression?.windows ?? 0,
      placebo: negated(gpuTime.placebo),
      fakeDates: fakeDatesOf(assessed),
    },
    strata: assessment.strata.map(stratumInWords),
    distribution: assessment.distribution,
    covariates: covariatesOf(assessed),
    occupancyChange: gpuTime.occupancyChange,
    energyChange: negated(assessment.energy.saving),
    service: await serviceOf(store, scope, { sides, windows, level }),
    controls: gpuTime.controlRatio === null ? [] : controls,
    draws:
      gpuTime.interval === null
        ? null
        : { seed: assessed.seed, count: gpuTime.interval.replicates, isExact: gpuTime.interval.isExact },
    detectable: assessment.detectable,
    freed,
    value,
    perMonth: perMonthFigure(assessed, freed, value),
    telemetry: telemetryOf(assessed),
  };
}

/** The level of a model; the one of `*` where it has none of its own. */
function levelOf(levels: readonly ServiceLevel[], model: string): ServiceLevel | null {
  return levels.find((level) => level.model === model) ?? levels.find((level) => level.model === '*') ?? null;
}

function negated(value: number | null): number | null {
  return value === null ? null : -value;
}

/**
 * Fake dates within the baseline; sides of as many days as leave twenty of them, at least 2 for support. With 14 days of
 * baseline there are none: then the first half against the second is the only placebo.
 */
function fakeDatesOf({ usable, assessment }: AssessedChange): UpdateAnswer['estimates']['fakeDates'] {
  const history = { changed: workRowsOf(usable.before, 'gpu-seconds'), control: null };
  const placebos = rollingPlacebos(history, { sideDays: VERDICT_RULE.daysMin, rule: SUPPORT_RULE });
  const { saving } = assessment.gpuTime;
  if (placebos === null || saving === null) return null;
  return { changes: placebos.map((one) => -one), share: placeboShare(placebos, saving) };
}

function stratumInWords({ stratum, isSupported, before, after, counterfactual }: StratumSummary): UpdateStratum {
  const load = loadBinOf(stratum);
  const conditions = conditionsOf(stratum);
  return {
    sku: conditions.sku,
    loadFrom: load?.from ?? null,
    loadTo: load?.to ?? null,
    inputTokensFrom: conditions.inputTokensFrom,
    outputTokensFrom: conditions.outputTokensFrom,
    cacheHitsFrom: conditions.cacheHitsFrom,
    powerClass: conditions.powerClass,
    isSupported,
    before: sideInWords(before),
    after: sideInWords(after),
    counterfactual,
  };
}

function sideInWords({ spent, ...side }: StratumSide): UpdateStratum['before'] {
  return { gpuSeconds: spent, ...side };
}

/** Means of what the work was done under, each window weighed by its tokens. */
function covariatesOf({ usable }: AssessedChange): UpdateAnswer['covariates'] {
  const both = (valueOf: (window: WorkWindow) => number | null): BeforeAfter => ({
    before: meanOf(usable.before, valueOf),
    after: meanOf(usable.after, valueOf),
  });
  return {
    concurrencyPerGpu: both(concurrencyOf),
    inputTokensPerRequest: both((window) => window.inputTokensPerRequest),
    outputTokensPerRequest: both((window) => window.outputTokensPerRequest),
    cacheHitRate: both((window) => window.cacheHitRate),
    wattsPerGpu: both(({ joules, gpuSeconds }) => (joules === null || gpuSeconds <= 0 ? null : joules / gpuSeconds)),
  };
}

function meanOf(windows: readonly WorkWindow[], valueOf: (window: WorkWindow) => number | null): number | null {
  const known = windows.flatMap((window) => {
    const value = valueOf(window);
    return value === null ? [] : [{ value, weight: window.weightedTokens }];
  });
  const weight = sumOf(known, (one) => one.weight);
  return weight > 0 ? sumOf(known, (one) => one.value * one.weight) / weight : null;
}

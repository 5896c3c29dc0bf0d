import type { CheckedInput } from '#shared/contract/backend-api.ts';
import { ASKED_KINDS, type AskedKind, type CostDetail, type CostOfKind } from '#shared/contract/cost-schema.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { answerableWindow, figureContext, isComparable, type AnswerContext } from '../answer-context.ts';
import { engineScopeOf, engineWork } from '../engine-work.ts';
import { figureOf } from '../figures.ts';
import type { PricedGroup } from '../priced-group.ts';
import { gpuScopeOf, pricedGroups } from '../priced-groups.ts';
import { unitCostOf } from '../unit-cost.ts';
import { classSplit } from './class-split.ts';
import { commitmentsOf } from './commitments.ts';
import { earningsDetail } from './earnings-detail.ts';
import { energyDetail, type BoardEnergy } from './energy-detail.ts';
import { goodput } from './goodput.ts';
import { modelGroups } from './model-groups.ts';

/** Everything that the Cost screen says of a scope and window, save tables, trend and what must close. */
export async function costDetail(context: AnswerContext, input: CheckedInput['costDetail']): Promise<CostDetail> {
  const window = await answerableWindow(context, input.window);
  const { scope, basis, kind } = input;
  const work = { window, scope, by: ['model'] as const, stepSeconds: null };
  const latencyAsk = { ...work, scope: engineScopeOf(scope) };
  const [{ models, whole }, before, board, latencies, requests] = await Promise.all([
    modelGroups(context, { window, scope }),
    groupBefore(context, input, window),
    boardEnergy(context, input, window),
    context.store.latencies(latencyAsk),
    engineWork(context.store, { ...work, columns: REQUEST_COLUMNS }),
  ]);
  const figures = await figureContext(context, { asked: input.window, window, scope, basis }, whole);
  const costOf = (of: AskedKind): CostOfKind => ({
    figure: figureOf(FIGURES[of], figures),
    before: before === null ? null : unitCostOf(of, before.group, basis).value,
  });
  return {
    window,
    before: before?.window ?? null,
    cost: Object.fromEntries(ASKED_KINDS.map((of) => [of, costOf(of)])) as CostDetail['cost'],
    spend: figureOf('spend', figures),
    classes: classSplit({ kind, figures, models }),
    goodput: goodput({ kind, figures, models, latencies, requests }),
    energy: energyDetail(figures, board),
    earnings: earningsDetail(figures, models),
    commitments: commitmentsOf(figures, window),
  };
}

const REQUEST_COLUMNS = ['requestsStopped', 'requestsLength', 'requestsAborted', 'requestsFailed'] as const;

const FIGURES = {
  loaded: 'cost-per-million-tokens',
  serving: 'serving-cost-per-million-tokens',
  marginal: 'marginal-cost-per-million-tokens',
} as const;

/** The window before, of equal length; null where facts begin later, or too little of it was heard to compare with. */
async function groupBefore(
  context: AnswerContext,
  { scope }: CheckedInput['costDetail'],
  window: TimeRange,
): Promise<{ readonly window: TimeRange; readonly group: PricedGroup } | null> {
  const before = { from: epochMs(window.from - (window.to - window.from)), to: window.from };
  const extent = await context.store.extent();
  if (extent === null || extent.from > before.from) return null;
  const { whole } = await pricedGroups(context.store, context.costBook(), {
    window: before,
    scope,
    by: [],
    stepSeconds: null,
  });
  return isComparable(whole.coverage) ? { window: before, group: whole } : null;
}

async function boardEnergy(
  context: AnswerContext,
  { scope }: CheckedInput['costDetail'],
  window: TimeRange,
): Promise<BoardEnergy> {
  const [row] = await context.store.gpuFacts({
    window,
    scope: gpuScopeOf(scope),
    by: [],
    stepSeconds: null,
    columns: ['energyJoules', 'energySeconds'],
  });
  return { joules: row?.sums.energyJoules ?? null, seconds: row?.sums.energySeconds ?? 0 };
}

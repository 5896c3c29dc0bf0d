import type { CheckedInput, Overview, OverviewFigures } from '#shared/contract/backend-api.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import {
  answerableWindow,
  figureContext,
  heardNow,
  isComparable,
  nowWindow,
  type AnswerContext,
} from './answer-context.ts';
import { engineWork } from './engine-work.ts';
import { figureOf } from './figures.ts';
import { monthFigure } from './month-figure.ts';
import { pricedGroups } from './priced-groups.ts';

const DAY_MS = 86_400_000;

/** The figures of the first screen: now, over the asked window, and a day before now. */
export async function overview(context: AnswerContext, input: CheckedInput['overview']): Promise<Overview> {
  const now = await nowWindow(context);
  const range = await answerableWindow(context, input.window);
  const dayBefore = { from: epochMs(now.from - DAY_MS), to: epochMs(now.to - DAY_MS) };
  const [heard, nowFigures, rangeFigures, before, spans] = await Promise.all([
    heardNow(context, input.scope),
    figuresOf(context, input, now),
    figuresOf(context, input, range, input.window),
    figuresOf(context, input, dayBefore),
    engineWork(context.store, {
      window: now,
      scope: input.scope,
      stepSeconds: null,
      by: ['engine', 'model'],
      columns: ['observedSeconds'],
    }),
  ]);
  return {
    heard,
    now: { window: now, ...nowFigures },
    range: { window: range, ...rangeFigures },
    dayBefore: isComparable(before.cost.coverage) ? { window: dayBefore, ...before } : null,
    engines: new Set(spans.map((row) => row.by[0])).size,
    models: new Set(spans.map((row) => row.by[1])).size,
  };
}

async function figuresOf(
  context: AnswerContext,
  input: CheckedInput['overview'],
  window: TimeRange,
  asked: TimeRange = window,
): Promise<OverviewFigures> {
  const { whole } = await pricedGroups(context.store, context.costBook(), {
    window,
    scope: input.scope,
    by: [],
    stepSeconds: null,
  });
  const ask = { asked, window, scope: input.scope, basis: input.basis };
  const figures = await figureContext(context, ask, whole);
  return {
    cost: figureOf('cost-per-million-tokens', figures),
    servingCost: figureOf('serving-cost-per-million-tokens', figures),
    marginalCost: figureOf('marginal-cost-per-million-tokens', figures),
    spendRate: figureOf('spend-rate', figures),
    monthSpend: monthFigure(figureOf('spend-rate', figures)),
    throughput: figureOf('throughput', figures),
    power: figureOf('power', figures),
    efficiency: figureOf('efficiency', figures),
    idleSpendRate: figureOf('idle-spend-rate', figures),
    idleShare: figureOf('idle-share', figures),
  };
}

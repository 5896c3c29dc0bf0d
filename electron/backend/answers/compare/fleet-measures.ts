import type { CallScope } from '#shared/contract/backend-api.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { Figure } from '#shared/model/figure.ts';
import { FIGURE_WORDS, type FigureName } from '#shared/model/figure-name.ts';
import type { TokenBasis } from '#shared/model/token-basis.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { answerableWindow, figureContext, type AnswerContext } from '../answer-context.ts';
import { explained } from '../explained.ts';
import { stateInputs, type FigureContext } from '../figure-inputs.ts';
import { short } from '../figure-text.ts';
import { figureOf } from '../figures.ts';
import { gpuSecondsOf } from '../priced-group.ts';
import { pricedGroups } from '../priced-groups.ts';

export type Measure = { readonly key: string; readonly label: string; readonly figure: Figure };

const NAMES = [
  'cost-per-million-tokens',
  'serving-cost-per-million-tokens',
  'spend',
  'tokens',
  'idle-spend',
  'energy',
  'coverage',
] as const satisfies readonly FigureName[];

/** What two fleets are compared by, of one of them: the figures that every screen shows, under a given cost book. */
export async function fleetMeasures(
  own: AnswerContext,
  ask: {
    readonly asked: TimeRange;
    readonly scope: CallScope;
    readonly basis: TokenBasis;
    readonly book: CostBook;
  },
): Promise<{ readonly window: TimeRange; readonly measures: readonly Measure[] }> {
  const context = { ...own, costBook: () => ask.book };
  const window = await answerableWindow(context, ask.asked);
  const { whole } = await pricedGroups(context.store, ask.book, {
    window,
    scope: ask.scope,
    by: [],
    stepSeconds: null,
  });
  const figures = await figureContext(context, { ...ask, window }, whole);
  const named = NAMES.map((key) => ({ key, label: FIGURE_WORDS[key], figure: figureOf(key, figures) }));
  const hours = { key: 'gpu-hours', label: 'GPU-hours', figure: gpuHours(figures) };
  return { window, measures: [...named.slice(0, -1), hours, ...named.slice(-1)] };
}

/** Owned GPU time of a scope whatever its state, unobserved time included. */
function gpuHours(context: FigureContext): Figure {
  const hours = gpuSecondsOf(context.group) / SECONDS_PER_HOUR;
  const isKnown = hours > 0;
  return explained(context, {
    value: isKnown ? hours : null,
    unit: 'GPU-h',
    absence: isKnown ? null : 'no-gpus',
    formula: 'GPU time of all states',
    working: isKnown ? `${short(hours)} GPU-h` : '–',
    inputs: stateInputs(context.group),
  });
}

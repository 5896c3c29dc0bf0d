import type { CheckedInput } from '#shared/contract/backend-api.ts';
import type { Figure } from '#shared/model/figure.ts';
import { answerableWindow, figureContext, type AnswerContext } from './answer-context.ts';
import { figureOf } from './figures.ts';
import { pricedGroups } from './priced-groups.ts';

/** One figure of any scope and window, with its explanation. */
export async function figure(context: AnswerContext, input: CheckedInput['figure']): Promise<Figure> {
  const window = await answerableWindow(context, input.window);
  const { whole } = await pricedGroups(context.store, context.costBook(), {
    window,
    scope: input.scope,
    by: [],
    stepSeconds: null,
  });
  const ask = { asked: input.window, window, scope: input.scope, basis: input.basis };
  return figureOf(input.name, await figureContext(context, ask, whole));
}

import type { CallFailure, CheckedInput } from '#shared/contract/backend-api.ts';
import type { IdleCapacity } from '#shared/contract/idle-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { answerableWindow, figureContext, revisionOf, type AnswerContext } from '../answer-context.ts';
import { figureOf } from '../figures.ts';
import { isPhysical } from '../presence.ts';
import { pricedGroups } from '../priced-groups.ts';
import { readCapacity } from './capacity-facts.ts';
import { readMarks, saveMark } from './marks.ts';
import { markedSuggestions } from './outcomes.ts';
import { suggestionsOf } from './past-suggestions.ts';
import { productPrices } from './prices.ts';
import { recoverableOf, ruledDeployments } from './recoverable.ts';
import { strandedOf } from './stranded.ts';
import { hoursOfWeek, hourStepOf, idlePlaces, idleStates } from './waste.ts';

/** Idle capacity of a scope: its cost by state, place and hour, what could be given back, what is stranded, what to do. */
export async function idleCapacity(context: AnswerContext, input: CheckedInput['idleCapacity']): Promise<IdleCapacity> {
  const window = await answerableWindow(context, input.window);
  const { scope, zone } = input;
  const book = context.costBook();
  const [byPlace, byHour, marks, facts] = await Promise.all([
    pricedGroups(context.store, book, { window, scope, by: ['pool', 'node'], stepSeconds: null }),
    pricedGroups(context.store, book, { window, scope, by: [], stepSeconds: hourStepOf(window, zone) }),
    readMarks(context.store),
    readCapacity(context, window, scope),
  ]);
  const figures = await figureContext(context, { asked: input.window, window, scope, basis: 'total' }, byPlace.whole);
  const revision = revisionOf(context, window);
  const priceOf = productPrices(byPlace.groups);
  const deployments = ruledDeployments(facts, revision, priceOf);
  const hasPlace = Object.entries(scope).some(([name, value]) => isPhysical(name) && value !== undefined);
  const recoverable = recoverableOf(facts, deployments, { revision, book, hasPlace, priceOf });
  const { suggestions, suggestionsNote } = suggestionsOf(facts, deployments, { zone, revision, priceOf });
  const marked = new Set(marks.map(({ suggestion }) => suggestion.id));
  return {
    window,
    zone,
    waste: figureOf('idle-spend', figures),
    wasteEnergy: figureOf('idle-energy', figures),
    states: idleStates(figures),
    ...idlePlaces(byPlace.groups, input.nodesMax, figures),
    hoursOfWeek: hoursOfWeek(byHour.groups, zone),
    recoverable,
    stranded: strandedOf(facts.states, recoverable.free, { priceOf, coverage: byPlace.whole.coverage }),
    suggestions: suggestions.filter(({ id }) => !marked.has(id)),
    suggestionsNote,
    marks: await markedSuggestions(context, marks, { until: window.to, seats: facts.seats, priceOf }),
  };
}

/** Marks a suggestion as done or dismissed, or takes its mark back. */
export async function markSuggestion(
  context: AnswerContext,
  { id, mark, window, scope, zone }: CheckedInput['markSuggestion'],
): Promise<Result<{ readonly marked: boolean }, CallFailure>> {
  const { suggestions } =
    mark === 'open' ? { suggestions: [] } : await idleCapacity(context, { window, scope, zone, nodesMax: 1 });
  const suggestion = suggestions.find((one) => one.id === id) ?? null;
  if (mark !== 'open' && suggestion === null) {
    const message = 'This suggestion no longer holds: look at the page again.';
    return fail({ kind: 'not-possible', message });
  }
  const saved = await saveMark(context.store, { id, mark, at: context.clock.now() }, suggestion);
  return saved.ok
    ? succeed({ marked: mark !== 'open' })
    : fail({ kind: 'not-possible', message: saved.failure.message });
}

import type { CallScope } from '#shared/contract/backend-api.ts';
import type { EngineRole, EngineSpan } from '#shared/model/inference-engine.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { AnswerContext } from '../answer-context.ts';
import { mergeGroups, type PricedGroup } from '../priced-group.ts';
import { pricedGroups } from '../priced-groups.ts';

/** A model of the scope with its engines, each with what it cost. */
export type ModelGroup = {
  readonly model: string;
  readonly group: PricedGroup;
  readonly engines: readonly EngineOfModel[];
};

export type EngineOfModel = {
  readonly engine: string;
  readonly group: PricedGroup;
  /** The side of requests that it worked on when last known; null: both. */
  readonly role: EngineRole | null;
};

/** The models of a scope, by name, and the scope as a whole: GPUs without a model are in the whole alone. */
export async function modelGroups(
  context: AnswerContext,
  ask: { readonly window: TimeRange; readonly scope: CallScope },
): Promise<{ readonly models: readonly ModelGroup[]; readonly whole: PricedGroup }> {
  const [{ groups, whole }, spans] = await Promise.all([
    pricedGroups(context.store, context.costBook(), { ...ask, by: ['model', 'engine'], stepSeconds: null }),
    context.store.engineSpans(ask.window),
  ]);
  const roles = rolesOf(spans);
  const named = groups.flatMap((group) => {
    const [model, engine] = group.by;
    return typeof model === 'string' ? [{ model, engine: engine ?? '', group }] : [];
  });
  const models = [...Map.groupBy(named, ({ model }) => model)].map(([model, list]): ModelGroup => {
    const engines = list.map(({ engine, group }) => ({ engine, group, role: roles.get(engine) ?? null }));
    return { model, engines, group: addedGroup(list.map(({ group }) => group)) };
  });
  return { models: models.toSorted((one, other) => (one.model < other.model ? -1 : 1)), whole };
}

function addedGroup(groups: readonly PricedGroup[]): PricedGroup {
  const [first] = groups;
  if (first === undefined) throw new Error('a model has at least one engine');
  return mergeGroups(groups, first);
}

function rolesOf(spans: readonly EngineSpan[]): ReadonlyMap<string, EngineRole | null> {
  const inOrder = spans.toSorted((one, other) => one.since - other.since);
  return new Map(inOrder.filter(({ role }) => role !== null).map(({ engine, role }) => [engine, role]));
}

import type { CheckedInput, IdleWaste } from '#shared/contract/backend-api.ts';
import { IDLE_STATES } from '#shared/cost/cost-per-million-tokens.ts';
import { costOf } from '#shared/cost/price-usage.ts';
import { GPU_STATES } from '#shared/model/gpu-state.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { answerableWindow, figureContext, type AnswerContext } from './answer-context.ts';
import { figureOf } from './figures.ts';
import { gpuSecondsOf } from './priced-group.ts';
import { pricedGroups } from './priced-groups.ts';

/** GPU-hours by state, what idle GPUs cost, and the nodes that idle most. */
export async function idleWaste(context: AnswerContext, input: CheckedInput['idleWaste']): Promise<IdleWaste> {
  const window = await answerableWindow(context, input.window);
  const { scope } = input;
  const { groups, whole } = await pricedGroups(context.store, context.costBook(), {
    window,
    scope,
    by: ['node'],
    stepSeconds: null,
  });
  const figures = await figureContext(context, { asked: input.window, window, scope, basis: 'total' }, whole);
  const nodes = groups.map((group) => ({
    node: group.by[0] ?? null,
    idleGpuHours: gpuSecondsOf(group, IDLE_STATES) / SECONDS_PER_HOUR,
    idleUsd: group.unpricedSkus.length > 0 ? null : costOf(group.cost, IDLE_STATES),
  }));
  return {
    window,
    gpuHours: Object.fromEntries(
      GPU_STATES.map((state) => [state, whole.gpuSeconds[state] / SECONDS_PER_HOUR]),
    ) as IdleWaste['gpuHours'],
    idleSpend: figureOf('idle-spend-rate', figures),
    nodes: nodes
      .filter((node) => node.idleGpuHours > 0 || (node.idleUsd ?? 0) > 0)
      .toSorted((one, other) => (other.idleUsd ?? 0) - (one.idleUsd ?? 0) || other.idleGpuHours - one.idleGpuHours)
      .slice(0, input.limit),
  };
}

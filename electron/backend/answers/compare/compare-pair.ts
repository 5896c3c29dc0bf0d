import { WORKING_STATES } from '#shared/cost/cost-per-million-tokens.ts';
import type { BesideReference } from '#shared/cost/reference/beside-reference.ts';
import type { PaidWork } from '#shared/cost/reference/gap.ts';
import type { FigureInput } from '#shared/model/figure.ts';
import { usd } from '#shared/units/quantities.ts';
import { gpuSecondsOf, tokensOf } from '../priced-group.ts';
import { knownCost } from '../unit-cost.ts';
import { publishedAt, publishedInput, type CompareContext } from './compare-context.ts';

/** A deployment and one reference beside it. */
export type Pair = {
  readonly context: CompareContext;
  readonly beside: BesideReference;
  readonly interactivity: number | null;
  readonly reasons: readonly string[];
};

export function referenceThroughputInput(pair: Pair): FigureInput {
  const { context, beside } = pair;
  return publishedInput({
    label: 'Throughput of the reference',
    value: beside.referencePerGpu,
    unit: 'token/s/GPU',
    source: `at this interactivity: ${publishedAt(context.catalogue, beside.front.source)}`,
  });
}

/** What a deployment did and cost; null where its cost is not known. */
export function workOf({ figures }: CompareContext): PaidWork | null {
  const { group } = figures;
  const cost = knownCost('loaded', group);
  if (cost.value === null) return null;
  return {
    tokens: tokensOf(group, 'total'),
    paidGpuSeconds: gpuSecondsOf(group),
    workingGpuSeconds: gpuSecondsOf(group, WORKING_STATES),
    cost: usd(cost.value),
  };
}

import type { CallScope } from '#shared/contract/backend-api.ts';
import { medianOfBins, type BinnedMedian } from '#shared/cost/reference/latency-bins.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { EngineFactColumn, EngineFactSums } from '#shared/model/fact.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { AnswerContext } from '../answer-context.ts';
import { mergeGroups, type PricedGroup } from '../priced-group.ts';
import { engineScopeOf } from '../engine-work.ts';
import { pricedGroups } from '../priced-groups.ts';

/** The engines of one model on one product in a window, with all that a comparison asks of them. */
export type OwnDeployment = {
  readonly key: string;
  readonly model: string;
  readonly skus: readonly string[];
  readonly engines: readonly string[];
  readonly spans: readonly EngineSpan[];
  readonly group: PricedGroup;
  /** Prefill and decode are engines of their own. */
  readonly isDisaggregated: boolean;
  /** Of the engines that count output: elsewhere the same request is counted again. */
  readonly requests: number | null;
  readonly draftTokens: number | null;
  /** Time between the tokens of a request. */
  readonly gapMedian: BinnedMedian | null;
};

type EngineGroup = {
  readonly engine: string;
  readonly model: string;
  readonly skus: readonly string[];
  readonly group: PricedGroup;
};

/** Deployments of a scope. A model is divided by product where each of its engines stands on one, else it is one deployment. */
export async function ownDeployments(
  context: AnswerContext,
  ask: { readonly window: TimeRange; readonly scope: CallScope },
): Promise<OwnDeployment[]> {
  const { window, scope } = ask;
  const engines = { window, scope: engineScopeOf(scope), by: ['engine'] as const, stepSeconds: null };
  const [{ groups }, spans, sums, latencies] = await Promise.all([
    pricedGroups(context.store, context.costBook(), { window, scope, by: ['model', 'engine'], stepSeconds: null }),
    context.store.engineSpans(window),
    context.store.engineFacts({ ...engines, columns: COLUMNS }),
    context.store.latencies(engines),
  ]);
  const facts = new Map(sums.map((row) => [row.by[0] ?? null, row.sums]));
  const gaps = Map.groupBy(
    latencies.filter((row) => row.measure === 'interToken'),
    (row) => row.by[0] ?? null,
  );
  const byModel = Map.groupBy(groups.flatMap(engineGroup), (one) => one.model);
  return [...byModel].flatMap(([model, list]) => {
    const own = spans.filter((span) => span.model === model);
    const isDisaggregated = own.some((span) => span.role !== null);
    return divided(list, isDisaggregated).map((members): OwnDeployment => {
      const names = members.map((one) => one.engine);
      const skus = [...new Set(members.flatMap((one) => one.skus))].toSorted();
      return {
        key: JSON.stringify([model, ...skus]),
        model,
        skus,
        engines: names,
        spans: own.filter((span) => names.includes(span.engine)),
        group: mergedOf(members),
        isDisaggregated,
        requests: addedOf(
          members.filter((one) => one.group.tokens.output > 0).map((one) => requestsOf(facts.get(one.engine))),
        ),
        draftTokens: addedOf(names.map((name) => facts.get(name)?.draftTokens ?? null)),
        gapMedian: medianOfBins(names.flatMap((name) => gaps.get(name) ?? [])),
      };
    });
  });
}

const COLUMNS = ['requestsStopped', 'requestsLength', 'draftTokens'] as const satisfies readonly EngineFactColumn[];

/** Requests that were answered: those that failed or were given up tell nothing of usual lengths. */
function requestsOf(sums: EngineFactSums | undefined): number | null {
  return addedOf([sums?.requestsStopped ?? null, sums?.requestsLength ?? null]);
}

function addedOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : sumOf(known, (value) => value);
}

function engineGroup(group: PricedGroup): EngineGroup[] {
  const [model, engine] = group.by;
  if (model === null || model === undefined || engine === null || engine === undefined) return [];
  return [{ engine, model, skus: [...new Set(group.lines.map((line) => line.sku))], group }];
}

/**
 * Tokens must stay with the GPUs that made them: a frontend counts those of engines behind it, and prefill and decode make
 * them together. Then a model is one deployment, whatever it stands on.
 */
function divided(engines: readonly EngineGroup[], isDisaggregated: boolean): (readonly EngineGroup[])[] {
  const isOneEach = engines.every(({ skus, group }) => skus.length === 1 || (skus.length === 0 && !group.hasTokens));
  if (isDisaggregated || !isOneEach) return [engines];
  const onGpus = engines.filter((one) => one.skus.length > 0);
  return onGpus.length === 0 ? [engines] : [...Map.groupBy(onGpus, (one) => one.skus[0]).values()];
}

function mergedOf(members: readonly EngineGroup[]): PricedGroup {
  const [first] = members;
  if (first === undefined) throw new Error('a deployment has at least one engine');
  return mergeGroups(
    members.map((one) => one.group),
    first.group,
  );
}

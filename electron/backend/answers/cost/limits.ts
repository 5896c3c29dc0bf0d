import type { FactRow } from '#backend/store/store.ts';
import type { CallScope, CheckedInput } from '#shared/contract/backend-api.ts';
import type { DeploymentLimits, LimitsAnswer } from '#shared/contract/cost-schema.ts';
import { WORKING_STATES } from '#shared/cost/cost-per-million-tokens.ts';
import { limitsOf, type EngineUse, type GpuUse, type UseBucket } from '#shared/cost/limits/limits-of.ts';
import { serviceLevelOf } from '#shared/cost/service-level.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { EngineFactColumn, EngineFactSums, GpuFactColumn, GpuFactSums } from '#shared/model/fact.ts';
import type { GpuState } from '#shared/model/gpu-state.ts';
import { deploymentOf } from '#shared/model/inference-engine.ts';
import { bucketStart, stepFor } from '#shared/time/buckets.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { answerableWindow, figureContext, type AnswerContext } from '../answer-context.ts';
import { engineScopeOf, engineWork } from '../engine-work.ts';
import { figureOf } from '../figures.ts';
import { gpuSecondsOf } from '../priced-group.ts';
import { gpuScopeOf, pricedGroups } from '../priced-groups.ts';
import { limitOfDeployment } from './limit-evidence.ts';
import { createServedPeriods, type DayFacts } from './served-periods.ts';

/** Buckets that readings are judged in, at the most. */
const BUCKETS_MAX = 300;

/** A bucket is no shorter: readings of profiling counters come every half minute. */
const STEP_MIN_SECONDS = 60;

const DAY_SECONDS = 86_400;
const DAYS_BACK = 28;

/** What held each deployment back in the window, and what it served per day and week. */
export async function limits(context: AnswerContext, input: CheckedInput['limits']): Promise<LimitsAnswer> {
  const window = await answerableWindow(context, input.window);
  const { scope } = input;
  const stepSeconds = stepFor(window, { bucketsMax: BUCKETS_MAX, secondsMin: STEP_MIN_SECONDS });
  const [{ groups }, buckets, days, spans] = await Promise.all([
    pricedGroups(context.store, context.costBook(), { window, scope, by: ['deployment'], stepSeconds: null }),
    useBuckets(context, { window, scope, stepSeconds }),
    dayFacts(context, scope, window),
    context.store.engineSpans(window),
  ]);
  const servedBy = createServedPeriods(days);
  const models = new Map(spans.map((span) => [deploymentOf(span), span.model]));
  const named = groups
    .filter((group) => typeof group.by[0] === 'string')
    .toSorted((one, other) => gpuSecondsOf(other) - gpuSecondsOf(one));
  const deployments = await Promise.all(
    named.slice(0, input.limit).map(async (group): Promise<DeploymentLimits> => {
      const deployment = group.by[0] ?? '';
      const model = models.get(deployment) ?? null;
      const ask = { asked: input.window, window, scope: { ...scope, deployment }, basis: 'billed' as const };
      const figures = await figureContext(context, ask, group);
      const level = serviceLevelOf(figures.revision, model ?? '*');
      const own = buckets.get(deployment) ?? [];
      const targets = { ttft: level.ttftSeconds, interToken: level.interTokenSeconds };
      return {
        deployment,
        model,
        gpus: gpuSecondsOf(group) / secondsOf(window),
        cost: figureOf('cost-per-million-tokens', figures),
        causes: limitsOf(own.map(({ use }) => use)).map((limit) =>
          limitOfDeployment(figures, limit, preemptionsOf(own)),
        ),
        preemptions: preemptionsOf(own),
        ...servedBy(deployment, targets),
        ttftTarget: targets.ttft,
        interTokenTarget: targets.interToken,
      };
    }),
  );
  return { window, stepSeconds, deployments, omitted: Math.max(0, named.length - input.limit) };
}

type TimedUse = { readonly start: EpochMs; readonly use: UseBucket };

const GPU_COLUMNS = [
  'observedSeconds',
  'tensorActiveSeconds',
  'dramActiveSeconds',
  'powerCappedSeconds',
  'heatCappedSeconds',
  'nvlinkBytes',
  'pcieBytes',
] as const satisfies readonly GpuFactColumn[];

const ENGINE_COLUMNS = [
  'observedSeconds',
  'waitingRequestSeconds',
  'kvCacheUsageSeconds',
  'preemptions',
] as const satisfies readonly EngineFactColumn[];

type UseQuery = { readonly window: TimeRange; readonly scope: CallScope; readonly stepSeconds: number };

/** What GPUs and engines of each deployment told, bucket by bucket. */
async function useBuckets(
  context: AnswerContext,
  { window, scope, stepSeconds }: UseQuery,
): Promise<ReadonlyMap<string, readonly TimedUse[]>> {
  const [gpuRows, engineRows] = await Promise.all([
    context.store.gpuFacts({
      window,
      scope: gpuScopeOf(scope),
      by: ['deployment', 'sku', 'state'],
      stepSeconds,
      columns: GPU_COLUMNS,
    }),
    engineWork(context.store, { window, scope, by: ['deployment'], stepSeconds, columns: ENGINE_COLUMNS }),
  ]);
  const engines = new Map(engineRows.map((row) => [JSON.stringify([row.by[0], row.start]), engineUse(row.sums)]));
  const byDeployment = Map.groupBy(gpuRows, (row) => row.by[0] ?? '');
  return new Map(
    [...byDeployment].map(([deployment, rows]) => [
      deployment,
      [...Map.groupBy(rows, (row) => row.start)].map(([start, list]): TimedUse => ({
        start,
        use: { gpus: gpuUses(list), engines: engines.get(JSON.stringify([deployment, start])) ?? null },
      })),
    ]),
  );
}

function gpuUses(rows: readonly FactRow<GpuFactSums>[]): GpuUse[] {
  return [...Map.groupBy(rows, (row) => row.by[1] ?? '')].map(([sku, list]): GpuUse => {
    const inStates = (states: readonly GpuState[]) => list.filter((row) => states.some((state) => state === row.by[2]));
    const working = inStates(WORKING_STATES);
    const secondsIn = (own: readonly FactRow<GpuFactSums>[]): number =>
      sumOf(own, (row) => row.sums.observedSeconds ?? 0);
    const atWork = (column: GpuFactColumn): number | null => {
      const known = working.flatMap((row) => row.sums[column] ?? []);
      return known.length === 0 ? null : sumOf(known, (value) => value);
    };
    return {
      sku,
      placedSeconds: secondsIn(list),
      workingSeconds: secondsIn(working),
      quietSeconds: secondsIn(inStates(['loaded-idle'])),
      powerCappedSeconds: atWork('powerCappedSeconds'),
      heatCappedSeconds: atWork('heatCappedSeconds'),
      tensorActiveSeconds: atWork('tensorActiveSeconds'),
      dramActiveSeconds: atWork('dramActiveSeconds'),
      nvlinkBytes: atWork('nvlinkBytes'),
      pcieBytes: atWork('pcieBytes'),
    };
  });
}

function engineUse(sums: EngineFactSums): EngineUse {
  const { waitingRequestSeconds, kvCacheUsageSeconds, preemptions } = sums;
  return { observedSeconds: sums.observedSeconds ?? 0, waitingRequestSeconds, kvCacheUsageSeconds, preemptions };
}

function preemptionsOf(buckets: readonly TimedUse[]): number | null {
  const known = buckets.flatMap(({ use }) => use.engines?.preemptions ?? []);
  return known.length === 0 ? null : sumOf(known, (count) => count);
}

/** Requests and latencies by deployment and UTC day, over the window and the four weeks before its end. */
async function dayFacts(context: AnswerContext, scope: CallScope, window: TimeRange): Promise<DayFacts> {
  const extent = await context.store.extent();
  const earliest = Math.min(window.from, window.to - DAYS_BACK * DAY_SECONDS * 1000);
  const from = bucketStart(epochMs(Math.max(earliest, extent?.from ?? earliest)), DAY_SECONDS);
  const ask = { window: { from, to: window.to }, stepSeconds: DAY_SECONDS };
  const [rows, latencies] = await Promise.all([
    engineWork(context.store, { ...ask, scope, by: ['deployment'], columns: SERVED_COLUMNS }),
    context.store.latencies({ ...ask, scope: engineScopeOf(scope), by: ['deployment'] }),
  ]);
  return { rows, latencies };
}

const SERVED_COLUMNS = [
  'inputTokens',
  'outputTokens',
  'requestsStopped',
  'requestsLength',
  'requestsAborted',
  'requestsFailed',
] as const satisfies readonly EngineFactColumn[];

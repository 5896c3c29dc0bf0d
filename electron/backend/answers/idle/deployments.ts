import type { Scope, GpuDimension } from '#backend/store/store.ts';
import { medianOf } from '#shared/lib/percentile.ts';
import { UNKNOWN_SKU } from '#shared/model/gpu.ts';
import type { EngineRole } from '#shared/model/inference-engine.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import type { Deployment } from '#shared/contract/idle-schema.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import type { AnswerContext } from '../answer-context.ts';
import { definedOnly } from '../priced-groups.ts';
import type { EngineFacts } from './engine-facts.ts';

/** A deployment with its engines, the GPUs that one of them takes, and how long loading one takes. */
export type PlacedDeployment = Deployment & {
  readonly engines: ReadonlySet<string>;
  readonly gpusPerReplica: number;
  /** Hours that GPUs spent loading for each start; null where no start was seen. */
  readonly loadingHours: number | null;
  readonly starts: number;
};

/** GPU time of one engine: where most of it is, and in which states. */
type EnginePlace = {
  readonly engine: string;
  readonly model: string;
  readonly pool: string | null;
  readonly sku: string;
  /** GPU-seconds with the model in memory, and while it was loaded. */
  readonly residentSeconds: number;
  readonly loadingSeconds: number;
};

/** Deployments that have GPUs in the scope. Each is whole, also where the scope holds a part of it. */
export async function placedDeployments(
  context: AnswerContext,
  ask: { readonly window: TimeRange; readonly scope: CallScope },
  facts: EngineFacts,
): Promise<PlacedDeployment[]> {
  const hasScope = Object.values(ask.scope).some((value) => value !== undefined);
  const [all, inScope, spans] = await Promise.all([
    enginePlaces(context, ask.window, {}),
    hasScope ? enginePlaces(context, ask.window, definedOnly<GpuDimension>(ask.scope)) : null,
    context.store.engineSpans(ask.window),
  ]);
  const touched = inScope === null ? null : new Set(inScope.map(({ engine }) => engine));
  const watched = watchedByEngine(facts);
  const sized = all.flatMap((place): SizedPlace[] => {
    const seconds = watched.get(place.engine) ?? 0;
    const gpus = seconds >= WATCHED_MIN_SECONDS ? wholeGpus(place.residentSeconds / seconds) : 0;
    const role = spans.findLast((span) => span.engine === place.engine)?.role ?? null;
    return gpus > 0 ? [{ ...place, gpus, role }] : [];
  });
  const groups = Map.groupBy(sized, ({ model, pool, sku, role }) => JSON.stringify([model, pool, sku, role]));
  return [...groups.values()]
    .filter((places) => touched === null || places.some(({ engine }) => touched.has(engine)))
    .flatMap((places) => bySize(places).map((same, _, sizes) => assembled(same, sizes.length > 1, facts)));
}

/** An engine with the GPUs it takes and the side of requests it works on. */
type SizedPlace = EnginePlace & { readonly gpus: number; readonly role: EngineRole | null };

/** Replicas of one size: engines on other numbers of GPUs have another speed and are a deployment of their own. */
function bySize(places: readonly SizedPlace[]): SizedPlace[][] {
  return [...Map.groupBy(places, ({ gpus }) => Math.round(gpus * PARTS_OF_GPU)).values()];
}

/** Sizes differ by at least so small a part of a GPU: a tenth. */
const PARTS_OF_GPU = 10;

async function enginePlaces(
  context: AnswerContext,
  window: TimeRange,
  scope: Scope<GpuDimension>,
): Promise<EnginePlace[]> {
  const by = ['engine', 'model', 'pool', 'sku', 'state'] as const;
  const rows = await context.store.gpuFacts({ window, scope, by, stepSeconds: null, columns: ['observedSeconds'] });
  const placed = rows.filter((row) => row.by[0] !== null && row.by[1] !== null);
  const byEngine = Map.groupBy(placed, (row) => row.by[0] ?? '');
  return [...byEngine].flatMap(([engine, list]) => {
    const secondsOf = (states: readonly string[]): number =>
      list.reduce((sum, row) => sum + (states.includes(row.by[4] ?? '') ? (row.sums.observedSeconds ?? 0) : 0), 0);
    const most = list.toSorted((one, other) => (other.sums.observedSeconds ?? 0) - (one.sums.observedSeconds ?? 0))[0];
    if (most === undefined) return [];
    return {
      engine,
      model: most.by[1] ?? '',
      pool: most.by[2] ?? null,
      sku: most.by[3] ?? UNKNOWN_SKU,
      residentSeconds: secondsOf(['serving', 'throttled', 'loaded-idle']),
      loadingSeconds: secondsOf(['loading']),
    };
  });
}

function watchedByEngine({ steps }: EngineFacts): ReadonlyMap<string, number> {
  const watched = new Map<string, number>();
  for (const { engine, observedSeconds } of steps) watched.set(engine, (watched.get(engine) ?? 0) + observedSeconds);
  return watched;
}

/** A replica that was watched for less than this tells nothing of its GPUs, s. */
const WATCHED_MIN_SECONDS = 600;

function assembled(places: readonly SizedPlace[], hasSizes: boolean, { restarts }: EngineFacts): PlacedDeployment {
  const [first] = places;
  if (first === undefined) throw new Error('a group has at least one member');
  const { model, pool, sku, role } = first;
  const gpusPerReplica = medianOf(places.map(({ gpus }) => gpus)) ?? first.gpus;
  const starting = places.filter(({ engine }) => (restarts.get(engine) ?? 0) > 0);
  const starts = starting.reduce((sum, { engine }) => sum + (restarts.get(engine) ?? 0), 0);
  const loading = starting.reduce((sum, { loadingSeconds }) => sum + loadingSeconds, 0);
  const size = hasSizes ? [`${Number(gpusPerReplica.toFixed(1))} GPUs`] : [];
  return {
    key: [model, pool ?? '', sku, ...(role === null ? [] : [role]), ...size].join(' · '),
    model,
    pool,
    sku,
    role,
    engines: new Set(places.map(({ engine }) => engine)),
    gpusPerReplica,
    loadingHours: starts > 0 && loading > 0 ? loading / gpusPerReplica / starts / SECONDS_PER_HOUR : null,
    starts,
  };
}

/** Readings of engine and GPU do not begin at the same moment: what is close to a whole number of GPUs is that number. */
function wholeGpus(gpus: number): number {
  const nearest = Math.round(gpus);
  return nearest > 0 && Math.abs(gpus - nearest) <= nearest * NEAR ? nearest : gpus;
}

const NEAR = 0.1;

import type { Store } from '#backend/store/store.ts';
import { assessChange, type ChangeAssessment } from '#shared/cost/savings/assess-change.ts';
import type { FingerprintChange } from '#shared/cost/savings/fingerprint-change.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { FleetEvent, FleetEventKind } from '#shared/model/fact.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { baselinePrices, fixedRateOf, type BaselinePrices, type FixedRate } from './baseline-prices.ts';
import { createDays } from './day-of.ts';
import type { KnownChanges } from './known-changes.ts';
import { poolWindows, type EngineGroup, type PoolWindow } from './pool-facts.ts';
import { settledAfter } from './service.ts';
import { sidesOf, type Sides } from './sides.ts';
import { usableWindows, type UsableWindows, type WorkRule } from './work-windows.ts';

/** Zone of the days that are compared. */
export const FLEET_ZONE = 'UTC';

/** A change with everything that its windows tell. */
export type AssessedChange = {
  readonly change: FingerprintChange;
  readonly sides: Sides;
  readonly settledFrom: EpochMs | null;
  readonly windows: readonly PoolWindow[];
  readonly usable: UsableWindows;
  readonly assessment: ChangeAssessment;
  /** Replicas or a pool of the same model that did not change, as text; empty where there is none. */
  readonly controls: readonly string[];
  readonly prices: BaselinePrices;
  /** Of the GPUs that did the work after the change. */
  readonly rate: FixedRate;
  readonly seed: number;
};

export type AssessOptions = { readonly store: Store; readonly book: CostBook; readonly now: EpochMs };

export type ChangeAssessor = (
  change: FingerprintChange,
  known: KnownChanges,
  options: AssessOptions,
) => Promise<AssessedChange>;

/** Assessments that are kept. */
const KEPT_MAX = 200;

/** While a change is young, the time after it grows; what was found of it holds for an hour. */
const FRESH_MS = 3_600_000;

/**
 * Assesses changes, and keeps what it found for as long as nothing of it can differ: for good once both sides are closed, for
 * an hour until then. What is kept belongs to one store.
 */
export function createChangeAssessor(): ChangeAssessor {
  const kept = new WeakMap<Store, Map<string, Promise<AssessedChange>>>();
  return async (change, known, options) => {
    const own = kept.get(options.store) ?? new Map<string, Promise<AssessedChange>>();
    kept.set(options.store, own);
    const hour = epochMs(Math.floor(options.now / FRESH_MS) * FRESH_MS);
    const sides = sidesOf(change, known.changes, hour);
    const prices = baselinePrices(options.book, change);
    const key = JSON.stringify([change, sides, prices.weights, prices.revision, controlPoolOf(change, known, sides)]);
    const found = own.get(key);
    if (found !== undefined) return await found;
    const assessing = assess({ change, known, sides, prices, store: options.store });
    own.set(key, assessing);
    assessing.catch(() => own.delete(key));
    const [oldest] = own.keys();
    if (own.size > KEPT_MAX && oldest !== undefined) own.delete(oldest);
    return await assessing;
  };
}

type Assessment = {
  readonly change: FingerprintChange;
  readonly known: KnownChanges;
  readonly sides: Sides;
  readonly prices: BaselinePrices;
  readonly store: Store;
};

async function assess({ change, known, sides, prices, store }: Assessment): Promise<AssessedChange> {
  const { model } = change.deployment;
  const whole: TimeRange = { from: sides.before.from, to: sides.after.to };
  const pool = poolScope(change.deployment, known.spans);
  const { kept } = change.replicas;
  const controlPool = controlPoolOf(change, known, sides);
  const groups: EngineGroup[] =
    kept.length > 0
      ? [
          { model, pool, engines: { not: kept } },
          { model, pool, engines: { only: kept } },
        ]
      : [{ model, pool, engines: null }];
  const scope = pool === undefined ? { model } : { model, pool };
  const [own, otherPool, events, settledFrom, rate] = await Promise.all([
    poolWindows(store, groups, whole),
    controlPool === null ? [] : poolWindows(store, [{ model, pool: controlPool, engines: null }], whole),
    store.events(whole),
    settledAfter(store, scope, { changedAt: change.lastAt, after: sides.after }),
    fixedRateOf(store, prices, { scope, window: sides.after }),
  ]);
  const rule: WorkRule = {
    model,
    dayOf: createDays(FLEET_ZONE),
    weights: prices.weights,
    sides,
    settledFrom,
    incidents: incidentsOf(events, change, known.spans),
    scalings: scalingsOf(change, known.spans),
    isPowerCapChange: change.kinds.includes('power-cap'),
  };
  const windows = own[0] ?? [];
  const usable = usableWindows(windows, rule);
  const controlWindows = own[1] ?? otherPool[0] ?? null;
  const control = controlWindows === null ? null : usableWindows(controlWindows, { ...rule, scalings: [] });
  const seed = seedOf(change.id);
  return {
    change,
    sides,
    settledFrom,
    windows,
    usable,
    assessment: assessChange({ changed: usable, control }, seed),
    controls: kept.length > 0 ? kept : controlPool === null ? [] : [`pool ${controlPool}`],
    prices,
    rate,
    seed,
  };
}

/** A model that is served in one pool only needs no filter by pool, whatever GPUs and engines say of it. */
function poolScope({ model, pool }: FingerprintChange['deployment'], spans: readonly EngineSpan[]) {
  const pools = new Set(spans.filter((span) => span.model === model).map((span) => span.pool));
  return pools.size <= 1 ? undefined : pool;
}

/** A pool that serves the same model and changed nothing meanwhile; the first by name. Replicas that were kept come first. */
function controlPoolOf({ deployment, replicas }: FingerprintChange, known: KnownChanges, sides: Sides): string | null {
  if (replicas.kept.length > 0) return null;
  const others = known.spans.filter((span) => span.model === deployment.model && span.pool !== deployment.pool);
  const isStill = (pool: string): boolean =>
    !known.changes.some(
      (other) =>
        other.deployment.model === deployment.model &&
        other.deployment.pool === pool &&
        other.lastAt > sides.before.from &&
        other.firstAt < sides.after.to,
    );
  const pools = new Set(others.map((span) => span.pool).filter((pool) => pool !== null));
  return [...pools].toSorted().find(isStill) ?? null;
}

const INCIDENTS: readonly FleetEventKind[] = ['engine-restarted', 'engine-lost', 'gpu-lost', 'gpu-returned'];

/** Instants of incidents of a deployment, or of the machines it runs on. */
function incidentsOf(
  events: readonly FleetEvent[],
  { deployment }: FingerprintChange,
  spans: readonly EngineSpan[],
): EpochMs[] {
  const own = spans.filter((span) => span.model === deployment.model && span.pool === deployment.pool);
  const [engines, nodes] = [new Set(own.map((span) => span.engine)), new Set(own.map((span) => span.node))];
  return events
    .filter(({ kind, subject, model, node }) => {
      if (!INCIDENTS.includes(kind)) return false;
      return (
        engines.has(subject) ||
        (model === null ? node !== null && nodes.has(node) : model === deployment.model && nodes.has(node))
      );
    })
    .map((event) => event.at);
}

/** A replica that is followed by itself within this time did not come or go: it changed. */
const FOLLOWED_MS = 3_600_000;

/** When replicas of a deployment came or went, save those that the change itself exchanged. */
function scalingsOf({ deployment, firstAt, lastAt }: FingerprintChange, spans: readonly EngineSpan[]): EpochMs[] {
  const own = spans.filter((span) => span.model === deployment.model && span.pool === deployment.pool);
  const isFollowed = (at: EpochMs, list: readonly (EpochMs | null)[]): boolean =>
    list.some((other) => other !== null && Math.abs(other - at) <= FOLLOWED_MS);
  const edges = own.flatMap((span) => {
    const same = own.filter((other) => other !== span && other.engine === span.engine);
    const begins = isFollowed(
      span.since,
      same.map((other) => other.until),
    )
      ? []
      : [span.since];
    const ends =
      span.until === null ||
      isFollowed(
        span.until,
        same.map((other) => other.since),
      )
        ? []
        : [span.until];
    return [...begins, ...ends];
  });
  return edges.filter((at) => at < firstAt - FOLLOWED_MS || at > lastAt + FOLLOWED_MS);
}

/** The same seed for the same change, so that its interval can be drawn again (FNV-1a, 32 bits). */
function seedOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const letter of id) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}

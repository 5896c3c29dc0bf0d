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
import {
  poolWindows,
  windowsByModel,
  windowsInside,
  type EngineGroup,
  type PoolWindow,
  type WindowsByModel,
} from './pool-facts.ts';
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

/** Assesses changes that are known; the answer is in their order. */
export type ChangeAssessor = (
  changes: readonly FingerprintChange[],
  known: KnownChanges,
  options: AssessOptions,
) => Promise<readonly AssessedChange[]>;

/** Assessments that are kept. */
const KEPT_MAX = 200;

/** While a change is young, the time after it grows; what was found of it holds for an hour. */
const FRESH_MS = 3_600_000;

/**
 * Assesses changes, and keeps what it found for as long as nothing of it can differ: for good once both sides are closed, for
 * an hour until then. What is kept belongs to one store.
 */
export function createChangeAssessor(): ChangeAssessor {
  const stores = new WeakMap<Store, Map<string, Promise<AssessedChange>>>();
  const dayOf = createDays(FLEET_ZONE);
  return async (changes, known, options) => {
    const kept = stores.get(options.store) ?? new Map<string, Promise<AssessedChange>>();
    stores.set(options.store, kept);
    const asked = changes.map((change) => askedOf(change, known, options));
    const fleet = fleetWindows(
      options.store,
      asked.filter(({ key }) => !kept.has(key)),
    );
    const all = asked.map(({ key, ...assessment }) => {
      const found = kept.get(key);
      if (found !== undefined) return found;
      const assessing = assess({ ...assessment, store: options.store, fleet, dayOf });
      kept.set(key, assessing);
      assessing.catch(() => kept.delete(key));
      return assessing;
    });
    for (const [oldest] of [...kept].slice(0, Math.max(0, kept.size - KEPT_MAX))) kept.delete(oldest);
    return await Promise.all(all);
  };
}

type Asked = {
  readonly change: FingerprintChange;
  readonly known: KnownChanges;
  readonly sides: Sides;
  readonly prices: BaselinePrices;
  /** Everything that a judgement hangs on. */
  readonly key: string;
};

function askedOf(change: FingerprintChange, known: KnownChanges, { book, now }: AssessOptions): Asked {
  const hour = epochMs(Math.floor(now / FRESH_MS) * FRESH_MS);
  const sides = sidesOf(change, known.changes, hour);
  const prices = baselinePrices(book, change);
  const key = JSON.stringify([change, sides, prices.weights, prices.revision, controlPoolOf(change, known, sides)]);
  return { change, known, sides, prices, key };
}

/** Windows of whole models over all the time that several changes are compared in; null where few ask for them. */
type FleetWindows = { readonly of: () => Promise<WindowsByModel> } | null;

/** From so many changes on, reading the whole fleet once costs less than reading the part of each. */
const ASKED_AT_ONCE_MIN = 3;

/** Asks only when the first change needs it, and once for all. */
function fleetWindows(store: Store, asked: readonly Asked[]): FleetWindows {
  const whole = asked.filter(({ change, known }) => isOfWholeModel(change, known));
  if (whole.length < ASKED_AT_ONCE_MIN) return null;
  const from = Math.min(...whole.map(({ sides }) => sides.before.from));
  const to = Math.max(...whole.map(({ sides }) => sides.after.to));
  let read: Promise<WindowsByModel> | null = null;
  return { of: () => (read ??= windowsByModel(store, { from: epochMs(from), to: epochMs(to) })) };
}

/** All replicas of a model changed, and it is served in one pool: its windows are those of the model. */
function isOfWholeModel({ deployment, replicas }: FingerprintChange, { spans }: KnownChanges): boolean {
  return replicas.kept.length === 0 && poolScope(deployment, spans) === undefined;
}

type Assessment = Omit<Asked, 'key'> & {
  readonly store: Store;
  readonly fleet: FleetWindows;
  readonly dayOf: (at: EpochMs) => string;
};

async function assess({ change, known, sides, prices, store, fleet, dayOf }: Assessment): Promise<AssessedChange> {
  const { model } = change.deployment;
  const whole: TimeRange = { from: sides.before.from, to: sides.after.to };
  const pool = poolScope(change.deployment, known.spans);
  const { kept } = change.replicas;
  const controlPool = controlPoolOf(change, known, sides);
  const scope = pool === undefined ? { model } : { model, pool };
  const [own, otherPool, events, settledFrom, rate] = await Promise.all([
    fleet !== null && isOfWholeModel(change, known)
      ? fleet.of().then((windows) => [windowsInside(windows.get(model) ?? [], whole)])
      : poolWindows(store, groupsOf(change, pool), whole),
    controlPool === null ? [] : poolWindows(store, [{ model, pool: controlPool, engines: null }], whole),
    store.events(whole),
    settledAfter(store, scope, { changedAt: change.lastAt, after: sides.after }),
    fixedRateOf(store, prices, { scope, window: sides.after }),
  ]);
  const rule: WorkRule = {
    model,
    dayOf,
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

/** Those that changed, and those that were kept as they were, where there are any. */
function groupsOf({ deployment: { model }, replicas: { kept } }: FingerprintChange, pool: string | null | undefined) {
  const all: EngineGroup[] = [{ model, pool, engines: null }];
  const two: EngineGroup[] = [
    { model, pool, engines: { not: kept } },
    { model, pool, engines: { only: kept } },
  ];
  return kept.length > 0 ? two : all;
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

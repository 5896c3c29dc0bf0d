import type { GpuSeat } from '#shared/model/gpu.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import {
  changedFields,
  type DeploymentName,
  type Fingerprint,
  type FingerprintChange,
  type FingerprintField,
} from './fingerprint-change.ts';
import { engineStretches, type EngineStretch } from './fingerprint-stretches.ts';

/** Replicas that change to the same software no further apart than this are one rolling update. */
const ROLLING_MS = 24 * 3_600_000;

/** Engines first seen within this time of the deployment's first were there before anybody looked. */
const SETTLED_MS = 600_000;

/** One replica that came to run something else than before. */
type Step = {
  readonly at: EpochMs;
  readonly engine: string;
  readonly from: Fingerprint;
  readonly to: Fingerprint;
  readonly fields: readonly FingerprintField[];
};

/**
 * Changes of what deployments run, in order of time, from what engines and GPUs told of themselves. A replica changes in its
 * place, or one of another fingerprint takes the place of those that were there; replicas that change to the same within a
 * day are one rolling change. What is learned late is no change.
 */
export function detectChanges(spans: readonly EngineSpan[], seats: readonly GpuSeat[]): FingerprintChange[] {
  const stretches = engineStretches(spans, seats);
  const deployments = Map.groupBy(stretches, ({ model, pool }) => JSON.stringify([model, pool]));
  return [...deployments.values()]
    .flatMap((own) => changesOf(own))
    .toSorted((one, other) => one.firstAt - other.firstAt || (one.id < other.id ? -1 : 1));
}

function changesOf(stretches: readonly EngineStretch[]): FingerprintChange[] {
  const [first] = stretches;
  if (first === undefined) return [];
  const { model, pool } = first;
  const steps = stepsOf(stretches.toSorted((one, other) => one.since - other.since));
  return rollingChanges(steps).map((own) => changeOf({ model, pool }, own, stretches));
}

/** Each stretch that begins with another fingerprint than the one it follows. */
function stepsOf(ordered: readonly EngineStretch[]): Step[] {
  const start = ordered[0]?.since ?? epochMs(0);
  return ordered.flatMap((stretch, index) => {
    const earlier = ordered.slice(0, index);
    const own = earlier.findLast((other) => other.engine === stretch.engine);
    const isNew = own === undefined && stretch.since - start > SETTLED_MS;
    const before = own ?? (isNew ? earlier.findLast((other) => other.since < stretch.since) : undefined);
    if (before === undefined) return [];
    // A new replica on software that is in use already is one more of the same.
    const isKnown = earlier.some(
      (other) =>
        other !== before &&
        isAliveAt(other, stretch.since) &&
        changedFields(other.fingerprint, stretch.fingerprint).length === 0,
    );
    const fields = changedFields(before.fingerprint, stretch.fingerprint);
    if (fields.length === 0 || (own === undefined && isKnown && !isReplacing(earlier, stretch))) return [];
    return [{ at: stretch.since, engine: stretch.engine, from: before.fingerprint, to: stretch.fingerprint, fields }];
  });
}

/** An engine of other software ends about when this one begins. */
function isReplacing(earlier: readonly EngineStretch[], { since, fingerprint }: EngineStretch): boolean {
  return earlier.some(
    ({ until, fingerprint: other }) =>
      until !== null && Math.abs(until - since) <= ROLLING_MS / 24 && changedFields(other, fingerprint).length > 0,
  );
}

function isAliveAt({ since, until }: EngineStretch, at: EpochMs): boolean {
  return since <= at && (until === null || until > at);
}

function rollingChanges(steps: readonly Step[]): Step[][] {
  const changes: Step[][] = [];
  for (const step of steps) {
    const open = changes.findLast((own) => {
      const last = own.at(-1);
      return last !== undefined && step.at - last.at <= ROLLING_MS && changedFields(last.to, step.to).length === 0;
    });
    if (open === undefined) changes.push([step]);
    else open.push(step);
  }
  return changes;
}

function changeOf(
  deployment: DeploymentName,
  steps: readonly Step[],
  stretches: readonly EngineStretch[],
): FingerprintChange {
  const [first] = steps;
  if (first === undefined) throw new Error('a change has at least one step');
  const firstAt = first.at;
  const lastAt = steps.at(-1)?.at ?? firstAt;
  const changed = [...new Set(steps.map((step) => step.engine))].toSorted();
  const kept = stretches
    .filter(
      (one) => isAliveAt(one, lastAt) && one.since < firstAt && changedFields(one.fingerprint, first.from).length === 0,
    )
    .map((one) => one.engine)
    .filter((engine) => !changed.includes(engine));
  return {
    id: JSON.stringify([deployment.model, deployment.pool, firstAt]),
    deployment,
    kinds: first.fields,
    from: first.from,
    to: first.to,
    firstAt,
    lastAt,
    replicas: { changed, kept: [...new Set(kept)].toSorted() },
    source: 'detected',
    note: null,
    isBundle: first.fields.length > 1,
  };
}

import type { GpuSeat } from '#shared/model/gpu.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import {
  changedFields,
  FINGERPRINT_FIELDS,
  NO_FINGERPRINT,
  type DeploymentName,
  type Fingerprint,
  type FingerprintChange,
  type FingerprintField,
} from './fingerprint-change.ts';
import { stepsOf, type FingerprintStep, type PowerLimitLevel } from './fingerprint-steps.ts';

export type ChangeEvidence = {
  readonly spans: readonly EngineSpan[];
  readonly seats: readonly GpuSeat[];
  readonly powerLimits: readonly PowerLimitLevel[];
  /** When an engine was last heard: pods come and go, and a span does not end with them. Always, where one is left out. */
  readonly heardUntil: ReadonlyMap<string, EpochMs>;
};

/** Fields of one replica that change within this time of each other were changed together: a restart takes its time. */
const TOGETHER_MS = 3_600_000;

/** Replicas of a rolling update follow each other within this time; a later one is a change of its own. */
const ROLLING_MS = 24 * 3_600_000;

/**
 * All changes of what deployments run, oldest first. One change is one difference of fingerprints, on however many replicas;
 * several fields of it at once are a bundle. A replica that restarts as it was, or of which only more becomes known, has not
 * changed; one that goes back is another change. Source: economics reference, section 0, rule 7, and section 5.1.
 */
export function detectChanges(evidence: ChangeEvidence): readonly FingerprintChange[] {
  const deployments = Map.groupBy(evidence.spans, ({ model, pool }) => JSON.stringify([model, pool]));
  const found = [...deployments].flatMap(([key, spans]) => {
    const [model, pool] = JSON.parse(key) as [string, string | null];
    return changesOfDeployment({ model, pool }, spans, evidence);
  });
  return found.toSorted((one, other) => one.firstAt - other.firstAt || (one.id < other.id ? -1 : 1));
}

function changesOfDeployment(
  deployment: DeploymentName,
  spans: readonly EngineSpan[],
  evidence: ChangeEvidence,
): FingerprintChange[] {
  const inOrder = spans.toSorted((one, other) => one.since - other.since);
  const engines = Map.groupBy(inOrder, ({ engine }) => engine);
  const steps = [...Map.groupBy(stepsOf(engines, evidence), ({ engine }) => engine).values()].flatMap(together);
  return rollouts(steps).map((rollout) => changeOf(deployment, rollout, engines, evidence.heardUntil));
}

/** Steps of one replica, those that came together as one; what was there and gone again is none. */
function together(steps: readonly FingerprintStep[]): FingerprintStep[] {
  const joined: FingerprintStep[] = [];
  for (const step of steps) {
    const last = joined.at(-1);
    if (last === undefined || step.at - last.at > TOGETHER_MS) joined.push(step);
    else joined[joined.length - 1] = bothSteps(last, step);
  }
  return joined.filter(({ from, to }) => changedFields(from, to).length > 0);
}

function bothSteps(one: FingerprintStep, next: FingerprintStep): FingerprintStep {
  const sides = FINGERPRINT_FIELDS.map((field) => {
    const from = one.from[field] ?? next.from[field];
    return [field, { from, to: next.to[field] ?? one.to[field] }] as const;
  });
  const side = (which: 'from' | 'to') =>
    Object.fromEntries(sides.map(([field, values]) => [field, values[which]])) as Fingerprint;
  return { ...one, from: side('from'), to: side('to') };
}

/** Steps of several replicas that make the same difference, one after the other. */
function rollouts(steps: readonly FingerprintStep[]): FingerprintStep[][] {
  const bySameness = Map.groupBy(
    steps.toSorted((one, other) => one.at - other.at),
    differenceOf,
  );
  return [...bySameness.values()].flatMap((same) => {
    const groups: FingerprintStep[][] = [];
    for (const step of same) {
      const group = groups.at(-1);
      const isNext = group !== undefined && step.at - (group.at(-1)?.at ?? step.at) <= ROLLING_MS;
      if (isNext) group.push(step);
      else groups.push([step]);
    }
    return groups;
  });
}

function differenceOf({ from, to }: FingerprintStep): string {
  return JSON.stringify(changedFields(from, to).map((field) => [field, from[field], to[field]]));
}

function changeOf(
  deployment: DeploymentName,
  rollout: readonly FingerprintStep[],
  engines: ReadonlyMap<string, readonly EngineSpan[]>,
  heardUntil: ReadonlyMap<string, EpochMs>,
): FingerprintChange {
  const [first] = rollout;
  const { from = NO_FINGERPRINT, to = NO_FINGERPRINT } = first ?? {};
  const kinds = kindsOf(changedFields(from, to));
  const instants = rollout.map(({ at }) => at);
  const firstAt = Math.min(...instants) as EpochMs;
  const lastAt = Math.max(...instants) as EpochMs;
  const changed = [...new Set(rollout.map(({ engine }) => engine))].toSorted();
  // A replica that was there before, runs on after it and did not change meanwhile is a control.
  const kept = [...engines].flatMap(([engine, spans]) => {
    const isThere = spans.some(({ since, until }) => since < firstAt && (until ?? Infinity) > lastAt);
    const isHeard = (heardUntil.get(engine) ?? Infinity) > lastAt + TOGETHER_MS;
    return isThere && isHeard && !changed.includes(engine) ? [engine] : [];
  });
  return {
    id: idOf(deployment, kinds, firstAt),
    deployment,
    kinds,
    from,
    to,
    firstAt,
    lastAt,
    replicas: { changed, kept: kept.toSorted() },
    source: 'detected',
    note: null,
    isBundle: kinds.length > 1,
  };
}

/** Another version comes in another image: that is one change, and no bundle. */
function kindsOf(fields: readonly FingerprintField[]): readonly FingerprintField[] {
  return fields.includes('version') ? fields.filter((field) => field !== 'image') : fields;
}

function idOf({ model, pool }: DeploymentName, kinds: readonly FingerprintField[], firstAt: EpochMs): string {
  return JSON.stringify([model, pool, firstAt, ...kinds]);
}

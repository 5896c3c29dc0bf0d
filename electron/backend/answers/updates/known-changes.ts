import type { Store } from '#backend/store/store.ts';
import { detectChanges } from '#shared/cost/savings/detect-changes.ts';
import { NO_FINGERPRINT, type FingerprintChange } from '#shared/cost/savings/fingerprint-change.ts';
import type { UpdateMark } from '#shared/contract/savings-schema.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { updateMarks } from './operator-words.ts';
import { lastHeard, powerLimitLevels } from './told-by-facts.ts';

/** All changes that are known, in order of time, with the spans they were found in. */
export type KnownChanges = { readonly changes: readonly FingerprintChange[]; readonly spans: readonly EngineSpan[] };

/** A mark this near to a detected change of its deployment is a note to it, and no change of its own. */
const SAME_MS = 3_600_000;

/** Changes are looked for in everything that is stored: what a window shows must not hang on where it begins. */
export async function knownChanges(store: Store, now: EpochMs): Promise<KnownChanges> {
  const always = { from: epochMs(0), to: epochMs(now + 1) };
  const [spans, seats, marks, powerLimits, heardUntil] = await Promise.all([
    store.engineSpans(always),
    store.seats(always),
    updateMarks(store),
    powerLimitLevels(store),
    lastHeard(store),
  ]);
  const detected = detectChanges({ spans, seats, powerLimits, heardUntil }).map((change) => withNote(change, marks));
  const others = marks.filter((mark) => !detected.some((change) => isNear(change, mark)));
  const marked = others.map((mark) => markedChange(mark, spans));
  return { changes: [...detected, ...marked].toSorted((one, other) => one.firstAt - other.firstAt), spans };
}

function withNote(change: FingerprintChange, marks: readonly UpdateMark[]): FingerprintChange {
  const own = marks.find((mark) => isNear(change, mark));
  return own === undefined ? change : { ...change, note: own.note };
}

function isNear({ deployment, firstAt, lastAt }: FingerprintChange, mark: UpdateMark): boolean {
  const isOwn = deployment.model === mark.model && deployment.pool === mark.pool;
  return isOwn && mark.at >= firstAt - SAME_MS && mark.at <= lastAt + SAME_MS;
}

function markedChange({ id, model, pool, at, note }: UpdateMark, spans: readonly EngineSpan[]): FingerprintChange {
  const own = spans.filter((span) => span.model === model && span.pool === pool);
  const alive = own.filter((span) => span.since <= at && (span.until === null || span.until > at));
  const [span] = alive;
  const software = { ...NO_FINGERPRINT, engine: span?.kind ?? null, version: span?.version ?? null };
  return {
    id,
    deployment: { model, pool },
    kinds: [],
    from: software,
    to: software,
    firstAt: at,
    lastAt: at,
    replicas: { changed: [...new Set(alive.map((one) => one.engine))].toSorted(), kept: [] },
    source: 'mark',
    note,
    isBundle: false,
  };
}

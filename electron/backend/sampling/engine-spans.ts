import { fingerprintOfVersion } from '#backend/sources/inference-engine/engine-table.ts';
import { tableOf } from '#backend/sources/inference-engine/engine-tables.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import type { EngineSample } from '#shared/model/sample.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { createSpanRegistry, type Span, type SpanRegistry } from './spans.ts';

/** An engine span with the start of the process that told its version; null where the store kept only the span. */
export type TrackedEngineSpan = EngineSpan & { readonly startedAt: EpochMs | null };

export type EngineSpanRegistry = SpanRegistry<TrackedEngineSpan>;

export function createEngineSpans(known: readonly EngineSpan[]): EngineSpanRegistry {
  return createSpanRegistry<TrackedEngineSpan>(
    known.map((span) => ({ ...span, startedAt: null })),
    (span) => span.engine,
    compareEngineSpan,
  );
}

export function describedEngine(sample: EngineSample): Omit<TrackedEngineSpan, keyof Span> {
  const { engine, kind, model, role, pod, version, versionEvidence, startedAt, site, rack, pool, node } = sample;
  return { engine, kind, model, role, pod, version, versionEvidence, startedAt, site, rack, pool, node };
}

/** What the store keeps of a tracked span. */
export function storedSpan(tracked: TrackedEngineSpan): EngineSpan {
  const { startedAt, ...span } = tracked;
  void startedAt; // Known only while the process runs: a stored span stands for all its processes.
  return span;
}

/**
 * Whether an engine is still the one of a span. Versions of one kind of evidence are the same or they are not. A version
 * told by the engine refines one inferred from metric names, and an inferred one agrees with a told one, only within one
 * process and where the names are those of that release: another process may have been another release.
 */
export function compareEngineSpan(
  span: TrackedEngineSpan,
  described: Omit<TrackedEngineSpan, keyof Span>,
): 'same' | 'refined' | 'other' {
  if (span.model !== described.model || span.kind !== described.kind) return 'other';
  // A route that does not tell the node does not contradict one that does.
  const isMoved = span.node !== null && described.node !== null && span.node !== described.node;
  if (isMoved) return 'other';
  const version = compareVersion(span, described);
  const isNewRole = described.role !== null && described.role !== span.role;
  const isNewNode = described.node !== null && span.node === null;
  return version === 'same' && (isNewRole || isNewNode) ? 'refined' : version;
}

function compareVersion(
  span: TrackedEngineSpan,
  described: Omit<TrackedEngineSpan, keyof Span>,
): 'same' | 'refined' | 'other' {
  if (described.version === null) return 'same';
  if (span.version === null) return 'refined';
  if (span.versionEvidence === described.versionEvidence) {
    if (span.version !== described.version) return 'other';
    return span.startedAt === described.startedAt ? 'same' : 'refined';
  }
  const isOneProcess =
    span.startedAt === null || described.startedAt === null || span.startedAt === described.startedAt;
  if (!isOneProcess || !versionsAgree(span, described)) return 'other';
  return described.versionEvidence === 'http' ? 'refined' : 'same';
}

/**
 * Whether two versions may be one release. One told by the engine and one inferred from metric names agree when the
 * release has those names.
 */
export function versionsAgree(one: VersionKnowledge, other: VersionKnowledge): boolean {
  if (one.version === null || other.version === null || one.version === other.version) return true;
  if (one.versionEvidence === other.versionEvidence) return false;
  const [told, inferred] = one.versionEvidence === 'http' ? [one, other] : [other, one];
  const table = tableOf(one.kind);
  return table !== undefined && fingerprintOfVersion(table, told.version ?? '') === inferred.version;
}

type VersionKnowledge = Pick<EngineSpan, 'kind' | 'version' | 'versionEvidence'>;

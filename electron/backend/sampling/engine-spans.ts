import { fingerprintOfVersion } from '#backend/sources/inference-engine/engine-table.ts';
import { tableOf } from '#backend/sources/inference-engine/engine-tables.ts';
import { isRelease } from '#backend/sources/inference-engine/image-version.ts';
import { changedSettings, imagesAgree, mergedSettings } from '#shared/model/engine-settings.ts';
import { isRackOfDomain } from '#shared/model/gpu-place.ts';
import type { EngineSpan, VersionEvidence } from '#shared/model/inference-engine.ts';
import type { EngineSample } from '#shared/model/sample.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { createSpanRegistry, withoutNulls, type Span, type SpanRegistry } from './spans.ts';

/** An engine span with the start of the process that told its version; null where the store kept only the span. */
export type TrackedEngineSpan = EngineSpan & { readonly startedAt: EpochMs | null };

export type EngineSpanRegistry = SpanRegistry<TrackedEngineSpan>;

export function createEngineSpans(known: readonly EngineSpan[]): EngineSpanRegistry {
  return createSpanRegistry<TrackedEngineSpan>(
    known.map((span) => ({ ...span, startedAt: null })),
    (span) => span.engine,
    compareEngineSpan,
    refineEngineSpan,
  );
}

export function describedEngine(sample: EngineSample): Omit<TrackedEngineSpan, keyof Span> {
  const { engine, kind, model, role, pod, version, versionEvidence, startedAt, image, settings } = sample;
  const { site, rack, pool, node, tenant } = sample;
  const place = { site, rack, pool, node };
  const told = { version, versionEvidence, startedAt, image, settings, tenant };
  return { engine, kind, model, role, pod, ...told, ...place };
}

/** Better knowledge of a span: settings that were told before stay known. */
function refineEngineSpan(span: TrackedEngineSpan, described: DescribedEngine): Partial<TrackedEngineSpan> {
  const [image] = [span.image, described.image].toSorted((one, other) => (other?.length ?? 0) - (one?.length ?? 0));
  const settings = mergedSettings(span.settings, described.settings);
  return { ...withoutNulls(described), image: image ?? null, settings };
}

type DescribedEngine = Omit<TrackedEngineSpan, keyof Span>;

/** What the store keeps of a tracked span. */
export function storedSpan(tracked: TrackedEngineSpan): EngineSpan {
  const { startedAt, ...span } = tracked;
  void startedAt; // Known only while the process runs: a stored span stands for all its processes.
  return span;
}

/**
 * Whether an engine is still the one of a span. Versions of one kind of evidence are the same or they are not. Better
 * evidence refines worse, and worse agrees with better, within one process: what it says of itself outweighs its image,
 * and a label may be stale. Another process may be another release: there, worse evidence that disagrees is believed, and
 * names of metrics, which tell too little, always begin a span.
 */
export function compareEngineSpan(
  span: TrackedEngineSpan,
  described: Omit<TrackedEngineSpan, keyof Span>,
): 'same' | 'refined' | 'other' {
  if (span.model !== described.model || span.kind !== described.kind) return 'other';
  // A route that does not tell the node does not contradict one that does.
  const isMoved = span.node !== null && described.node !== null && span.node !== described.node;
  const isOtherTenant = span.tenant !== null && described.tenant !== null && span.tenant !== described.tenant;
  if (isMoved || isOtherTenant || !imagesAgree(span.image, described.image)) return 'other';
  if (changedSettings(span.settings, described.settings).length > 0) return 'other';
  const version = compareVersion(span, described);
  const isNewRole = described.role !== null && described.role !== span.role;
  const isNewNode = described.node !== null && span.node === null;
  const isNamed = isRackOfDomain(span.rack) && described.rack !== null && !isRackOfDomain(described.rack);
  const isNewPlace = isNamed || PLACES.some((name) => described[name] !== null && span[name] === null);
  const isNewSettings = mergedSettings(span.settings, described.settings) !== span.settings;
  const isNewImage = described.image !== null && described.image.length > (span.image?.length ?? 0);
  const isRefined = isNewRole || isNewNode || isNewPlace || isNewSettings || isNewImage;
  return version === 'same' && isRefined ? 'refined' : version;
}

const PLACES = ['site', 'rack', 'pool', 'tenant'] as const;

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
  const isBetter = rankOf(described) < rankOf(span);
  const isOneProcess =
    span.startedAt === null || described.startedAt === null || span.startedAt === described.startedAt;
  const areNames = [span, described].some(({ versionEvidence }) => versionEvidence === 'metric-names');
  if (areNames && (!isOneProcess || !versionsAgree(span, described))) return 'other';
  const isProvenOther = !isOneProcess && !versionsAgree(span, described);
  if (isProvenOther || (isBetter && !versionsAgree(span, described) && span.startedAt === null)) return 'other';
  return isBetter ? 'refined' : 'same';
}

const RANKS: readonly (VersionEvidence | null)[] = ['http', 'image', 'pod-label', 'metric-names'];

function rankOf({ versionEvidence }: VersionKnowledge): number {
  return RANKS.indexOf(versionEvidence);
}

/**
 * Whether two versions may be one release. One told and one inferred from metric names agree when the release has those
 * names. An image that is tagged otherwise than with a release contradicts nothing.
 */
export function versionsAgree(one: VersionKnowledge, other: VersionKnowledge): boolean {
  if (one.version === null || other.version === null || one.version === other.version) return true;
  if (one.versionEvidence === other.versionEvidence) return false;
  const [told, lesser] = rankOf(one) < rankOf(other) ? [one, other] : [other, one];
  if (!isRelease(told.version ?? '')) return true;
  if (lesser.versionEvidence !== 'metric-names') {
    return !isRelease(lesser.version ?? '') || isSameRelease(told.version ?? '', lesser.version ?? '');
  }
  const table = tableOf(one.kind);
  return table !== undefined && fingerprintOfVersion(table, told.version ?? '') === lesser.version;
}

/** A tag may leave out what a release says at its end: `0.11` is 0.11.0, `b6000` is b6000-1a2b3c4. */
function isSameRelease(one: string, other: string): boolean {
  const partsOf = (version: string) => version.replace(/^v/, '').split(/[.+-]/);
  const [left, right] = [partsOf(one), partsOf(other)];
  const count = Math.min(left.length, right.length);
  return left.slice(0, count).join('.') === right.slice(0, count).join('.');
}

type VersionKnowledge = Pick<EngineSpan, 'kind' | 'version' | 'versionEvidence'>;

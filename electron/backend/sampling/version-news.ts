import type { FleetEvent } from '#shared/model/fact.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { versionsAgree } from './engine-spans.ts';
import { servedName } from './token-authority.ts';

/** What is remembered of the releases that serve one model. */
type Releases = {
  readonly since: EpochMs;
  readonly engines: Set<string>;
  /** Releases by text, with the span that last told of each and when. */
  readonly heard: Map<string, { readonly span: EngineSpan; readonly at: EpochMs }>;
};

/** A release that no engine has told of for so long serves no more. */
const ACTIVE_MS = 15 * 60_000;

/** So long after the first engine of a model, an engine whose start nobody tells counts as a new one. */
const SETTLED_MS = 5 * 60_000;

export type VersionNews = {
  /** An event where a new engine brings another release to a model than all engines that serve it; null otherwise. */
  readonly heard: (span: EngineSpan, startedAt: EpochMs | null, at: EpochMs) => FleetEvent | null;
};

/**
 * An update by replacement: pods of another release take the place of the old ones, one by one. The first that brings it is
 * an event; the rest of the roll-out, engines that serve beside each other on two releases, and engines that were there
 * before Tokenwatt looked, are none. An engine that changes in its place is told by its own track. Source: fault G02.
 */
export function createVersionNews(): VersionNews {
  const models = new Map<string, Releases>();
  return {
    heard: (span, startedAt, at) => {
      const key = `${span.kind} ${servedName(span)}`;
      const known = models.get(key) ?? { since: at, engines: new Set(), heard: new Map() };
      models.set(key, known);
      const isNewEngine = !known.engines.has(span.engine);
      known.engines.add(span.engine);
      if (span.version === null) return null;
      const active = [...known.heard.values()].filter((release) => at - release.at <= ACTIVE_MS);
      known.heard.set(span.version, { span, at });
      const isNewProcess = startedAt === null ? at - known.since >= SETTLED_MS : startedAt > known.since;
      if (!isNewEngine || !isNewProcess) return null;
      const newest = active.toSorted((one, other) => one.at - other.at).at(-1);
      if (newest === undefined || active.some((release) => versionsAgree(release.span, span))) return null;
      const { engine: subject, model, node } = span;
      const message = `${model}: ${span.kind} ${newest.span.version ?? 'unknown'} to ${span.version}, by a new engine`;
      return { at, kind: 'engine-version-changed', subject, model, node, message };
    },
  };
}

import type { UpdatesAnswer, VersionSpan } from '#shared/contract/savings-schema.ts';
import type { Fingerprint, FingerprintChange } from '#shared/cost/savings/fingerprint-change.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { KnownChanges } from './known-changes.ts';

/** What each deployment ran over a window, from one change to the next. */
export function deploymentSpans({ changes, spans }: KnownChanges, window: TimeRange): UpdatesAnswer['deployments'] {
  const inside = spans.filter((span) => span.since < window.to && (span.until === null || span.until > window.from));
  const deployments = Map.groupBy(inside, ({ model, pool }) => JSON.stringify([model, pool]));
  return [...deployments.values()]
    .flatMap((own) => {
      const [first] = own;
      if (first === undefined) return [];
      const { model, pool } = first;
      const changed = changes.filter((one) => one.deployment.model === model && one.deployment.pool === pool);
      return [{ deployment: { model, pool }, spans: spansOf(own, changed, window) }];
    })
    .toSorted((one, other) => (one.deployment.model < other.deployment.model ? -1 : 1));
}

function spansOf(own: readonly EngineSpan[], changes: readonly FingerprintChange[], window: TimeRange): VersionSpan[] {
  const since = own.reduce((least, span) => Math.min(least, span.since), Infinity);
  const from = epochMs(Math.max(window.from, since));
  const before = changes.findLast((one) => one.firstAt <= from) ?? null;
  const inside = changes.filter((one) => one.firstAt > from && one.firstAt < window.to);
  const edges = [from, ...inside.map((one) => one.firstAt), window.to];
  const first = before === null ? firstLabel(own, changes) : labelOf(before);
  return [null, ...inside].map((change, index) => ({
    from: edges[index] ?? from,
    to: edges[index + 1] ?? window.to,
    label: change === null ? first : labelOf(change),
    changeId: change === null ? (before?.id ?? null) : change.id,
  }));
}

/** The newest software that is told of, where nothing ever changed; else what the first change came from. */
function firstLabel(own: readonly EngineSpan[], changes: readonly FingerprintChange[]): string {
  const [change] = changes;
  if (change !== undefined) return softwareOf(change.from) ?? 'not told';
  const newest = own.toSorted((one, other) => one.since - other.since).at(-1);
  return newest === undefined ? 'not told' : [newest.kind, newest.version ?? 'version not told'].join(' ');
}

function labelOf(change: FingerprintChange): string {
  if (change.source === 'mark') return change.note ?? 'marked';
  const others = change.kinds.filter((field) => field !== 'engine' && field !== 'version');
  const text = (field: (typeof others)[number]): string => `${field} ${change.to[field] ?? ''}`;
  const software = change.kinds.some((field) => field === 'engine' || field === 'version')
    ? softwareOf(change.to)
    : null;
  return [...(software === null ? [] : [software]), ...others.map(text)].join(', ');
}

function softwareOf({ engine, version }: Fingerprint): string | null {
  const told = [engine, version].filter((text) => text !== null);
  return told.length === 0 ? null : told.join(' ');
}

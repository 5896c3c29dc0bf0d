import { createHash } from 'node:crypto';
import { lookedAgain, newCondition, type Condition } from '#shared/alerts/condition.ts';
import { nextAlerts } from '#shared/alerts/alert-list.ts';
import { grouped, type Firing } from '#shared/alerts/grouping.ts';
import { tell } from '#shared/alerts/notices.ts';
import type { RuleStanding } from '#shared/contract/alerts-schema.ts';
import type { AlertSettings, Notice } from '#shared/model/alert.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { NORM_WEEKS_LEAST } from '#shared/alerts/norm.ts';
import type { AlertState, KeptCondition } from './alert-documents.ts';
import type { Watched } from './watched-things.ts';

/** Notices that are kept for pages that show them. */
const NOTICES_MAX = 50;

export type Looked = {
  readonly state: AlertState;
  readonly notices: readonly Notice[];
  /** By the id of the rule. */
  readonly standings: Readonly<Record<string, RuleStanding>>;
};

/** One look, from what was found: conditions go on, alerts follow from them, people are told. No question is asked here. */
export function looked(
  before: AlertState,
  {
    at,
    things,
    settings,
    book,
  }: {
    readonly at: EpochMs;
    readonly things: readonly Watched[];
    readonly settings: AlertSettings;
    readonly book: string;
  },
): Looked {
  const bookChangedAt = before.book !== null && before.book !== book ? at : before.bookChangedAt;
  const conditions = new Map(things.map((thing) => [thing.key, conditionOf(before, thing, at, bookChangedAt)]));
  const inPhase = (phase: Condition['phase']): Firing[] =>
    things.flatMap((thing) => firingOf(thing, conditions.get(thing.key), phase));
  const causes = inPhase('wrong').filter(({ subject }) => subject.kind === 'silent-source');
  const openKeys = new Set(before.alerts.flatMap(({ key, endedAt }) => (endedAt === null ? [key] : [])));
  const groups = grouped(inPhase('firing'), { causes, heldKeys: heldKeys(before, things, conditions, at), openKeys });
  const manners = new Map(things.map(({ key, manner }) => [key, manner]));
  const { alerts, notices } = tell(nextAlerts(before.alerts, { at, groups, manners }), at, settings);
  return {
    state: {
      ...before,
      conditions: Object.fromEntries(conditions),
      alerts,
      notices: [...before.notices, ...notices].slice(-NOTICES_MAX),
      book,
      bookChangedAt,
      lookedAt: at,
    },
    notices,
    standings: Object.fromEntries(
      things
        .filter(({ key }) => key.startsWith(RULE_KEY))
        .map((thing) => [thing.key.slice(RULE_KEY.length), standingOf(thing, conditions.get(thing.key))]),
    ),
  };
}

/**
 * What becomes no alert of its own now: what is on its way to being fine, and what stood beneath an alert that has just ended,
 * for as long as its window still holds some of that time.
 */
function heldKeys(
  before: AlertState,
  things: readonly Watched[],
  conditions: ReadonlyMap<string, KeptCondition>,
  at: EpochMs,
): ReadonlySet<string> {
  const explained = new Map(
    before.alerts
      .filter(({ ending }) => ending === 'fine')
      .toReversed()
      .flatMap(({ beneath, endedAt }) => beneath.map(({ key }) => [key, endedAt ?? at] as const)),
  );
  const isHeld = ({ key, subject, patience }: Watched): boolean => {
    const windowMinutes = subject.kind === 'figure' ? subject.windowMinutes : 0;
    const endedAt = explained.get(key);
    const isLate = endedAt !== undefined && at - endedAt < (windowMinutes + patience.clearMinutes + 1) * 60_000;
    return isLate || (conditions.get(key)?.fineSince ?? null) !== null;
  };
  return new Set(things.filter(isHeld).map(({ key }) => key));
}

const RULE_KEY = 'rule:';

/** Tells whether prices are those of the last look, without keeping them. */
export function bookDigest(book: CostBook): string {
  return createHash('sha256').update(JSON.stringify(book)).digest('hex');
}

function conditionOf(before: AlertState, thing: Watched, at: EpochMs, bookChangedAt: EpochMs | null): KeptCondition {
  const kept = Object.hasOwn(before.conditions, thing.key) ? before.conditions[thing.key] : undefined;
  const known = kept?.of === thing.of ? kept : { ...newCondition(at), of: thing.of };
  const isRepriced = bookChangedAt !== null && at - bookChangedAt < thing.repricedMinutes * 60_000;
  return { ...lookedAgain(known, { at, finding: thing.finding, isRepriced }, thing.patience), of: thing.of };
}

function firingOf(
  { key, subject, nodes, isBlind }: Watched,
  condition: KeptCondition | undefined,
  phase: Condition['phase'],
): Firing[] {
  return condition?.phase === phase ? [{ key, since: condition.since, subject, nodes, isBlind }] : [];
}

function standingOf({ subject, isBlind, norm }: Watched, condition: KeptCondition | undefined): RuleStanding {
  const value = subject.kind === 'figure' ? subject.value : null;
  const usual = subject.kind === 'figure' ? subject.usual : null;
  const phase = condition?.phase ?? 'fine';
  if (norm?.kind === 'not-enough-history') {
    const note = `Not enough history: ${norm.weeks} of ${NORM_WEEKS_LEAST} weeks of this hour are known.`;
    return { state: 'no-history', value, usual, note };
  }
  if (phase === 'firing') return { state: 'firing', value, usual, note: null };
  if (isBlind) {
    const note = 'Less than 90 % of its time was observed: it is not held against the limit.';
    return { state: 'blind', value, usual, note };
  }
  if (phase === 'repriced') {
    const note = 'Beyond the limit since prices changed: see whether the limit still fits them.';
    return { state: 'repriced', value, usual, note };
  }
  return { state: phase, value, usual, note: value === null ? 'It has no value now.' : null };
}

import type { Alert, AlertSubject, Beneath, Manner } from '#shared/model/alert.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { Firing, Group } from './grouping.ts';

/** Ended alerts that are kept, newest first. */
const ENDED_MAX = 500;

/** How the list goes on: each group is an alert, old or new, and what is in no group any more has ended. */
export type AlertTurn = {
  readonly at: EpochMs;
  readonly groups: readonly Group[];
  /** How each thing that is watched reaches people; what is not in it is watched no more. */
  readonly manners: ReadonlyMap<string, Manner>;
};

export function nextAlerts(alerts: readonly Alert[], turn: AlertTurn): readonly Alert[] {
  const open = new Map(alerts.filter((alert) => alert.endedAt === null).map((alert) => [alert.key, alert]));
  const heads = new Set(turn.groups.map(({ head }) => head.key));
  const going = turn.groups.map((group) => goingOn(open.get(group.head.key) ?? null, group, turn));
  const ended = [...open.values()].filter((alert) => !heads.has(alert.key)).map((alert) => ending(alert, turn));
  const before = alerts.filter((alert) => alert.endedAt !== null);
  return [...going, ...[...ended, ...before].slice(0, ENDED_MAX)];
}

function goingOn(known: Alert | null, { head, beneath }: Group, { at, manners }: AlertTurn): Alert {
  const manner = manners.get(head.key) ?? { isUrgent: false, deliverTo: [] };
  const opened: Alert = known ?? {
    id: `${head.key}@${at}`,
    key: head.key,
    since: head.since,
    openedAt: at,
    endedAt: null,
    ending: null,
    isUrgent: manner.isUrgent,
    deliverTo: manner.deliverTo,
    subject: head.subject,
    beneath: [],
    toldAt: null,
    acknowledgement: null,
  };
  return {
    ...opened,
    isUrgent: manner.isUrgent,
    deliverTo: manner.deliverTo,
    subject: keepingValue(opened.subject, head.subject),
    beneath: beneath.map(beneathOf),
  };
}

/** A value that is not known just now is the last one that was. */
function keepingValue(before: AlertSubject, now: AlertSubject): AlertSubject {
  if (now.kind !== 'figure' || before.kind !== 'figure' || now.value !== null) return now;
  return { ...now, value: before.value };
}

function beneathOf({ key, since, subject }: Firing): Beneath {
  return { key, since, subject };
}

function ending(alert: Alert, { at, groups, manners }: AlertTurn): Alert {
  const isExplained = groups.some(({ beneath }) => beneath.some((one) => one.key === alert.key));
  const isWatched = manners.has(alert.key);
  return { ...alert, endedAt: at, ending: isExplained ? 'explained' : isWatched ? 'fine' : 'not-watched' };
}

/** Most important first: urgent, then what is nearest to the cause, then the oldest. */
export function byImportance(alerts: readonly Alert[]): readonly Alert[] {
  return alerts.toSorted(
    (one, other) =>
      Number(other.isUrgent) - Number(one.isUrgent) ||
      KIND_RANK[one.subject.kind] - KIND_RANK[other.subject.kind] ||
      other.beneath.length - one.beneath.length ||
      one.since - other.since,
  );
}

const KIND_RANK: Readonly<Record<AlertSubject['kind'], number>> = { 'silent-source': 0, budget: 1, figure: 2 };

/** Without what was said of it, an alert that is acknowledged is counted on no badge until then. */
export function isAcknowledged({ acknowledgement }: Alert, at: EpochMs): boolean {
  return acknowledgement !== null && at < acknowledgement.until;
}

import { subjectDetail, subjectTitle } from '#shared/alerts/alert-text.ts';
import type { AlertSubject, Notice } from '#shared/model/alert.ts';
import { FIGURE_UNITS } from '#shared/model/figure-name.ts';

export type FleetName = { readonly fleet: string; readonly isSample: boolean };

/** The body of a message, version 1: documented in this folder's page, and only ever added to. */
export function messageOf({ id, kind, at, title, body, alert }: Notice, { fleet, isSample }: FleetName): string {
  return JSON.stringify({
    version: 1,
    id,
    kind,
    at: isoOf(at),
    fleet,
    isSample,
    title,
    text: body,
    alert: {
      id: alert.id,
      key: alert.key,
      isUrgent: alert.isUrgent,
      since: isoOf(alert.since),
      openedAt: isoOf(alert.openedAt),
      endedAt: alert.endedAt === null ? null : isoOf(alert.endedAt),
      ...subjectOf(alert.subject),
      beneath: alert.beneath.map((one) => ({ since: isoOf(one.since), ...subjectOf(one.subject) })),
    },
  });
}

/** A message that only says that messages arrive. */
export function testMessage(at: number, { fleet, isSample }: FleetName): string {
  const text = 'Messages of alerts arrive here. No alert is open because of this one.';
  return JSON.stringify({
    version: 1,
    id: `test ${at}`,
    kind: 'test',
    at: isoOf(at),
    fleet,
    isSample,
    title: 'Test of the webhook',
    text,
    alert: null,
  });
}

function subjectOf(subject: AlertSubject): object {
  const said = { subject: subject.kind, title: subjectTitle(subject), detail: subjectDetail(subject) };
  switch (subject.kind) {
    case 'figure': {
      const { figure, scope, basis, windowMinutes, test, value, usual } = subject;
      return { ...said, figure, unit: FIGURE_UNITS[figure], value, usual, test, scope, basis, windowMinutes };
    }
    case 'silent-source':
      return { ...said, source: subject.source, silentTargets: subject.silent, targets: subject.targets };
    case 'budget': {
      const { budget, name, scope, state, usdPerMonth, usd } = subject;
      return { ...said, budget, name, scope, state, usdPerMonth, usd };
    }
  }
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}

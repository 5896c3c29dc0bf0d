import { describe, expect, it } from 'vitest';
import { byImportance, nextAlerts } from '#shared/alerts/alert-list.ts';
import type { Firing } from '#shared/alerts/grouping.ts';
import { tell } from '#shared/alerts/notices.ts';
import type { Alert, AlertSubject, QuietHours } from '#shared/model/alert.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';

/** Monday 23 November 2026, 20:00 UTC. */
const T0 = Date.parse('2026-11-23T20:00:00Z');
const hour = (count: number): EpochMs => epochMs(T0 + count * 3_600_000);

const SUBJECT: AlertSubject = {
  kind: 'figure',
  figure: 'power',
  scope: {},
  basis: 'billed',
  windowMinutes: 15,
  test: { kind: 'limit', comparison: 'above', limit: 1000 },
  value: 1200,
  usual: null,
};

const NIGHT: QuietHours = {
  isOn: true,
  zone: 'UTC',
  spans: [{ days: [0, 1, 2, 3, 4, 5, 6], fromMinute: 22 * 60, toMinute: 7 * 60 }],
  urgentPasses: true,
};
const LOUD: QuietHours = { ...NIGHT, isOn: false };

function firing(key: string, at: EpochMs): Firing {
  return { key, since: at, subject: SUBJECT, nodes: null, isBlind: false };
}

type Turn = { readonly at: EpochMs; readonly keys: readonly string[] };
type World = {
  readonly quietHours?: QuietHours;
  readonly reminderHours?: number | null;
  readonly isUrgent?: boolean;
  readonly acknowledge?: { readonly at: EpochMs; readonly until: EpochMs };
};

/** What is told at which hour, as `opened@0`. */
function toldIn(turns: readonly Turn[], world: World = {}): string[] {
  const { quietHours = LOUD, reminderHours = null, isUrgent = false } = world;
  const manner = { isUrgent, deliverTo: [] };
  let alerts: readonly Alert[] = [];
  const said: string[] = [];
  for (const { at, keys } of turns) {
    const groups = keys.map((key) => ({ head: firing(key, at), beneath: [] }));
    const manners = new Map(['a', 'b'].map((key) => [key, manner]));
    const told = tell(nextAlerts(alerts, { at, groups, manners }), at, { quietHours, reminderHours });
    alerts =
      world.acknowledge?.at === at
        ? told.alerts.map((alert) => ({ ...alert, acknowledgement: { ...world.acknowledge!, note: 'known' } }))
        : told.alerts;
    said.push(...told.notices.map(({ kind, alert }) => `${kind} ${alert.key}@${(at - T0) / 3_600_000}`));
  }
  return said;
}

const every = (from: number, to: number, keys: readonly string[]): Turn[] =>
  Array.from({ length: to - from }, (_, index) => ({ at: hour(from + index), keys }));

describe('people', () => {
  it('are told once when it opens and once when it is over', () => {
    expect(toldIn([...every(0, 5, ['a']), ...every(5, 9, [])])).toEqual(['opened a@0', 'resolved a@5']);
  });

  it('are reminded every so often while it stays open', () => {
    expect(toldIn(every(0, 10, ['a']), { reminderHours: 4 })).toEqual(['opened a@0', 'reminder a@4', 'reminder a@8']);
  });

  it('are told in the morning of what began in quiet hours and still holds', () => {
    const turns = [...every(3, 16, ['a'])];
    expect(toldIn(turns, { quietHours: NIGHT })).toEqual(['opened a@11']);
  });

  it('are not told at all of what was over before the morning', () => {
    expect(toldIn([...every(3, 6, ['a']), ...every(6, 16, [])], { quietHours: NIGHT })).toEqual([]);
  });

  it('hear the end of what they were told of, when quiet hours are over', () => {
    const turns = [...every(0, 4, ['a']), ...every(4, 16, [])];
    expect(toldIn(turns, { quietHours: NIGHT })).toEqual(['opened a@0', 'resolved a@11']);
  });

  it('are woken by what is urgent where that may pass', () => {
    expect(toldIn(every(3, 5, ['a']), { quietHours: NIGHT, isUrgent: true })).toEqual(['opened a@3']);
    const strict = { ...NIGHT, urgentPasses: false };
    expect(toldIn(every(3, 5, ['a']), { quietHours: strict, isUrgent: true })).toEqual([]);
  });

  it('are left alone until an acknowledgement ends, then told that it is still so', () => {
    const acknowledge = { at: hour(1), until: hour(6) };
    expect(toldIn(every(0, 9, ['a']), { reminderHours: 2, acknowledge })).toEqual([
      'opened a@0',
      'reminder a@6',
      'reminder a@8',
    ]);
  });

  it('are told of a second alert of the same rule as of the first', () => {
    const turns = [...every(0, 2, ['a']), ...every(2, 4, []), ...every(4, 6, ['a'])];
    expect(toldIn(turns)).toEqual(['opened a@0', 'resolved a@2', 'opened a@4']);
  });
});

describe('the list of alerts', () => {
  const manners = new Map(['a', 'b', 'c'].map((key) => [key, { isUrgent: key === 'b', deliverTo: [] }]));
  const opened = (keys: readonly string[]) =>
    nextAlerts([], { at: hour(0), groups: keys.map((key) => ({ head: firing(key, hour(0)), beneath: [] })), manners });

  it('says that one was found to have another cause, and tells no end of it', () => {
    const groups = [{ head: firing('c', hour(1)), beneath: [firing('a', hour(0))] }];
    const next = nextAlerts(opened(['a']), { at: hour(1), groups, manners });
    expect(next.map(({ key, ending, endedAt }) => [key, ending, endedAt])).toEqual([
      ['c', null, null],
      ['a', 'explained', hour(1)],
    ]);
    const told = tell(
      next.map((one) => ({ ...one, toldAt: one.key === 'a' ? hour(0) : null })),
      hour(1),
      {
        quietHours: LOUD,
        reminderHours: null,
      },
    );
    expect(told.notices.map(({ kind, alert }) => `${kind} ${alert.key}`)).toEqual(['opened c']);
  });

  it('ends what is watched no more, and tells no end of it', () => {
    const next = nextAlerts(opened(['a']), { at: hour(1), groups: [], manners: new Map() });
    expect(next[0]).toMatchObject({ ending: 'not-watched', endedAt: hour(1) });
  });

  it('keeps the last value that was known', () => {
    const unknown = { ...firing('a', hour(0)), subject: { ...SUBJECT, value: null } };
    const [alert] = nextAlerts(opened(['a']), { at: hour(1), groups: [{ head: unknown, beneath: [] }], manners });
    expect(alert!.subject).toMatchObject({ value: 1200 });
  });

  it('has what is urgent first', () => {
    expect(byImportance(opened(['a', 'b', 'c'])).map(({ key }) => key)).toEqual(['b', 'a', 'c']);
  });

  it('forgets the oldest of many', () => {
    let alerts: readonly Alert[] = [];
    for (let turn = 0; turn < 1200; turn++) {
      const groups = turn % 2 === 0 ? [{ head: firing('a', hour(turn)), beneath: [] }] : [];
      alerts = nextAlerts(alerts, { at: hour(turn), groups, manners });
    }
    expect(alerts).toHaveLength(500);
    expect(alerts[0]!.endedAt).toBe(hour(1199));
  });
});

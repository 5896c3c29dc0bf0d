import { describe, expect, it } from 'vitest';
import { csvText } from '#renderer/components/csv-text.ts';
import { alertsTable, placeOfAlert } from '#renderer/pages/alerts/alert-rows.ts';
import {
  entryUnitOf,
  freeId,
  newRule,
  suggestedRules,
  withoutRule,
  withRule,
} from '#renderer/pages/alerts/rule-draft.ts';
import { alertSettingsSchema } from '#shared/contract/alerts-schema.ts';
import type { Alert } from '#shared/model/alert.ts';
import { FIGURE_NAMES } from '#shared/model/figure-name.ts';
import { epochMs } from '#shared/time/instant.ts';

const T0 = Date.UTC(2026, 10, 23, 12);
const ALERT: Alert = {
  id: 'rule:r@1',
  key: 'rule:r',
  isUrgent: true,
  deliverTo: [],
  since: epochMs(T0),
  openedAt: epochMs(T0 + 600_000),
  endedAt: null,
  ending: null,
  subject: {
    kind: 'figure',
    figure: 'power',
    scope: { node: 'node-a' },
    basis: 'billed',
    windowMinutes: 15,
    test: { kind: 'limit', comparison: 'above', limit: 1500 },
    value: 3360.5,
    usual: null,
  },
  beneath: [],
  toldAt: null,
  acknowledgement: null,
};

describe('an alert on the page', () => {
  it('leads to what it is about: the page, the scope, and the time from before it began', () => {
    expect(placeOfAlert(ALERT, epochMs(T0 + 3_600_000))).toMatchObject({
      page: 'overview',
      scope: { node: 'node-a' },
      range: { kind: 'fixed', from: T0 - 3_600_000, to: T0 + 3_600_000 },
    });
    const idle = { ...ALERT, subject: { ...ALERT.subject, figure: 'idle-share' } as Alert['subject'] };
    expect(placeOfAlert(idle, epochMs(T0)).page).toBe('idle');
    const silent: Alert = {
      ...ALERT,
      subject: { kind: 'silent-source', source: 's', silent: 1, targets: 2, reason: '' },
    };
    expect(placeOfAlert(silent, epochMs(T0))).toEqual({ page: 'sources' });
  });

  it('leaves as text with unrounded values, and names that are no formulas', () => {
    const named = { ...ALERT, subject: { ...ALERT.subject, scope: { node: 'x,"y"' } } as Alert['subject'] };
    const [, row] = csvText(alertsTable([named])).split('\r\n');
    expect(row).toContain('"Power of node x,""y"" is above 1.50 kW"');
    expect(row).toContain(',3360.5,1500,0');
    expect(row).toContain('2026-11-23T12:00:00.000Z');
  });
});

describe('a rule that is drafted', () => {
  const settings = alertSettingsSchema.parse({});

  it('is put in the place of the one of its id, or added', () => {
    const one = withRule(settings, newRule('rule-1'));
    const two = withRule(withRule(one, newRule('rule-2')), { ...newRule('rule-1'), isOn: false });
    expect(two.rules.map(({ id, isOn }) => [id, isOn])).toEqual([
      ['rule-1', false],
      ['rule-2', true],
    ]);
    expect(withoutRule(two, 'rule-1').rules.map(({ id }) => id)).toEqual(['rule-2']);
    expect(freeId('rule', ['rule-1', 'rule-3'])).toBe('rule-2');
  });

  it('is one that the contract takes, the suggested ones too', () => {
    const rules = [newRule('rule-1'), ...suggestedRules().map(({ rule }) => rule)];
    expect(alertSettingsSchema.parse({ rules }).rules).toEqual(rules);
  });

  it('has a unit to type its limit in, whatever its figure', () => {
    for (const figure of FIGURE_NAMES) expect(entryUnitOf(figure).perUnit).toBeGreaterThan(0);
    expect(entryUnitOf('power')).toEqual({ unit: 'kW', perUnit: 1000 });
    expect(entryUnitOf('coverage')).toEqual({ unit: '%', perUnit: 0.01 });
    expect(entryUnitOf('spend-rate')).toEqual({ unit: '$/h', perUnit: 1 });
  });
});

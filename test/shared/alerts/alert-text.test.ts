import { describe, expect, it } from 'vitest';
import { ruleSentence, subjectDetail, subjectTitle } from '#shared/alerts/alert-text.ts';
import type { AlertRule, AlertSubject } from '#shared/model/alert.ts';

const RULE: AlertRule = {
  id: 'r',
  isOn: true,
  figure: 'cost-per-million-tokens',
  scope: { pool: 'prod', model: 'llama' },
  basis: 'billed',
  test: { kind: 'limit', comparison: 'above', limit: 0.5 },
  windowMinutes: 15,
  forMinutes: 10,
  clearMinutes: 10,
  isUrgent: false,
  deliverTo: [],
};

describe('a rule', () => {
  it.each([
    [
      {},
      'Loaded cost per million tokens of pool prod, model llama is above $0.500 /Mtok over the last 15 min, for at least 10 min',
    ],
    [
      { figure: 'spend', scope: {}, windowMinutes: 1440, forMinutes: 0, test: { ...RULE.test, limit: 2000 } },
      'Spend is above $2,000.00 over the last 1 d, at once',
    ],
    [
      { figure: 'coverage', scope: { node: null }, test: { kind: 'limit', comparison: 'below', limit: 0.95 } },
      'Coverage of no node is below 95.0 % over the last 15 min, for at least 10 min',
    ],
    [
      { figure: 'throughput', scope: {}, test: { kind: 'unusual', direction: 'below', effectLeast: 0.2 } },
      'Throughput is far below what is usual at its hour of the week, by at least 20 %, over the last 15 min, for at least 10 min',
    ],
  ] as const)('is a plain sentence %#', (change, sentence) => {
    expect(ruleSentence({ ...RULE, ...change }).replaceAll('$0.500/Mtok', '$0.500 /Mtok')).toBe(sentence);
  });
});

describe('an alert', () => {
  const figure: AlertSubject = {
    kind: 'figure',
    ...RULE,
    figure: 'power',
    scope: {},
    test: { kind: 'limit', comparison: 'above', limit: 1500 },
    value: 3360,
    usual: null,
  };

  it.each([
    [figure, 'Power is above 1.50 kW', '3.36 kW over the last 15 min, limit 1.50 kW'],
    [{ ...figure, value: null }, 'Power is above 1.50 kW', 'not known now over the last 15 min, limit 1.50 kW'],
    [
      { ...figure, test: { kind: 'unusual', direction: 'either', effectLeast: 0.2 }, value: 900, usual: 2000 },
      'Power is unusually low',
      '900 W over the last 15 min, usual at this hour 2.00 kW',
    ],
    [
      { kind: 'silent-source', source: 'dcgm', silent: 3, targets: 12, reason: 'node-1:9400 refused the connection.' },
      '3 of 12 targets of dcgm are silent',
      'node-1:9400 refused the connection.',
    ],
    [
      { kind: 'budget', budget: 'b', name: 'Team', scope: {}, state: 'forecast', usdPerMonth: 1000, usd: 1200.5 },
      'Budget Team will likely be exceeded',
      "$1,200.50 forecast for the month's end, budget $1,000.00",
    ],
  ] as const)('says what is wrong, and against what %#', (subject, title, detail) => {
    expect(subjectTitle(subject as AlertSubject)).toBe(title);
    expect(subjectDetail(subject as AlertSubject)).toBe(detail);
  });
});

import type { Report, ReportCell, ReportTable } from '#shared/model/report.ts';
import { sumOf } from '#shared/lib/sum.ts';
import { epochMs } from '#shared/time/instant.ts';

/** Names that other machines may send: every writer has to show them as text. */
export const HOSTILE_NAMES = [
  '=cmd|" /C calc"!A0',
  '+1+1',
  '-2',
  '@SUM(1)',
  '\tTab',
  'quote " and, comma',
  'two\nlines',
  '<b>bold</b> & co',
  'escape \u001b[31m red \u0000\u0007',
  'עברית',
  "''=1",
  '../../etc/passwd',
];

/** A report of invented figures with so many models: money that adds in ugly fractions, gaps, and hostile names first. */
export function madeUpReport(models: number, change: Partial<Report['head']> = {}): Report {
  const names = Array.from({ length: models }, (_, index) => HOSTILE_NAMES[index] ?? `model-${index}`);
  const rows = names.map((name, index): ReportCell[] => [
    name,
    (index + 1) * 0.1 + 1 / 3,
    (index + 1) * 1_234_567,
    index % 3 === 2 ? null : 0.5 / (index + 1),
    index / 7,
    '2026-10-25',
    Date.UTC(2026, 9, 25, 1, 30),
    index % 2 === 0,
  ]);
  const cost = sumOf(rows, (row) => Number(row[1]));
  const tokens = sumOf(rows, (row) => Number(row[2]));
  const table: ReportTable = {
    id: 'models',
    title: 'Models: cost/tokens',
    note: 'Invented figures.',
    columns: [
      { key: 'model', title: 'Model', kind: 'text', total: 'none' },
      { key: 'cost', title: 'Cost', kind: 'usd', total: 'sum' },
      { key: 'tokens', title: 'Tokens', kind: 'tokens', total: 'sum' },
      { key: 'unit-cost', title: 'Unit cost', kind: 'usd-per-mtok', total: 'none' },
      { key: 'share', title: 'Share', kind: 'ratio', total: 'none' },
      { key: 'day', title: 'Day', kind: 'day', total: 'none' },
      { key: 'at', title: 'Last seen', kind: 'instant', total: 'none' },
      { key: 'is-own', title: 'Own', kind: 'flag', total: 'none' },
    ],
    rows,
    total: ['All models', cost, tokens, tokens === 0 ? null : (cost / tokens) * 1e6, 1, null, null, null],
  };
  return {
    head: {
      company: 'Acme, Inc.',
      logo: null,
      fleet: 'My fleet',
      isSample: false,
      scope: null,
      month: '2026-10',
      window: { from: epochMs(Date.UTC(2026, 8, 30, 22)), to: epochMs(Date.UTC(2026, 9, 31, 23)) },
      known: { from: epochMs(Date.UTC(2026, 8, 30, 22)), to: epochMs(Date.UTC(2026, 9, 31, 23)) },
      zone: 'Europe/Berlin',
      currency: 'USD',
      state: 'provisional',
      snapshotId: 'abc123',
      generatedAt: epochMs(Date.UTC(2026, 10, 1, 7)),
      locale: 'en-US',
      paper: 'A4',
      coverage: { observedSeconds: 90, expectedSeconds: 100 },
      versions: { tokenwatt: '0.1.0', costBook: 'def456' },
      ...change,
    },
    sections: [
      {
        id: 'summary',
        title: 'Summary',
        lead: ['Invented figures, for tests.'],
        tiles: [
          {
            id: 'cost',
            title: 'Total effective cost',
            kind: 'usd',
            value: cost,
            reason: null,
            basis: 'all GPUs',
            changes: [{ label: 'last month', value: -0.1, kind: 'ratio' }],
          },
          {
            id: 'savings',
            title: 'Savings from updates',
            kind: 'usd',
            value: null,
            reason: 'no update was seen',
            basis: 'the month',
            changes: [],
          },
        ],
        charts: [],
        tables: [],
        notes: [],
        emptyReason: null,
        workbookOnly: false,
      },
      {
        id: 'models',
        title: 'Models',
        lead: [],
        tiles: [],
        charts: [],
        tables: [table],
        notes: [],
        emptyReason: models === 0 ? 'no model was served' : null,
        workbookOnly: false,
      },
    ],
    measures: [
      {
        id: 'cost',
        name: 'Total effective cost',
        definition: 'What the GPUs cost.',
        formula: 'sum of all rows',
        inputs: 'the ledger',
        unit: 'USD',
        rounding: 'none; two decimals when shown',
        caveats: '',
      },
    ],
    checks: [{ id: 'RP-01', title: 'Models add to the total', passed: true, detail: 'to 1e-9' }],
  };
}

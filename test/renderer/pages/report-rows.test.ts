import { describe, expect, it } from 'vitest';
import { monthRows, tableView } from '#renderer/pages/reports/report-rows.ts';
import { epochMs } from '#shared/time/instant.ts';
import { madeUpReport } from '../../backend/reports/made-up-report.ts';

const at = (text: string) => epochMs(Date.parse(`${text}T00:00:00Z`));

describe('the list of months', () => {
  it('says which part of a month is known, where that is not all of it', () => {
    const window = { from: at('2026-10-01'), to: at('2026-11-01') };
    const month = { month: '2026-10', window, known: window, state: 'provisional', closing: null } as const;
    const [whole, part] = monthRows([month, { ...month, known: { from: at('2026-10-20'), to: window.to } }], 'UTC');
    expect(whole).toMatchObject({ name: 'October 2026', known: null });
    expect(part?.known).toBe('20 Oct to 1 Nov');
  });
});

describe('a table of the preview', () => {
  it('shows the first rows, the total of all, and how many are left out', () => {
    const table = madeUpReport(50).sections[1]?.tables[0];
    if (table === undefined) throw new Error('the report has a table');
    const view = tableView(table, { locale: 'en-US', zone: 'UTC' });
    expect(view.rows).toHaveLength(40);
    expect(view.omitted).toBe(10);
    expect(view.total?.[0]).toBe('All models');
    expect(view.heads[1]).toMatchObject({ text: 'Cost, USD', isNumeric: true });
  });
});

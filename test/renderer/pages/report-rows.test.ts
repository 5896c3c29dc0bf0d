import { describe, expect, it } from 'vitest';
import { monthRows, restatementWords, scheduleWords, tableView } from '#renderer/pages/reports/report-rows.ts';
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

describe('a closed month', () => {
  it('says what has changed since, and that nothing has', () => {
    const closedAt = at('2026-11-02');
    const told = (closed: number | null, now: number | null) =>
      restatementWords({ closedAt, closed, now, difference: closed === null || now === null ? null : now - closed });
    expect(told(100, 112.5)).toEqual({
      text: 'Restated by +$12.50 since: today it would be $112.50.',
      isRestated: true,
    });
    expect(told(100, 90).text).toContain('−$10.00');
    expect(told(100, 100.004)).toMatchObject({ isRestated: false });
    expect(told(null, 5)).toMatchObject({ isRestated: false, text: expect.stringContaining('no price') });
  });
});

describe('the schedule', () => {
  it('says when it comes next, and how it went', () => {
    const state = { canRun: true, folder: 'reports', nextAt: at('2026-12-01'), nextMonth: '2026-11', last: null };
    expect(scheduleWords(state, 'UTC')).toEqual({ next: 'Next: November 2026, on 2026-12-01 00:00 UTC.', last: null });
    const last = { month: '2026-10', at: at('2026-11-01'), isWritten: false, message: 'the disk is full.' };
    expect(scheduleWords({ ...state, last }, 'UTC').last).toEqual({
      text: 'October 2026 was not written on 2026-11-01 00:00: the disk is full. It is tried again every hour.',
      isWritten: false,
    });
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

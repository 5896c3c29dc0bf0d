import { describe, expect, it } from 'vitest';
import { cellText, figureText } from '#shared/report-text/cell-text.ts';
import { headText } from '#shared/report-text/head-text.ts';
import { tableText } from '#shared/report-text/table-text.ts';
import type { ReportCell, ReportHead, ReportTable } from '#shared/model/report.ts';
import { epochMs } from '#shared/time/instant.ts';

const MANNER = { locale: 'en-US', zone: 'UTC' };

function tableWith(rows: readonly (readonly ReportCell[])[], total: readonly ReportCell[] | null): ReportTable {
  return {
    id: 'one',
    title: 'One',
    note: null,
    columns: [
      { key: 'name', title: 'Name', kind: 'text', total: 'none' },
      { key: 'cost', title: 'Cost', kind: 'usd', total: 'sum' },
      { key: 'share', title: 'Share', kind: 'ratio', total: 'none' },
    ],
    rows,
    total,
  };
}

describe('a table as text', () => {
  it('adds to its total as printed: the missing cent goes where most was cut off', () => {
    const third = 100 / 3;
    const { rows, total } = tableText(
      tableWith(
        [
          ['a', third, 1 / 3],
          ['b', third, 1 / 3],
          ['c', third, 1 / 3],
        ],
        ['Total', 100, 1],
      ),
      MANNER,
    );
    expect(rows.map((row) => row[1])).toEqual(['33.34', '33.33', '33.33']);
    expect(total).toEqual(['Total', '100.00', '100.0\u{A0}%']);
  });

  it('prints a dash for what is not known, never a zero, and leaves totals out that there cannot be', () => {
    const { rows, total } = tableText(tableWith([['a', null, null]], ['Total', null, null]), MANNER);
    expect(rows).toEqual([['a', '–', '–']]);
    expect(total).toEqual(['Total', '–', '']);
  });
});

describe('a figure as text', () => {
  it.each([
    [1.034, 'ratio', '103.4\u{A0}%'],
    [0.9999, 'ratio', '99.9\u{A0}%'],
    [-0.302, 'ratio', '−30.2\u{A0}%'],
    [1.490_912, 'number', '1.4909'],
    [0.047_012_3, 'number', '0.047012'],
    [9377.7189, 'number', '9,377.72'],
    [5215, 'number', '5,215'],
    [true, 'flag', 'yes'],
    [Date.UTC(2026, 9, 25, 1, 30), 'instant', '2026-10-25 01:30'],
  ] as const)('%s as %s reads %s', (value, kind, text) => {
    expect(cellText(value, kind, MANNER)).toBe(text);
  });

  it('carries its unit and its sign where it stands alone', () => {
    expect(figureText(-1234.5, 'usd', MANNER)).toBe('−$1,234.50');
    expect(figureText(0.0203, 'usd-per-mtok', MANNER)).toBe('$0.0203/Mtok');
    expect(figureText(null, 'usd', MANNER)).toBe('–');
  });
});

it('the head says how much of a month is known where it is not all of it', () => {
  const window = { from: epochMs(0), to: epochMs(1000) };
  const head: ReportHead = {
    company: null,
    logo: null,
    fleet: 'fleet',
    isSample: false,
    scope: null,
    month: '1970-01',
    window,
    known: { from: epochMs(750), to: epochMs(1000) },
    zone: 'UTC',
    currency: 'USD',
    state: 'provisional',
    snapshotId: 'abc',
    generatedAt: epochMs(0),
    locale: 'en-US',
    paper: 'A4',
    coverage: { observedSeconds: 1, expectedSeconds: 1 },
    versions: { tokenwatt: '0', costBook: '1' },
  };
  expect(headText(head).state).toContain('facts of 25.0\u{A0}% of the time');
  expect(headText({ ...head, known: window }).state).not.toContain('facts of');
});

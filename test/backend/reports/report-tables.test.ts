import { describe, expect, it } from 'vitest';
import { csvTables } from '#backend/reports/csv-tables.ts';
import { reportJson } from '#backend/reports/report-json.ts';
import { HOSTILE_NAMES, madeUpReport } from './made-up-report.ts';

function csvOf(models: number): string {
  const [file] = csvTables(madeUpReport(models));
  return [...(file?.pieces ?? [])].join('');
}

describe('the CSV of a table', () => {
  it('has units in its heads, numbers unrounded and nothing where nothing is known', () => {
    const [head, , , third] = csvOf(20).split('\r\n');
    expect(head).toBe(
      'Model,Cost [USD],Tokens [tokens],Unit cost [USD/Mtok],Share [share 0 to 1],Day,Last seen [UTC],Own',
    );
    expect(third).toBe(`'-2,${3 * 0.1 + 1 / 3},3703701,,${2 / 7},2026-10-25,2026-10-25T01:30:00.000Z,true`);
  });

  it('lets no text become a formula of a spreadsheet', () => {
    const lines = csvOf(HOSTILE_NAMES.length);
    for (const name of ["'=cmd", "'+1+1", "'-2", "'@SUM", "'\tTab", "'''=1"]) expect(lines).toContain(name);
    expect(lines).toContain('"quote "" and, comma"');
    expect(lines).toContain('"two\nlines"');
    expect(lines).not.toMatch(/(?![\t\n\r])\p{Cc}/u);
  });

  it('is named by its place and its table', () => {
    expect(csvTables(madeUpReport(1)).map(({ name }) => name)).toEqual(['01-models.csv']);
  });
});

describe('the JSON of a report', () => {
  it('holds head, tiles and tables with their units, and reads back equal', () => {
    const report = madeUpReport(30, { logo: 'data:image/png;base64,AAAA' });
    const read = JSON.parse([...reportJson(report)].join('')) as Record<string, unknown>;
    const [summary, models] = report.sections;
    expect(read).toMatchObject({
      format: 'tokenwatt-report-1',
      head: { ...report.head, logo: null },
      measures: report.measures,
      checks: report.checks,
      sections: [
        { id: 'summary', tiles: [{ id: 'cost', unit: 'USD', value: summary?.tiles[0]?.value }, { value: null }] },
        { id: 'models', tables: [{ rows: models?.tables[0]?.rows, total: models?.tables[0]?.total }] },
      ],
    });
  });
});

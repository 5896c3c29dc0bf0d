import { describe, expect, it } from 'vitest';
import { writePdf } from '#backend/reports/pdf/write-pdf.ts';
import type { ReportCell } from '#shared/model/report.ts';
import { HOSTILE_NAMES, madeUpReport } from './made-up-report.ts';
import { readPdf } from './pdf-text.ts';

const numberOf = (text: string): number => Number(text.replaceAll(',', '').replace('−', '-'));

describe('the PDF of a report', () => {
  it.each([0, 1, 60, 500])('of %i models prints costs that add to their total, to the cent', async (count) => {
    const report = madeUpReport(count);
    const names = Array.from({ length: count }, (_, index) => `serving-${index}`);
    const [summary, models] = report.sections;
    const [table] = models!.tables;
    const rows = table!.rows.map((row, index): readonly ReportCell[] => [names[index] ?? '', ...row.slice(1)]);
    const sections = [summary!, { ...models!, tables: [{ ...table!, rows }] }];
    const { pages } = await readPdf(await writePdf({ ...report, sections }));
    const pieces = pages.flatMap((page) => page.pieces);
    const costs = names.map((name) => numberOf(pieces[pieces.indexOf(name) + 1] ?? ''));
    const total = numberOf(pieces[pieces.indexOf('All models') + 1] ?? '');
    expect(total).toBe(Math.round(Number(table!.total![1]) * 100) / 100);
    expect(costs.reduce((sum, cost) => sum + Math.round(cost * 100), 0)).toBe(Math.round(total * 100));
    costs.forEach((cost, index) => expect(Math.abs(cost - Number(rows[index]![1]))).toBeLessThan(0.01));
  });

  it('repeats the head of a long table, and numbers every page', async () => {
    const { pages } = await readPdf(await writePdf(madeUpReport(500)));
    expect(pages.length).toBeGreaterThan(5);
    pages.forEach(({ text }, index) => {
      expect(text).toContain(`page ${index + 1} of ${pages.length}`);
      expect(text).toContain('2026-10-01 00:00 to 2026-11-01 00:00, Europe/Berlin');
      expect(text).toContain('snapshot abc123');
    });
    expect(pages.filter(({ text }) => text.includes('Unit cost USD/Mtok')).length).toBeGreaterThan(4);
  });

  it('says a title and a language, and is as large as its paper', async () => {
    const a4 = await readPdf(await writePdf(madeUpReport(1)));
    const letter = await readPdf(await writePdf(madeUpReport(1, { paper: 'Letter' })));
    expect(a4).toMatchObject({ title: 'Inference cost report, October 2026, My fleet', language: 'en' });
    expect([a4.pages[0]!.width, a4.pages[0]!.height].map(Math.round)).toEqual([595, 842]);
    expect([letter.pages[0]!.width, letter.pages[0]!.height]).toEqual([612, 792]);
  });

  it('is the same bytes for the same report', async () => {
    const [one, other] = [await writePdf(madeUpReport(20)), await writePdf(madeUpReport(20))];
    expect(Buffer.compare(one, other)).toBe(0);
  });

  it('prints hostile names as text: no link, no script, and no two names alike', async () => {
    const { pages, hasScript } = await readPdf(await writePdf(madeUpReport(HOSTILE_NAMES.length)));
    const text = pages.map((page) => page.text).join(' ');
    expect(text).toContain('=cmd|" /C calc"!A0');
    expect(text).toContain('<b>bold</b> & co');
    expect(text).toMatch(/\u{FFFD} #[0-9a-f]{6}/u);
    expect(text).toContain('The workbook, the HTML and the CSV files hold the names as they are.');
    expect(pages.every(({ annotations }) => annotations === 0)).toBe(true);
    expect(hasScript).toBe(false);
  });
});

import { expect, it } from 'vitest';
import { writeHtml } from '#backend/reports/html/write-html.ts';
import { HOSTILE_NAMES, madeUpReport } from './made-up-report.ts';

async function pageOf(models: number): Promise<string> {
  return new TextDecoder().decode(await writeHtml(madeUpReport(models)));
}

it('the HTML of a report runs no script, fetches nothing and holds names as text', async () => {
  const page = await pageOf(HOSTILE_NAMES.length);
  expect(page).not.toMatch(/<script|<b>bold|javascript:|https?:|@import|url\(/iu);
  expect(page).toContain('&lt;b&gt;bold&lt;/b&gt; &amp; co');
  expect(page).toContain('עברית');
  expect(page).toContain('default-src &#39;none&#39;');
});

it('the HTML of a report is the same bytes for the same report, also of none and of many models', async () => {
  for (const models of [0, 1, 500]) {
    const page = await pageOf(models);
    expect(page).toBe(await pageOf(models));
    expect(page.match(/<tr>/gu)?.length).toBe(models + 4);
  }
});

import type { Report } from '#shared/model/report.ts';
import { checksTable } from '#shared/report-text/checks-table.ts';
import { headText, SIGN_OFF } from '#shared/report-text/head-text.ts';
import { escaped } from './escape.ts';
import { htmlMeasure, htmlSection, htmlTable } from './html-sections.ts';
import { REPORT_STYLE } from './report-style.ts';

/** Refuses everything but what is in the file: no script runs and nothing is fetched, whatever a name holds. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The report as one HTML file that needs no other: text, inline pictures and style, no script. */
export async function writeHtml(report: Report): Promise<Uint8Array> {
  const { head, measures } = report;
  const told = headText(head);
  const manner = { locale: head.locale, zone: head.zone };
  const sections = report.sections.filter(({ workbookOnly }) => !workbookOnly);
  const page = [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="${escaped(POLICY)}">`,
    `<title>${escaped(`${told.title}, ${head.fleet}`)}</title><style>${REPORT_STYLE}</style></head><body>`,
    '<header>',
    head.logo === null ? '' : `<img alt="" src="${escaped(head.logo)}">`,
    `<h1>${escaped(told.title)}</h1>`,
    ...[told.names.join(' · '), told.period, told.state].map((line) => `<p>${escaped(line)}</p>`),
    '</header>',
    `<nav aria-label="Contents"><ol>${sections.map(({ id, title }) => `<li><a href="#${escaped(id)}">${escaped(title)}</a></li>`).join('')}</ol></nav>`,
    ...sections.map((section) => htmlSection(section, manner)),
    ...measures.map(htmlMeasure),
    report.checks.length === 0 ? '' : htmlTable(checksTable(report), manner),
    `<p>${SIGN_OFF}</p>`,
    `<footer><p>${escaped(told.provenance)}</p></footer>`,
    '</body></html>',
  ].join('\n');
  return new TextEncoder().encode(page);
}

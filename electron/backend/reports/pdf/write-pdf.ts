import pdfmake from 'pdfmake';
import type { Report } from '#shared/model/report.ts';
import { headText, type HeadText } from '#shared/report-text/head-text.ts';
import { drawable, fontFiles, type Drawable } from './pdf-fonts.ts';
import { DEFAULT_STYLE, INK, LINE, MARGINS, STYLES } from './pdf-look.ts';
import { pdfSections } from './pdf-sections.ts';

/** Page widths, pt. */
const PAGE_WIDTHS = { A4: 595.28, Letter: 612 } as const;

/** The report as a PDF: text that can be selected, charts as vectors, fonts inside. The same report gives the same bytes. */
export async function writePdf(report: Report): Promise<Uint8Array> {
  const { head } = report;
  const fonts = fontFiles();
  const allowed = new Set<string>(Object.values(fonts));
  pdfmake.setFonts({ Roboto: fonts });
  // Nothing is fetched and no other file is read, whatever a name in the fleet looks like.
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => allowed.has(path));
  const text = drawable();
  const means = { manner: { locale: head.locale, zone: head.zone }, text, width: textWidth(head.paper) };
  const told = headText(head);
  const madeAt = new Date(head.generatedAt);
  // Made once before the pages are, so that a name which cannot be drawn whole is told of.
  pageHead(told, text);
  const content = [...front(report, told, text), ...pdfSections(report, means)];
  return await pdfmake
    .createPdf({
      pageSize: head.paper === 'A4' ? 'A4' : 'LETTER',
      pageMargins: [MARGINS.left, MARGINS.top, MARGINS.right, MARGINS.bottom],
      version: '1.7',
      language: 'en',
      displayTitle: true,
      info: {
        title: `${told.title}, ${head.fleet}`,
        author: head.company ?? head.fleet,
        creator: `tokenwatt ${head.versions.tokenwatt}`,
        producer: 'pdfmake',
        creationDate: madeAt,
        modDate: madeAt,
      },
      styles: STYLES,
      defaultStyle: DEFAULT_STYLE,
      header: () => pageHead(told, text),
      footer: (page: number, pages: number) => pageFoot(told, text, `page ${page} of ${pages}`),
      content: text.hasLost() ? [...content, { text: LOST, style: 'note' }] : content,
    })
    .getBuffer();
}

const LOST = `Characters that the fonts of this file lack are drawn as \u{FFFD}, and a mark of the whole name follows. The workbook, the HTML and the CSV files hold the names as they are.`;

function textWidth(paper: Report['head']['paper']): number {
  return PAGE_WIDTHS[paper] - MARGINS.left - MARGINS.right;
}

function front({ head }: Report, { title }: HeadText, text: Drawable): object[] {
  const logo = head.logo === null ? [] : [{ image: head.logo, fit: [120, 40], margin: [0, 0, 0, 6] }];
  return [...logo, { text: text.of(title), fontSize: 19, bold: true, margin: [0, 0, 0, 8] }];
}

function pageHead({ title, names, period, state }: HeadText, text: Drawable): object {
  return {
    margin: [MARGINS.left, 22, MARGINS.right, 0],
    stack: [
      {
        columns: [
          { text: [title, ...names].map(text.of).join(' · '), bold: true, fontSize: 8 },
          { text: text.of(period), alignment: 'right', fontSize: 8, color: INK.second },
        ],
        columnGap: 12,
      },
      { text: text.of(state), fontSize: 7.5, color: INK.second, margin: [0, 2, 0, 0] },
    ],
  };
}

function pageFoot({ provenance }: HeadText, text: Drawable, page: string): object {
  return {
    margin: [MARGINS.left, 14, MARGINS.right, 0],
    stack: [
      { canvas: [{ type: 'line', x1: 0, y1: 0, x2: 511, y2: 0, lineWidth: 0.4, lineColor: LINE }] },
      {
        margin: [0, 4, 0, 0],
        columns: [
          { text: text.of(provenance), fontSize: 7, color: INK.second, width: '*' },
          { text: page, fontSize: 7, color: INK.second, alignment: 'right', width: 70 },
        ],
      },
    ],
  };
}

import type { Report, ReportMeasure, ReportSection } from '#shared/model/report.ts';
import { chartSvg } from '../pictures/chart-svg.ts';
import type { Manner } from '#shared/report-text/cell-text.ts';
import { SIGN_OFF } from '#shared/report-text/head-text.ts';
import { checksTable } from '#shared/report-text/checks-table.ts';
import type { Drawable } from './pdf-fonts.ts';
import { pdfTable } from './pdf-table.ts';
import { pdfTiles } from './pdf-tiles.ts';

type Means = { readonly manner: Manner; readonly text: Drawable; readonly width: number };

/** The body: each section begins a page, save those with nothing to show, which are a line under the one before. */
export function pdfSections(report: Report, means: Means): object[] {
  const { sections, measures } = report;
  const printed = sections.filter(({ workbookOnly }) => !workbookOnly);
  return [
    ...printed.flatMap((section, index) => pdfSection(section, means, index > 0 && section.emptyReason === null)),
    ...(measures.length === 0 ? [] : pdfMeasures(measures, means)),
    ...(report.checks.length === 0 ? [] : pdfTable(checksTable(report), means)),
    { text: SIGN_OFF, margin: [0, 14, 0, 0] },
  ];
}

function pdfSection(section: ReportSection, means: Means, beginsPage: boolean): object[] {
  const { text } = means;
  return [
    {
      text: text.of(section.title),
      style: 'sectionTitle',
      headlineLevel: 1,
      outline: true,
      ...(beginsPage ? { pageBreak: 'before' } : { marginTop: 10 }),
    },
    ...section.lead.map((sentence) => ({ text: text.of(sentence), style: 'lead' })),
    ...(section.emptyReason === null ? [] : [{ text: text.of(section.emptyReason), style: 'lead' }]),
    ...pdfTiles(section.tiles, means),
    ...section.charts.map((chart) => ({
      unbreakable: true,
      stack: [
        { text: text.of(chart.title), style: 'tableTitle' },
        { svg: drawableSvg(chartSvg(chart), text), width: means.width, margin: [0, 2, 0, 8] },
      ],
    })),
    ...section.tables.flatMap((table) => pdfTable(table, means)),
    ...section.notes.map((note) => ({ text: text.of(note), style: 'note' })),
  ];
}

/** Names in a picture are drawn by the same fonts as names in a table. */
function drawableSvg(svg: string, text: Drawable): string {
  return svg.replaceAll(/>([^<>]+)</gu, (_, inside: string) => `>${text.of(inside)}<`);
}

function pdfMeasures(measures: readonly ReportMeasure[], { text }: Means): object[] {
  return measures.map((measure) => ({
    unbreakable: true,
    margin: [0, 0, 0, 6],
    stack: [
      { text: text.of(`${measure.name} (${measure.id})`), style: 'tableTitle' },
      { text: text.of(measure.definition) },
      { text: text.of(`Formula: ${measure.formula}`) },
      { text: text.of(`Inputs: ${measure.inputs}`) },
      { text: text.of(`Unit: ${measure.unit}. Rounding: ${measure.rounding}. ${measure.caveats}`), style: 'note' },
    ],
  }));
}

import type { ReportChart, ReportMeasure, ReportSection, ReportTable, ReportTile } from '#shared/model/report.ts';
import { chartSvg } from '../pictures/chart-svg.ts';
import { changeText, figureText, columnHead, isNumeric, type Manner } from '#shared/report-text/cell-text.ts';
import { tableText } from '#shared/report-text/table-text.ts';
import { escaped } from './escape.ts';

/** One section as HTML. */
export function htmlSection(section: ReportSection, manner: Manner): string {
  return [
    `<section id="${escaped(section.id)}"><h2>${escaped(section.title)}</h2>`,
    ...section.lead.map((sentence) => `<p>${escaped(sentence)}</p>`),
    section.emptyReason === null ? '' : `<p>${escaped(section.emptyReason)}</p>`,
    section.tiles.length === 0
      ? ''
      : `<div class="tiles">${section.tiles.map((tile) => htmlTile(tile, manner)).join('')}</div>`,
    ...section.charts.map(htmlChart),
    ...section.tables.map((table) => htmlTable(table, manner)),
    ...section.notes.map((note) => `<p class="note">${escaped(note)}</p>`),
    '</section>',
  ].join('\n');
}

function htmlTile({ title, value, kind, reason, basis, changes }: ReportTile, manner: Manner): string {
  const small = [
    reason,
    basis,
    ...changes.map((change) => `${change.label}: ${changeText(change.value, change.kind, manner)}`),
  ].filter((line) => line !== null);
  return `<div class="tile"><span>${escaped(title)}</span><strong>${escaped(figureText(value, kind, manner))}</strong>${small
    .map((line) => `<small>${escaped(line)}</small>`)
    .join('')}</div>`;
}

function htmlChart(chart: ReportChart): string {
  const svg = chartSvg(chart).replace('<svg', `<svg role="img" aria-label="${escaped(chart.alt)}"`);
  return `<figure><h3>${escaped(chart.title)}</h3>${svg}</figure>`;
}

/** A table with its head, and its total as foot. */
export function htmlTable(table: ReportTable, manner: Manner): string {
  const { rows, total } = tableText(table, manner);
  const classes = table.columns.map(({ kind }) => (isNumeric(kind) ? ' class="n"' : ''));
  const line = (cells: readonly string[]): string =>
    `<tr>${cells.map((cell, index) => `<td${classes[index] ?? ''}><bdi>${escaped(cell)}</bdi></td>`).join('')}</tr>`;
  return [
    `<h3>${escaped(table.title)}</h3>`,
    table.note === null ? '' : `<p class="note">${escaped(table.note)}</p>`,
    '<div class="wide"><table><thead><tr>',
    table.columns
      .map((column, index) => `<th scope="col"${classes[index] ?? ''}>${escaped(columnHead(column))}</th>`)
      .join(''),
    '</tr></thead><tbody>',
    rows.map(line).join('\n'),
    '</tbody>',
    total === null ? '' : `<tfoot>${line(total)}</tfoot>`,
    '</table></div>',
  ].join('');
}

/** How a measure is computed. */
export function htmlMeasure(measure: ReportMeasure): string {
  const lines = [
    measure.definition,
    `Formula: ${measure.formula}`,
    `Inputs: ${measure.inputs}`,
    `Unit: ${measure.unit}. Rounding: ${measure.rounding}. ${measure.caveats}`,
  ];
  return `<dl class="measure"><dt>${escaped(measure.name)} (${escaped(measure.id)})</dt>${lines
    .map((line) => `<dd>${escaped(line)}</dd>`)
    .join('')}</dl>`;
}

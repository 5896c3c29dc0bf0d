import { CELL_STYLES, CELL_TEXT_MAX, columnLetters, type CellStyle, type Sheet, type SheetCell } from './sheet.ts';
import { xmlText } from './xml-text.ts';

/*
 * One sheet as SpreadsheetML. Elements stand in the order that the schema wants: ECMA-376 part 1, section 18.3.1.99.
 * Texts are inline strings (18.3.1.53): a table of shared ones would have to be held whole.
 */

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

const STYLE_INDEX = new Map(Object.keys(CELL_STYLES).map((name, index) => [name, index]));

/** The text of a sheet in pieces, so that a long one is never held whole. */
export function* sheetXml(sheet: Sheet, isFirst: boolean): Generator<string> {
  yield `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${MAIN}">`;
  yield '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>';
  yield `<sheetViews><sheetView${isFirst ? ' tabSelected="1"' : ''} showGridLines="0" workbookViewId="0">`;
  yield `${paneXml(sheet.frozen)}</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>`;
  const widths = sheet.widths.map(
    (width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  );
  if (widths.length > 0) yield `<cols>${widths.join('')}</cols>`;
  yield '<sheetData>';
  let row = 0;
  for (const cells of sheet.rows) {
    row += 1;
    yield rowXml(row, cells);
  }
  yield '</sheetData>';
  if (sheet.filter !== null) yield `<autoFilter ref="${sheet.filter}"/>`;
  if (sheet.flags !== null) yield flagsXml(sheet.flags);
  yield '<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>';
  yield '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>';
  yield '<headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter></worksheet>';
}

function paneXml({ rows, columns }: Sheet['frozen']): string {
  if (rows === 0 && columns === 0) return '';
  const pane = columns === 0 ? 'bottomLeft' : rows === 0 ? 'topRight' : 'bottomRight';
  const splits = `${columns > 0 ? ` xSplit="${columns}"` : ''}${rows > 0 ? ` ySplit="${rows}"` : ''}`;
  const corner = `${columnLetters(columns)}${rows + 1}`;
  return `<pane${splits} topLeftCell="${corner}" activePane="${pane}" state="frozen"/><selection pane="${pane}"/>`;
}

/** Red where a check fails: style 0 of the differential formats. */
function flagsXml(range: string): string {
  const rule = '<cfRule type="cellIs" dxfId="0" priority="1" operator="equal"><formula>FALSE</formula></cfRule>';
  return `<conditionalFormatting sqref="${range}">${rule}</conditionalFormatting>`;
}

function rowXml(row: number, cells: readonly (SheetCell | null)[]): string {
  const parts = cells.map((cell, column) => (cell === null ? '' : cellXml(`${columnLetters(column)}${row}`, cell)));
  return `<row r="${row}">${parts.join('')}</row>`;
}

function cellXml(place: string, cell: SheetCell): string {
  const open = `<c r="${place}" s="${styleIndex(cell.style)}"`;
  switch (cell.kind) {
    case 'text':
      return `${open} t="inlineStr"><is><t xml:space="preserve">${xmlText(cutText(cell.text))}</t></is></c>`;
    case 'number':
      return `${open}><v>${cell.value}</v></c>`;
    case 'flag':
      return `${open} t="b"><v>${cell.value ? 1 : 0}</v></c>`;
    case 'formula': {
      const formula = `<f>${xmlText(cell.formula)}</f>`;
      if (cell.value === null) return `${open} t="str">${formula}<v></v></c>`;
      if (typeof cell.value === 'boolean') return `${open} t="b">${formula}<v>${cell.value ? 1 : 0}</v></c>`;
      return `${open}>${formula}<v>${cell.value}</v></c>`;
    }
  }
}

function styleIndex(style: CellStyle): number {
  return STYLE_INDEX.get(style) ?? 0;
}

/** A cell holds so many characters; what is cut says so. */
function cutText(text: string): string {
  return text.length <= CELL_TEXT_MAX ? text : `${text.slice(0, CELL_TEXT_MAX - 1)}…`;
}

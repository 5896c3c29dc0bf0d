import type { ReportHead } from '#shared/model/report.ts';
import type { CellStyle, SheetCell } from './sheet.ts';
import { aboutText } from './table-sheets.ts';

export function textCell(text: string, style: CellStyle = 'plain'): SheetCell {
  return { kind: 'text', text, style };
}

/** The three lines above the heads of a sheet that the writer makes itself. */
export function headLines(title: string, head: ReportHead): readonly (readonly SheetCell[])[] {
  return [[textCell(title, 'title')], [textCell(aboutText(head), 'muted')], []];
}

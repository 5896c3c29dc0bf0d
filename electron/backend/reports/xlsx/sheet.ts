/**
 * A sheet as a writer wants it: typed cells, and how the sheet is to be read and printed. A text is a text whatever it begins
 * with; only `formula` makes a formula, and no text of data ever gets there.
 */
export type SheetCell =
  | { readonly kind: 'text'; readonly text: string; readonly style: CellStyle }
  | { readonly kind: 'number'; readonly value: number; readonly style: CellStyle }
  | { readonly kind: 'flag'; readonly value: boolean; readonly style: CellStyle }
  /** `value` is what the formula gives, for viewers that do not calculate; null is nothing. */
  | {
      readonly kind: 'formula';
      readonly formula: string;
      readonly value: number | boolean | null;
      readonly style: CellStyle;
    };

export type Sheet = {
  readonly name: string;
  /** In characters. */
  readonly widths: readonly number[];
  readonly rows: Iterable<readonly (SheetCell | null)[]>;
  /** Rows above and columns left of the first cell that scrolls. */
  readonly frozen: { readonly rows: number; readonly columns: number };
  /** The range with filter buttons, its heads included; null for none. */
  readonly filter: string | null;
  /** Rows that every printed page repeats, counted from 1; null for none. */
  readonly repeated: number | null;
  /** Cells that turn red where they are FALSE; null for none. */
  readonly flags: string | null;
};

/** Number format, weight and wrapping of a cell, by name. */
export const CELL_STYLES = {
  plain: { format: 'General', font: 'plain' },
  wrapped: { format: 'General', font: 'plain', wraps: true },
  title: { format: 'General', font: 'title' },
  muted: { format: 'General', font: 'muted' },
  head: { format: 'General', font: 'bold', isFilled: true, wraps: true },
  bold: { format: 'General', font: 'bold', hasRule: true },
  usd: { format: '#,##0.00;[Red]-#,##0.00', font: 'plain' },
  'usd-per-mtok': { format: '#,##0.0000;[Red]-#,##0.0000', font: 'plain' },
  tokens: { format: '[>=1000000]#,##0.00,,"M";#,##0', font: 'plain' },
  count: { format: '#,##0.##########', font: 'plain' },
  whole: { format: '#,##0', font: 'plain' },
  hours: { format: '#,##0.00', font: 'plain' },
  kwh: { format: '#,##0.000', font: 'plain' },
  ratio: { format: '0.0%;[Red]-0.0%', font: 'plain' },
  watts: { format: '#,##0.0', font: 'plain' },
  number: { format: '#,##0.000000', font: 'plain' },
  day: { format: 'yyyy\\-mm\\-dd', font: 'plain' },
  instant: { format: 'yyyy\\-mm\\-dd\\ hh:mm:ss', font: 'plain' },
  'usd total': { format: '#,##0.00;[Red]-#,##0.00', font: 'bold', hasRule: true },
  'tokens total': { format: '[>=1000000]#,##0.00,,"M";#,##0', font: 'bold', hasRule: true },
  'whole total': { format: '#,##0', font: 'bold', hasRule: true },
  'hours total': { format: '#,##0.00', font: 'bold', hasRule: true },
  'kwh total': { format: '#,##0.000', font: 'bold', hasRule: true },
  'ratio total': { format: '0.0%;[Red]-0.0%', font: 'bold', hasRule: true },
  'usd-per-mtok total': { format: '#,##0.0000;[Red]-#,##0.0000', font: 'bold', hasRule: true },
  'number total': { format: '#,##0.######', font: 'bold', hasRule: true },
} as const satisfies Readonly<Record<string, StyleOf>>;

export type CellStyle = keyof typeof CELL_STYLES;

export type StyleOf = {
  readonly format: string;
  readonly font: 'plain' | 'bold' | 'title' | 'muted';
  readonly wraps?: boolean;
  readonly isFilled?: boolean;
  readonly hasRule?: boolean;
};

/** What one sheet can hold: rows, characters of a cell, characters of a name. Source: Excel specifications and limits. */
export const SHEET_ROWS_MAX = 1_048_576;
export const CELL_TEXT_MAX = 32_767;
export const SHEET_NAME_MAX = 31;

/** A, B, …, Z, AA: the letters of a column counted from 0. */
export function columnLetters(index: number): string {
  const before = index < 26 ? '' : columnLetters(Math.floor(index / 26) - 1);
  return before + String.fromCharCode(65 + (index % 26));
}

/** `'Why it changed'!B7`: a cell of another sheet, column and row counted from 0 and 1. */
export function cellOfSheet(name: string, column: number, row: number): string {
  return `'${name.replaceAll("'", "''")}'!$${columnLetters(column)}$${row}`;
}

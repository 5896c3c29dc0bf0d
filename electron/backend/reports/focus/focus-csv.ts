import { columnsOf, type FocusRow, type FocusVersion } from './focus-columns.ts';
import { cellText } from './focus-text.ts';

/**
 * Rows as exact CSV: UTF-8, commas, LF, quotes only where a cell needs them. Nothing is altered, whatever a name begins with:
 * this file is for machines. Null is a bare empty field, since quoted ones are read as empty texts.
 */
export function focusCsv(rows: readonly FocusRow[], version: FocusVersion): string {
  const columns = columnsOf(version);
  const lines = rows.map((row) => columns.map(({ name, type }) => quoted(cellText(row[name], type))).join(','));
  return [columns.map(({ name }) => name).join(','), ...lines, ''].join('\n');
}

function quoted(text: string | null): string {
  if (text === null) return '';
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Cells of a CSV file as they stand: null for a bare empty field, `''` for a quoted one. Null where it is no CSV. */
export function readCsv(text: string): (string | null)[][] | null {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  let at = 0;
  while (at < text.length) {
    const cell = text[at] === '"' ? quotedCell(text, at + 1) : bareCell(text, at);
    if (cell === null) return null;
    row.push(cell.value);
    const end = text[cell.end];
    if (end === '\n') {
      rows.push(row);
      row = [];
    } else if (end !== ',') return null;
    at = cell.end + 1;
  }
  return row.length === 0 ? rows : null;
}

type Cell = { readonly value: string | null; readonly end: number };

function bareCell(text: string, from: number): Cell | null {
  let end = from;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n') end += 1;
  const value = text.slice(from, end);
  return end >= text.length || value.includes('"') ? null : { value: value === '' ? null : value, end };
}

function quotedCell(text: string, from: number): Cell | null {
  let value = '';
  let start = from;
  for (;;) {
    const quote = text.indexOf('"', start);
    if (quote === -1) return null;
    value += text.slice(start, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    start = quote + 2;
  }
}

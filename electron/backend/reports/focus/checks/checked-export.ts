import type { ChargeLedger, ChargeRow } from '#shared/model/charge-row.ts';
import { columnsOf, type FocusCell, type FocusRow } from '../focus-columns.ts';
import { readCsv } from '../focus-csv.ts';
import type { FocusContext } from '../focus-settings.ts';
import type { FocusSidecar } from '../focus-sidecar.ts';

/** What the store and the answers say of the same window, by questions of their own. */
export type FocusSources = {
  /** Input and output tokens that engines counted. */
  readonly tokens: number;
  /** Facility energy behind what was measured, kWh. */
  readonly kilowattHours: number;
  /** Whether counters told of time that nobody watched. */
  readonly hasBridged: boolean;
  /** The loaded cost that the fleet shows, USD; null where it has none. */
  readonly spend: number | null;
};

/** An export as it lies there, and all that it is compared with. */
export type FocusExport = {
  readonly ledger: ChargeLedger;
  readonly corrections: readonly ChargeRow[];
  readonly context: FocusContext;
  readonly sources: FocusSources;
  /** The rows that were meant to be written. */
  readonly meant: readonly FocusRow[];
  readonly csv: string;
  /** The same, written a second time from the ledger on. */
  readonly csvAgain: string;
  /** The Parquet file as it was read back. */
  readonly parquet: { readonly names: readonly string[]; readonly rows: readonly (readonly FocusCell[])[] };
  readonly sidecar: FocusSidecar;
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
};

/** The CSV file as a reader sees it: null for an empty field. */
export type ReadTable = {
  readonly header: readonly string[];
  readonly rows: readonly ReadRow[];
};

export type ReadRow = { readonly [Column in keyof FocusRow]?: string | null };

/** The table of a CSV; null where the text is no CSV, or a line has another number of fields than the head. */
export function tableOf(csv: string): ReadTable | null {
  const [head, ...lines] = readCsv(csv) ?? [];
  if (head === undefined || lines.some((line) => line.length !== head.length)) return null;
  const header = head.map((name) => name ?? '');
  return {
    header,
    rows: lines.map((line) => Object.fromEntries(line.map((cell, index) => [header[index] ?? '', cell]))),
  };
}

/** One rule: what it finds wrong, in words; nothing where all is well. */
export type FocusCheck = {
  readonly id: string;
  readonly title: string;
  readonly find: (table: ReadTable, exported: FocusExport) => readonly string[];
  /** What to say where it passes. */
  readonly note?: (table: ReadTable, exported: FocusExport) => string;
};

export function numberOf(row: ReadRow, name: keyof FocusRow): number {
  const text = row[name] ?? null;
  return text === null ? 0 : Number(text);
}

/** Rows with the number of their line in the file, where a rule does not hold. */
export function wrongLines(table: ReadTable, isWrong: (row: ReadRow) => boolean, words: string): string[] {
  return table.rows.flatMap((row, index) => (isWrong(row) ? [`line ${index + 2}: ${words}`] : []));
}

export function columnNames(exported: FocusExport): string[] {
  return columnsOf(exported.context.version).map(({ name }) => name);
}

/** Relative difference that sums of doubles may show. */
const SAME = 1e-9;

export function isSame(one: number, other: number, absolute = 0): boolean {
  return Math.abs(one - other) <= Math.max(absolute, SAME * Math.max(Math.abs(one), Math.abs(other)));
}

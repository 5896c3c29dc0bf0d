import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { Coverage } from './figure.ts';
import type { ReportDrawing } from './report-drawing.ts';

/**
 * A cost report as plain data: every writer (PDF, HTML, XLSX, CSV, JSON) prints it, and none of them computes a figure. Numbers
 * are in base units and unrounded; null is "not known" and never zero.
 */
export type Report = {
  readonly head: ReportHead;
  readonly sections: readonly ReportSection[];
  /** How each measure is computed, enough to compute it again. */
  readonly measures: readonly ReportMeasure[];
  readonly checks: readonly ReportCheck[];
};

export const PAPERS = ['A4', 'Letter'] as const;
export type Paper = (typeof PAPERS)[number];

/** Open: the month runs. Provisional: it is over, and late facts or prices may still move it. Closed: frozen. */
export type MonthState = 'open' | 'provisional' | 'closed';

export type ReportHead = {
  readonly company: string | null;
  /** PNG or JPEG as a data URL. */
  readonly logo: string | null;
  readonly fleet: string;
  /** The fleet is the built-in sample: nobody's money. */
  readonly isSample: boolean;
  /** What part of the fleet it is about, in words; null: all of it. */
  readonly scope: string | null;
  /** Such as `2026-11`; null for a window of its own. */
  readonly month: string | null;
  /** What was asked for: a month as its zone counts it. */
  readonly window: TimeRange;
  /** The part of it that facts can say something about; null where there are none. */
  readonly known: TimeRange | null;
  readonly zone: string;
  /** ISO 4217. */
  readonly currency: 'USD';
  readonly state: MonthState;
  /** Short hash of what the report says: the same facts and prices give the same. */
  readonly snapshotId: string;
  readonly generatedAt: EpochMs;
  readonly locale: string;
  readonly paper: Paper;
  readonly coverage: Coverage;
  readonly versions: { readonly tokenwatt: string; readonly costBook: string };
};

export type ReportSection = {
  readonly id: string;
  readonly title: string;
  /** Sentences that say the most important thing first. */
  readonly lead: readonly string[];
  readonly tiles: readonly ReportTile[];
  readonly charts: readonly ReportChart[];
  readonly tables: readonly ReportTable[];
  readonly notes: readonly string[];
  /** Why there is nothing to show; null where there is something. */
  readonly emptyReason: string | null;
  /** Facts for a workbook, too long for pages. */
  readonly workbookOnly: boolean;
};

/** `day`: `YYYY-MM-DD` text. `instant`: UTC milliseconds. `ratio`: 0 to 1. `number`: its unit stands in the title. */
export type ReportKind =
  | 'text'
  | 'usd'
  | 'usd-per-mtok'
  | 'tokens'
  | 'count'
  | 'gpu-hours'
  | 'kwh'
  | 'ratio'
  | 'watts'
  | 'seconds'
  | 'number'
  | 'day'
  | 'instant'
  | 'flag';

export type ReportCell = string | number | boolean | null;

export type ReportColumn = {
  readonly key: string;
  readonly title: string;
  readonly kind: ReportKind;
  /** `sum`: the column adds to its total. */
  readonly total: 'sum' | 'none';
};

export type ReportTable = {
  readonly id: string;
  readonly title: string;
  readonly note: string | null;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly ReportCell[])[];
  readonly total: readonly ReportCell[] | null;
};

export type ReportTile = {
  readonly id: string;
  readonly title: string;
  readonly kind: ReportKind;
  readonly value: number | null;
  /** Why there is no value. */
  readonly reason: string | null;
  /** What the value covers, in words. */
  readonly basis: string;
  readonly changes: readonly ReportChange[];
};

export type ReportChange = { readonly label: string; readonly value: number | null; readonly kind: ReportKind };

/** A picture as data; shared/charts makes the option of ECharts from it. `tableId`: the table that says the same. */
export type ReportChart = {
  readonly id: string;
  readonly title: string;
  readonly alt: string;
  readonly drawing: ReportDrawing;
  readonly tableId: string;
};

/** `name` is what tiles and columns are called; `inputs` say where each comes from. */
export type ReportMeasure = {
  readonly id: string;
  readonly name: string;
  readonly definition: string;
  readonly formula: string;
  readonly inputs: string;
  readonly unit: string;
  readonly rounding: string;
  readonly caveats: string;
};

export type ReportCheck = {
  readonly id: string;
  readonly title: string;
  readonly passed: boolean;
  readonly detail: string;
};

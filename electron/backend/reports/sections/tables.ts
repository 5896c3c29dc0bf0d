import { sumOf } from '#shared/lib/sum.ts';
import type { ReportCell, ReportColumn, ReportKind, ReportSection, ReportTable } from '#shared/model/report.ts';

export function textColumn(key: string, title: string): ReportColumn {
  return { key, title, kind: 'text', total: 'none' };
}

/** A column whose cells add to its total. */
export function addedColumn(key: string, title: string, kind: ReportKind): ReportColumn {
  return { key, title, kind, total: 'sum' };
}

/** A column whose cells do not add: shares of different wholes, ratios, names. */
export function plainColumn(key: string, title: string, kind: ReportKind): ReportColumn {
  return { key, title, kind, total: 'none' };
}

type TableDraft = Omit<ReportTable, 'note' | 'total'> & {
  readonly note?: string;
  /** Cells of the total by column, besides its name; sums that are left out are made here. Null: no total. */
  readonly total: Readonly<Record<string, ReportCell>> | null;
  readonly totalName?: string;
};

/** A table; its total names itself in the first column. */
export function tableOf({ note, total, totalName = 'Total', ...draft }: TableDraft): ReportTable {
  const { columns, rows } = draft;
  const cellOf = (column: ReportColumn, index: number): ReportCell => {
    if (index === 0) return totalName;
    const given = total?.[column.key];
    if (given !== undefined) return given;
    return column.total === 'sum' ? addedCells(rows.map((row) => row[index] ?? null)) : null;
  };
  return { ...draft, note: note ?? null, total: total === null || rows.length === 0 ? null : columns.map(cellOf) };
}

/** Null where no cell is known: that is not a sum of zero. */
function addedCells(cells: readonly ReportCell[]): number | null {
  const numbers = cells.filter((cell) => typeof cell === 'number');
  return numbers.length === 0 ? null : sumOf(numbers, (cell) => cell);
}

/** A section; what is left out is empty. */
export function sectionOf(draft: Pick<ReportSection, 'id' | 'title'> & Partial<ReportSection>): ReportSection {
  return {
    lead: [],
    tiles: [],
    charts: [],
    notes: [],
    emptyReason: null,
    workbookOnly: false,
    ...draft,
    // A head without rows says nothing; a note may say why there are none.
    tables: (draft.tables ?? []).filter(({ rows, note }) => rows.length > 0 || note !== null),
  };
}

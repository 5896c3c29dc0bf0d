import type { ReportCell, ReportKind } from '#shared/model/report.ts';
import { assertNever } from '#shared/lib/assert.ts';
import { epochMs } from '#shared/time/instant.ts';
import { wallClockAt } from '#shared/time/zone-clock.ts';
import type { CellStyle, SheetCell } from './sheet.ts';

/** A cell of a report with the type and number format of its kind; null stays an empty cell. Instants show in `zone`. */
export function typedCell(cell: ReportCell, kind: ReportKind, zone: string): SheetCell | null {
  if (cell === null) return null;
  if (typeof cell === 'boolean') return { kind: 'flag', value: cell, style: 'plain' };
  if (typeof cell === 'string') return kind === 'day' ? dayCell(cell) : { kind: 'text', text: cell, style: 'plain' };
  if (!Number.isFinite(cell)) return null;
  const value = kind === 'instant' ? serialOfInstant(cell, zone) : cell;
  return { kind: 'number', value, style: styleOfKind(kind) };
}

export function styleOfKind(kind: ReportKind): CellStyle {
  switch (kind) {
    case 'usd':
    case 'usd-per-mtok':
    case 'tokens':
    case 'count':
    case 'kwh':
    case 'ratio':
    case 'watts':
    case 'number':
    case 'day':
    case 'instant':
      return kind;
    case 'gpu-hours':
    case 'seconds':
      return 'hours';
    case 'text':
    case 'flag':
      return 'plain';
    default:
      return assertNever(kind);
  }
}

/** The same with a rule above and in bold, for the line of totals. */
export function totalStyleOfKind(kind: ReportKind): CellStyle {
  switch (kind) {
    case 'usd':
    case 'tokens':
    case 'kwh':
    case 'ratio':
    case 'usd-per-mtok':
      return `${kind} total`;
    case 'gpu-hours':
    case 'seconds':
      return 'hours total';
    case 'count':
    case 'watts':
    case 'number':
      return 'number total';
    case 'text':
    case 'flag':
    case 'day':
    case 'instant':
      return 'bold';
    default:
      return assertNever(kind);
  }
}

const DAY_MS = 86_400_000;

/** 1970-01-01 in the days that a spreadsheet counts from 1899-12-30. */
const EPOCH_SERIAL = 25_569;

function dayCell(day: string): SheetCell {
  const at = /^\d{4}-\d{2}-\d{2}$/u.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  // A day may be a span of days in words; what is no date stays the text it is.
  if (Number.isNaN(at)) return { kind: 'text', text: day, style: 'plain' };
  return { kind: 'number', value: at / DAY_MS + EPOCH_SERIAL, style: 'day' };
}

/** What the wall clock of the zone shows, since a spreadsheet knows no zones. */
function serialOfInstant(at: number, zone: string): number {
  const wall = wallClockAt(epochMs(at), zone);
  const minuteMs = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute);
  return (minuteMs + (at % 60_000)) / DAY_MS + EPOCH_SERIAL;
}

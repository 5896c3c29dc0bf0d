import { assertNever } from '#shared/lib/assert.ts';
import type { ReportCell, ReportColumn, ReportKind } from '#shared/model/report.ts';
import { decimalsOfPrice, formatFigure, formatNumber, formatWithUnit, UNKNOWN } from '#shared/units/format-quantity.ts';
import { formatDuration, formatInstant } from '#shared/units/format-time.ts';

/** How a report's figures are written. */
export type Manner = { readonly locale: string; readonly zone: string };

/** Decimals of kinds whose cells are rounded so that they add to their total. */
const FIXED_DECIMALS: Readonly<Partial<Record<ReportKind, number>>> = { usd: 2, 'gpu-hours': 2, kwh: 1, tokens: 0 };

export function fixedDecimalsOf(kind: ReportKind): number | null {
  return FIXED_DECIMALS[kind] ?? null;
}

/** A cell of a table: the unit stands in the column's head, so that a column's figures stand under each other. */
export function cellText(cell: ReportCell, kind: ReportKind, { locale, zone }: Manner): string {
  if (cell === null) return UNKNOWN;
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  if (typeof cell === 'string') return cell;
  if (!Number.isFinite(cell)) return UNKNOWN;
  const decimals = fixedDecimalsOf(kind);
  if (decimals !== null) return formatNumber(cell, decimals, locale);
  switch (kind) {
    case 'usd-per-mtok':
      return formatNumber(cell, decimalsOfPrice(cell), locale);
    case 'ratio':
      return percentText(cell, locale);
    case 'count':
      return formatNumber(cell, Number.isInteger(cell) ? 0 : 1, locale);
    case 'watts':
      return formatWithUnit(cell, 'W', { locale });
    case 'seconds':
      return formatDuration(cell);
    case 'instant':
      return formatInstant(cell, zone, 'input');
    case 'day':
    case 'text':
    case 'flag':
      return String(cell);
    case 'usd':
    case 'gpu-hours':
    case 'kwh':
    case 'tokens':
    case 'number':
      return formatNumber(cell, decimalsOfNumber(cell), locale);
    default:
      return assertNever(kind);
  }
}

/** Five digits that count: prices and rates by which somebody multiplies. Whole numbers stay whole. */
function decimalsOfNumber(value: number): number {
  const size = Math.abs(value);
  if (Number.isInteger(value)) return 0;
  return Math.max(2, Math.min(8, 4 - Math.floor(Math.log10(size))));
}

/** A share as percent; one above 1, such as of a budget, is no share and is not capped. The space does not break. */
export function percentText(value: number, locale = 'en-US'): string {
  const text = value > 1 ? formatNumber(value * 100, 1, locale) : formatFigure(value, 'ratio', { locale }).text;
  return `${text}\u{A0}%`;
}

/** A figure that stands alone, with its unit: `$12,408.55`, `3.18 B tok`. */
export function figureText(value: number | null, kind: ReportKind, manner: Manner): string {
  if (value === null) return UNKNOWN;
  if (kind === 'usd') return signed(value, `$${formatNumber(Math.abs(value), 2, manner.locale)}`);
  if (kind === 'usd-per-mtok')
    return signed(value, `$${formatNumber(Math.abs(value), decimalsOfPrice(value), manner.locale)}/Mtok`);
  if (kind === 'tokens') return formatWithUnit(value, 'token', { locale: manner.locale });
  const unit = unitOf(kind);
  return `${cellText(value, kind, manner)}${unit === null ? '' : ` ${unit}`}`;
}

/** A change with its sign, so that up and down are told apart without colour. */
export function changeText(value: number | null, kind: ReportKind, manner: Manner): string {
  if (value === null) return UNKNOWN;
  return value > 0 ? `+${figureText(value, kind, manner)}` : figureText(value, kind, manner);
}

function signed(value: number, text: string): string {
  return value < 0 && /[1-9]/u.test(text) ? `−${text}` : text;
}

/** What a column's head says of its unit; null where its cells carry it. */
export function unitOf(kind: ReportKind): string | null {
  return UNITS[kind] ?? null;
}

const UNITS: Readonly<Partial<Record<ReportKind, string>>> = {
  usd: 'USD',
  'usd-per-mtok': 'USD/Mtok',
  'gpu-hours': 'GPU-h',
  kwh: 'kWh',
};

export function columnHead({ title, kind }: ReportColumn): string {
  const unit = unitOf(kind);
  return unit === null ? title : `${title}, ${unit}`;
}

/** Columns of figures stand at the right. */
export function isNumeric(kind: ReportKind): boolean {
  return kind !== 'text' && kind !== 'day' && kind !== 'instant' && kind !== 'flag';
}

import type { ReportCell, ReportColumn, ReportKind } from '#shared/model/report.ts';
import { assertNever } from '#shared/lib/assert.ts';

/** What the numbers of a kind are counted in, as files say it; empty where they have no unit. */
export function unitOfKind(kind: ReportKind): string {
  switch (kind) {
    case 'usd':
      return 'USD';
    case 'usd-per-mtok':
      return 'USD/Mtok';
    case 'tokens':
      return 'tokens';
    case 'gpu-hours':
      return 'GPU-h';
    case 'kwh':
      return 'kWh';
    case 'watts':
      return 'W';
    case 'seconds':
      return 's';
    case 'ratio':
      return 'share 0 to 1';
    case 'instant':
      return 'UTC';
    case 'text':
    case 'count':
    case 'number':
    case 'day':
    case 'flag':
      return '';
    default:
      return assertNever(kind);
  }
}

/** The head of a column with its unit: `Cost [USD]`. */
export function headOf({ title, kind }: ReportColumn): string {
  const unit = unitOfKind(kind);
  return unit === '' ? title : `${title} [${unit}]`;
}

/** A cell for files that know no types: numbers unrounded, instants as ISO 8601, null as nothing. */
export function plainCell(cell: ReportCell, kind: ReportKind): string {
  if (cell === null) return '';
  if (typeof cell === 'boolean') return cell ? 'true' : 'false';
  if (typeof cell === 'string') return cell;
  if (!Number.isFinite(cell)) return '';
  return kind === 'instant' ? new Date(cell).toISOString() : String(cell);
}

import type { ReportCheck } from '#shared/model/report.ts';
import { tableOf, type FocusCheck, type FocusExport } from './checked-export.ts';
import { FILE_CHECKS } from './file-checks.ts';
import { FORMAT_CHECKS } from './format-checks.ts';
import { SUM_CHECKS } from './sum-checks.ts';

/** All rules in the order of their ids. */
export const FOCUS_CHECKS: readonly FocusCheck[] = [...FORMAT_CHECKS, ...SUM_CHECKS, ...FILE_CHECKS].toSorted(
  (one, other) => (one.id < other.id ? -1 : 1),
);

/** Findings of one check that are told in words; the rest is counted. */
const TOLD_MAX = 3;

/** Checks an export as it lies there, from the text of its files. */
export function checkFocusExport(exported: FocusExport): ReportCheck[] {
  const table = tableOf(exported.csv);
  return FOCUS_CHECKS.map(({ id, title, find, note }) => {
    if (table === null) return { id, title, passed: false, detail: 'the file is no CSV' };
    const found = find(table, exported);
    const more = found.length > TOLD_MAX ? `; and ${found.length - TOLD_MAX} more` : '';
    const detail = found.length > 0 ? found.slice(0, TOLD_MAX).join('; ') + more : (note?.(table, exported) ?? '');
    return { id, title, passed: found.length === 0, detail };
  });
}

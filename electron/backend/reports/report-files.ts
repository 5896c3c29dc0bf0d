import type { Report } from '#shared/model/report.ts';
import type { ReportFormat } from '#shared/model/report-settings.ts';
import { assertNever } from '#shared/lib/assert.ts';
import { csvTables } from './csv-tables.ts';
import type { FocusVersion } from './focus/focus-columns.ts';
import type { FocusFiles } from './focus/focus-export.ts';
import { reportJson } from './report-json.ts';
import { baseNameOf } from './report-name.ts';
import { reportWorkbook } from './xlsx/report-workbook.ts';

/** A file to write: its name, with `/` after a folder of its own, and its bytes in pieces. */
export type ReportFile = {
  readonly name: string;
  readonly pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
};

/** Makes the cost and usage of a report's time as a version of FOCUS: from the ledger, not from the report's tables. */
export type FocusMaker = (version: FocusVersion) => Promise<FocusFiles>;

/**
 * The files of a report in one format. What lays out pages and draws is loaded when it is first needed: it takes a second, and
 * most runs make no report.
 */
export async function filesOf(
  report: Report,
  format: ReportFormat,
  { signal, focus }: { readonly signal: AbortSignal; readonly focus: FocusMaker },
): Promise<readonly ReportFile[]> {
  const base = baseNameOf(report);
  switch (format) {
    case 'pdf': {
      const { writePdf } = await import('./pdf/write-pdf.ts');
      return [{ name: `${base}.pdf`, pieces: [await writePdf(report)] }];
    }
    case 'html': {
      const { writeHtml } = await import('./html/write-html.ts');
      return [{ name: `${base}.html`, pieces: [await writeHtml(report)] }];
    }
    case 'xlsx':
      return [{ name: `${base}.xlsx`, pieces: reportWorkbook(report, signal) }];
    case 'csv':
      return csvTables(report).map(({ name, pieces }) => ({ name: `${base}-csv/${name}`, pieces }));
    case 'json':
      return [{ name: `${base}.json`, pieces: reportJson(report) }];
    case 'focus':
      return focusFiles(await focus('1.2'));
    case 'focus-1.4':
      return focusFiles(await focus('1.4'));
    default:
      return assertNever(format);
  }
}

function focusFiles({ files }: FocusFiles): ReportFile[] {
  return files.map(({ name, bytes }) => ({ name, pieces: [bytes] }));
}

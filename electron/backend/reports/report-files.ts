import type { Report } from '#shared/model/report.ts';
import type { ReportFormat } from '#shared/model/report-settings.ts';
import { assertNever } from '#shared/lib/assert.ts';
import { csvTables } from './csv-tables.ts';
import { reportJson } from './report-json.ts';
import { reportWorkbook } from './xlsx/report-workbook.ts';

/** A file to write: its name, with `/` after a folder of its own, and its bytes in pieces. */
export type ReportFile = {
  readonly name: string;
  readonly pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
};

/**
 * The files of a report in one format. What lays out pages and draws is loaded when it is first needed: it takes a second, and
 * most runs make no report.
 */
export async function filesOf(
  report: Report,
  format: ReportFormat,
  signal: AbortSignal,
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
    default:
      return assertNever(format);
  }
}

/** `my-fleet-2026-10-open`: whose, which month, and that it is not final; safe on every file system. */
export function baseNameOf({ head }: Report): string {
  const { fleet, scope, month, window, zone, state } = head;
  const day = (at: number): string =>
    new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
  const period = month ?? `${day(window.from)}-to-${day(window.to - 1)}`;
  const parts = [fleet, ...(scope === null ? [] : [scope]), period, ...(state === 'closed' ? [] : [state])];
  return parts.map((part) => safePart(part)).join('-');
}

const PART_MAX = 40;

/** Letters, digits and dashes: nothing that a shell, a file system or a reader takes for more than a name. */
function safePart(text: string): string {
  const plain = text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/gu, '-');
  const part = plain.slice(0, PART_MAX).replaceAll(/^-+|-+$/gu, '');
  // Names that Windows keeps for devices stand for no file there.
  return part === '' || /^(?:con|prn|aux|nul|com\d|lpt\d)$/u.test(part) ? `fleet-${part}`.replace(/-$/u, '') : part;
}

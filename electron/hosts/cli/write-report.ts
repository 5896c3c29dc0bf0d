import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { writeWhole, type WrittenFile } from '#backend/reports/write-report.ts';
import type { ReportFile } from '#backend/reports/report-files.ts';
import { dataFolderOf } from '#electron/hosts/data-folder.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import type { ExportedAbout, ExportedName, ExportStatus } from '#shared/contract/report-calls-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { wallClockAt } from '#shared/time/zone-clock.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import { EXIT, failureOfCall, type CommandFailure, type ExitCode } from './exit-codes.ts';
import { plainText } from './plain-text.ts';
import { reachBackend, reachSnapshot } from './reach-backend.ts';
import type { ReportCommand } from './report-arguments.ts';
import type { Surroundings } from './surroundings.ts';
import { tableText } from './text-table.ts';

/** Has a report made by whoever holds the facts, and puts its files into the asked folder, all of them or none. */
export async function report(
  command: ReportCommand,
  surroundings: Surroundings,
): Promise<Result<ExitCode, CommandFailure>> {
  const { snapshot, data } = command;
  const reached = await (snapshot === null
    ? reachBackend(data ?? dataFolderOf(surroundings.env))
    : reachSnapshot(snapshot));
  if (!reached.ok) return reached;
  try {
    return await exported(command, reached.value.client, surroundings);
  } finally {
    await reached.value.close();
  }
}

/** Below this share of observed GPU time the figures are provisional. */
const COVERAGE_WARNING = 0.95;

async function exported(
  command: ReportCommand,
  client: BackendClient,
  { out, say, stop }: Surroundings,
): Promise<Result<ExitCode, CommandFailure>> {
  const month = await monthOf(command, client);
  if (!month.ok) return month;
  const { formats, scope, zone, locale, paper } = command;
  const begun = await client.exportReport({ month: month.value, formats: [...formats], scope, zone, locale, paper });
  if (!begun.ok) return fail(failureOfCall(begun.failure));
  const { id } = begun.value;
  const ended = await ending(client, id, stop);
  if (!ended.ok) return ended;
  const { files, about } = ended.value;
  const { out: folder, overwrites } = command;
  const written = await writeWhole(filesFrom(client, id, files), { folder, overwrites, signal: stop });
  if (!written.ok) {
    const { kind, message } = written.failure;
    const advice = kind === 'exists' ? ' Nothing was written: --overwrite replaces what is there.' : '';
    return fail({ code: kind === 'exists' ? EXIT.refusedInput : EXIT.failure, message: plainText(message) + advice });
  }
  const warnings = about === null ? [] : warningsOf(about);
  out(command.isJson ? jsonOf(folder, written.value, about) : textOfFiles(folder, written.value, about));
  for (const warning of warnings) say(`warning: ${warning}`);
  return succeed(warnings.length > 0 ? EXIT.dataQuality : EXIT.complete);
}

/** What `last` and `this` are depends on the zone of the report. */
async function monthOf({ month, zone }: ReportCommand, client: BackendClient): Promise<Result<string, CommandFailure>> {
  if (month !== 'last' && month !== 'this') return succeed(month);
  const [about, months] = [await client.capabilities({}), await client.reportMonths({})];
  if (!about.ok) return fail(failureOfCall(about.failure));
  if (!months.ok) return fail(failureOfCall(months.failure));
  const { year, month: current } = wallClockAt(about.value.now, zone ?? months.value.zone);
  const named = (y: number, m: number): string => `${y}-${String(m).padStart(2, '0')}`;
  if (month === 'this') return succeed(named(year, current));
  return succeed(current === 1 ? named(year - 1, 12) : named(year, current - 1));
}

/** Waits for the export; asked to stop, it cancels it. */
async function ending(
  client: BackendClient,
  id: string,
  stop: AbortSignal,
): Promise<Result<ExportStatus, CommandFailure>> {
  let seen = 0;
  const cancel = (): void => void client.cancelExport({ id });
  stop.addEventListener('abort', cancel, { once: true });
  try {
    while (true) {
      const status = await client.exportStatus({ id, seen });
      if (!status.ok) return fail(failureOfCall(status.failure));
      const { state, step, revision } = status.value;
      if (state === 'done') return succeed(status.value);
      if (state !== 'running') return fail({ code: EXIT.failure, message: plainText(step) });
      seen = revision;
    }
  } finally {
    stop.removeEventListener('abort', cancel);
  }
}

async function* filesFrom(
  client: BackendClient,
  id: string,
  files: readonly ExportedName[],
): AsyncGenerator<ReportFile> {
  for (const file of files) yield { name: file.name, pieces: piecesOf(client, id, file) };
}

/** The bytes of a file; what is not what was written there is an error. */
async function* piecesOf(
  client: BackendClient,
  id: string,
  { name, sha256 }: ExportedName,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let offset: number | null = 0;
  while (offset !== null) {
    const piece = await client.exportedFile({ id, name, offset });
    if (!piece.ok) throw new Error(piece.failure.message);
    const bytes = Buffer.from(piece.value.base64, 'base64');
    hash.update(bytes);
    yield bytes;
    offset = piece.value.next;
  }
  if (hash.digest('hex') !== sha256) throw new Error(`${name} did not arrive whole`);
}

function warningsOf({ observedShare, checksFailed }: ExportedAbout): readonly string[] {
  const coverage =
    observedShare === null
      ? ['the month has no data']
      : observedShare < COVERAGE_WARNING
        ? [`only ${formatWithUnit(observedShare, 'ratio')} of the GPU time was observed: unit costs are provisional`]
        : [];
  return [...coverage, ...checksFailed.map((check) => `the report's own check failed: ${plainText(check)}`)];
}

function jsonOf(folder: string, files: readonly WrittenFile[], about: ExportedAbout | null): string {
  const told = files.map((file) => ({ path: join(folder, file.name), ...file }));
  return JSON.stringify({ ...about, files: told }, null, 2);
}

function textOfFiles(folder: string, files: readonly WrittenFile[], about: ExportedAbout | null): string {
  const rows = files.map(({ name, bytes }) => [plainText(join(folder, name)), String(bytes), 'bytes']);
  const table = tableText(rows, { numeric: [1] });
  return about === null ? table : `${table}\nmonth ${about.month ?? ''}: ${about.state}, ${about.snapshotId}`;
}

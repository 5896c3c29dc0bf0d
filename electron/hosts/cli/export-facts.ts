import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportFile } from '#backend/reports/report-files.ts';
import { writeWhole } from '#backend/reports/write-report.ts';
import { readSnapshot } from '#backend/snapshot/open-snapshot.ts';
import { snapshotFolder } from '#backend/snapshot/snapshot-folder.ts';
import { dataFolderOf } from '#electron/hosts/data-folder.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { EXIT, failureOfCall, type CommandFailure, type ExitCode } from './exit-codes.ts';
import type { ExportCommand } from './export-arguments.ts';
import { plainText } from './plain-text.ts';
import { reachBackend } from './reach-backend.ts';
import { readWindow } from './read-instant.ts';
import type { Surroundings } from './surroundings.ts';
import { tableText } from './text-table.ts';

/**
 * Writes facts as Parquet files, with what they refer to as JSON, into a folder: all files or none. Facts of a running server
 * or a data folder come by way of a snapshot that goes again: whoever holds the store may write nowhere else.
 */
export async function exportFacts(
  command: ExportCommand,
  surroundings: Surroundings,
): Promise<Result<ExitCode, CommandFailure>> {
  if (command.snapshot !== null) return await unpack(command.snapshot, command, surroundings);
  const saved = await saveOwn(command, surroundings);
  if (!saved.ok) return saved;
  try {
    return await unpack(saved.value, command, surroundings);
  } finally {
    await rm(saved.value, { force: true });
  }
}

/** A snapshot under a name of its own; its path. */
async function saveOwn(command: ExportCommand, { env }: Surroundings): Promise<Result<string, CommandFailure>> {
  const dataFolder = command.data ?? dataFolderOf(env);
  const reached = await reachBackend(dataFolder);
  if (!reached.ok) return reached;
  const { client } = reached.value;
  try {
    const about = await client.capabilities({});
    if (!about.ok) return fail(failureOfCall(about.failure));
    const window = readWindow(command, about.value.now);
    if (!window.ok) return fail({ code: EXIT.wrongUse, message: window.failure.message });
    const name = `facts-export-${process.pid}-${about.value.now}.twsnap`;
    const saved = await client.saveSnapshot({ window: window.value, grain: command.grain, name });
    if (!saved.ok) return fail(failureOfCall(saved.failure));
    return succeed(join(await snapshotFolder(dataFolder), saved.value.name));
  } finally {
    await reached.value.close();
  }
}

/** What facts refer to: seats, spans, placements and meters by the numbers in the tables, and what the window is. */
const DESCRIPTIONS = ['manifest.json', 'fleet.json'];

async function unpack(
  path: string,
  { out: folder, overwrites, isJson }: ExportCommand,
  { out, stop }: Surroundings,
): Promise<Result<ExitCode, CommandFailure>> {
  const read = await readSnapshot(path);
  if (!read.ok)
    return fail({ code: EXIT.refusedInput, message: `the snapshot is refused: ${plainText(read.failure)}` });
  const { entries, manifest } = read.value;
  const wanted = [...entries].filter(([name]) => name.endsWith('.parquet') || DESCRIPTIONS.includes(name));
  const written = await writeWhole(filesOf(wanted), { folder, overwrites, signal: stop });
  if (!written.ok) {
    const { kind, message } = written.failure;
    const advice = kind === 'exists' ? ' Nothing was written: --overwrite replaces what is there.' : '';
    return fail({ code: kind === 'exists' ? EXIT.refusedInput : EXIT.failure, message: plainText(message) + advice });
  }
  const rowsOf = new Map(manifest.entries.map(({ name, rows }) => [name, rows]));
  const files = written.value.map((file) => ({ ...file, rows: rowsOf.get(file.name) ?? null }));
  const rows = files.map(({ name, bytes, rows: count }) => [name, String(bytes), count === null ? '' : String(count)]);
  const { window, grain } = manifest;
  out(
    isJson
      ? JSON.stringify({ folder, window, grain, files }, null, 2)
      : tableText([['file', 'bytes', 'rows'], ...rows], { numeric: [1, 2] }),
  );
  return succeed(EXIT.complete);
}

async function* filesOf(entries: readonly (readonly [string, Uint8Array])[]): AsyncGenerator<ReportFile> {
  for (const [name, bytes] of entries) yield { name, pieces: [bytes] };
}

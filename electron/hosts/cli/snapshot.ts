import { copyFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readSnapshot } from '#backend/snapshot/open-snapshot.ts';
import { aboutOf, snapshotFolder } from '#backend/snapshot/snapshot-folder.ts';
import { dataFolderOf } from '#electron/hosts/data-folder.ts';
import { grainInWords, type SnapshotAbout, type SnapshotFile } from '#shared/contract/snapshot-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { EXIT, failureOfCall, type CommandFailure, type ExitCode } from './exit-codes.ts';
import { plainText } from './plain-text.ts';
import { reachBackend } from './reach-backend.ts';
import { readWindow } from './read-instant.ts';
import { serve } from './serve.ts';
import type { SnapshotCommand } from './snapshot-arguments.ts';
import type { Surroundings } from './surroundings.ts';
import { tableText } from './text-table.ts';

/** Saves, opens, describes or checks a snapshot. A file that is refused ends with exit code 4 and the reason. */
export async function snapshot(
  command: SnapshotCommand,
  surroundings: Surroundings,
): Promise<Result<ExitCode, CommandFailure>> {
  switch (command.action) {
    case 'save':
      return await save(command, surroundings);
    case 'open':
      return await serve({ ...command.serve, snapshotPath: command.path }, surroundings);
    case 'inspect':
    case 'verify':
      return await describe(command, surroundings);
  }
}

type Of<Action> = Extract<SnapshotCommand, { readonly action: Action }>;

async function save(command: Of<'save'>, { env, out }: Surroundings): Promise<Result<ExitCode, CommandFailure>> {
  const dataFolder = command.data ?? dataFolderOf(env);
  const reached = await reachBackend(dataFolder);
  if (!reached.ok) return reached;
  const { client } = reached.value;
  try {
    const about = await client.capabilities({});
    if (!about.ok) return fail(failureOfCall(about.failure));
    const window = readWindow(command, about.value.now);
    if (!window.ok) return fail({ code: EXIT.wrongUse, message: window.failure.message });
    const { grain, hasPseudonyms } = command;
    const saved = await client.saveSnapshot({ window: window.value, grain, hasPseudonyms });
    if (!saved.ok) return fail(failureOfCall(saved.failure));
    const path = join(await snapshotFolder(dataFolder), saved.value.name);
    const copied = command.out === null ? succeed(path) : await copyWhole(path, command.out);
    if (!copied.ok) return fail({ code: EXIT.failure, message: copied.failure });
    out(
      command.isJson
        ? JSON.stringify({ path: copied.value, ...saved.value }, null, 2)
        : savedText(copied.value, saved.value),
    );
    return succeed(EXIT.complete);
  } finally {
    await reached.value.close();
  }
}

/** Beside the name first, then under it: there is never half a file. */
async function copyWhole(from: string, to: string): Promise<Result<string, string>> {
  const beside = `${to}.part-${process.pid}`;
  try {
    await copyFile(from, beside);
    await rename(beside, to);
    return succeed(to);
  } catch (error) {
    await rm(beside, { force: true });
    return fail(`the snapshot cannot be copied: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function savedText(path: string, { bytes, about }: SnapshotFile): string {
  return about === null ? path : `${path}\n${aboutText(about, bytes)}`;
}

async function describe(
  { action, path, isJson }: Of<'inspect' | 'verify'>,
  { out }: Surroundings,
): Promise<Result<ExitCode, CommandFailure>> {
  const read = await readSnapshot(path);
  const name = basename(path);
  if (!read.ok) {
    if (isJson) out(JSON.stringify({ name, isWhole: false, refusal: read.failure }, null, 2));
    return fail({ code: EXIT.refusedInput, message: `${plainText(name)} is refused: ${plainText(read.failure)}` });
  }
  const about = aboutOf(read.value);
  const { entries } = read.value.manifest;
  if (isJson) out(JSON.stringify({ name, isWhole: true, about, entries }, null, 2));
  else if (action === 'verify') out(`${plainText(name)} is whole and unchanged since it was made${signedText(about)}`);
  else {
    const rows = entries.map((entry) => [
      entry.name,
      String(entry.bytes),
      entry.rows === null ? '' : String(entry.rows),
    ]);
    const table = tableText([['entry', 'bytes', 'rows'], ...rows], { numeric: [1, 2] });
    out(`${aboutText(about, (await stat(path)).size)}\n\n${table}`);
  }
  return succeed(EXIT.complete);
}

function aboutText(about: SnapshotAbout, bytes: number): string {
  const { window, takenAt, hasPseudonyms, isSample, madeBy } = about;
  const instant = (at: typeof takenAt): string => `${formatInstant(at, 'UTC', 'input')} UTC`;
  return tableText([
    [
      'fleet',
      `${plainText(about.fleetName)}${isSample ? ' (invented data)' : ''}${hasPseudonyms ? ', under pseudonyms' : ''}`,
    ],
    ['window', `${instant(window.from)} to ${instant(window.to)}, ${grainInWords(about)}`],
    ['taken', `${instant(takenAt)} by ${plainText(madeBy)}`],
    ['seal', `whole and unchanged${signedText(about)}`],
    ['size', `${bytes} bytes`],
  ]);
}

function signedText({ signedBy }: SnapshotAbout): string {
  return signedBy === null ? ', not signed' : `, signed with the key ${signedBy}`;
}

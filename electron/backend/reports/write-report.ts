import { createHash, randomUUID } from 'node:crypto';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Report } from '#shared/model/report.ts';
import type { ReportFormat } from '#shared/model/report-settings.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { filesOf, type FocusMaker, type ReportFile } from './report-files.ts';

/** Where files go, and what may happen to what is there. */
export type Target = {
  /** Made when it is not there. */
  readonly folder: string;
  /** False leaves what is there already, and fails. */
  readonly overwrites: boolean;
  readonly signal: AbortSignal;
};

export type WriteAsk = Target & {
  readonly formats: readonly ReportFormat[];
  readonly focus: FocusMaker;
  readonly onProgress: (progress: WriteProgress) => void;
};

/** `share`: 0 to 1 of the formats that are written. */
export type WriteProgress = { readonly step: string; readonly share: number };

export type WrittenFile = {
  /** With `/` after a folder of its own. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
};

/** `cancelled` and `failed` leave nothing behind. */
export type WriteFailure = { readonly kind: 'cancelled' | 'exists' | 'failed'; readonly message: string };

/** Writes a report as files of each format, all or nothing. */
export async function writeReport(
  report: Report,
  { formats, focus, onProgress, ...target }: WriteAsk,
): Promise<Result<readonly WrittenFile[], WriteFailure>> {
  async function* files(): AsyncGenerator<ReportFile> {
    for (const [index, format] of formats.entries()) {
      onProgress({ step: `writing ${format}`, share: index / formats.length });
      yield* await filesOf(report, format, { signal: target.signal, focus });
    }
  }
  const written = await writeWhole(files(), target);
  if (written.ok) onProgress({ step: 'done', share: 1 });
  return written;
}

/**
 * Writes files all or nothing: into a hidden folder inside the asked one, flushed, and renamed to their names when the last one
 * is whole. A link in the place of a file is replaced, never followed.
 */
export async function writeWhole(
  files: AsyncIterable<ReportFile>,
  { folder, overwrites, signal }: Target,
): Promise<Result<readonly WrittenFile[], WriteFailure>> {
  const stage = join(folder, `.tokenwatt-${randomUUID()}.part`);
  try {
    await mkdir(stage, { recursive: true });
    const written = await writeFiles(files, stage, signal);
    signal.throwIfAborted();
    const placed = await placeFiles({ stage, folder, names: written.map(({ name }) => name), overwrites });
    return placed.ok ? succeed(written) : placed;
  } catch (error) {
    if (signal.aborted)
      return fail({ kind: 'cancelled', message: 'The export was cancelled; nothing was left behind.' });
    return fail({ kind: 'failed', message: `The report was not written: ${messageOf(error)}` });
  } finally {
    await rm(stage, { recursive: true, force: true }).catch(() => {});
  }
}

/** Into a folder where nothing is yet. */
async function writeFiles(
  files: AsyncIterable<ReportFile>,
  folder: string,
  signal: AbortSignal,
): Promise<readonly WrittenFile[]> {
  const written: WrittenFile[] = [];
  for await (const file of files) written.push(await writeFile(join(folder, file.name), file, signal));
  return written;
}

async function writeFile(path: string, file: ReportFile, signal: AbortSignal): Promise<WrittenFile> {
  await mkdir(dirname(path), { recursive: true });
  const hash = createHash('sha256');
  let bytes = 0;
  const handle = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of gathered(file.pieces)) {
      signal.throwIfAborted();
      hash.update(chunk);
      bytes += chunk.length;
      await handle.write(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { name: file.name, bytes, sha256: hash.digest('hex') };
}

/** Pieces may be single lines: they are written in blocks of this. */
const BLOCK_BYTES = 256 * 1024;

async function* gathered(pieces: ReportFile['pieces']): AsyncGenerator<Buffer> {
  let block: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    const bytes = Buffer.from(piece);
    block.push(bytes);
    length += bytes.length;
    if (length < BLOCK_BYTES) continue;
    yield Buffer.concat(block);
    block = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(block);
}

type PlaceAsk = {
  readonly stage: string;
  readonly folder: string;
  readonly names: readonly string[];
  readonly overwrites: boolean;
};

/** Moves whole files to their names: the staging folder is on the same file system. */
async function placeFiles({ stage, folder, names, overwrites }: PlaceAsk): Promise<Result<void, WriteFailure>> {
  for (const name of names) {
    const trouble = await troubleAt(folder, name, overwrites);
    if (trouble !== null) return fail({ kind: 'exists', message: trouble });
  }
  for (const name of names) {
    const to = join(folder, name);
    await mkdir(dirname(to), { recursive: true });
    await rename(join(stage, name), to);
  }
  return succeed(undefined);
}

/** Why a file may not go there, or null. A folder of its own that is a link would lead elsewhere. */
async function troubleAt(folder: string, name: string, overwrites: boolean): Promise<string | null> {
  const [first = '', ...rest] = name.split('/');
  const parent = rest.length === 0 ? null : await lstat(join(folder, first)).catch(() => null);
  if (parent !== null && !parent.isDirectory()) return `${first} is there already and is no folder.`;
  const there = await lstat(join(folder, name)).catch(() => null);
  if (there === null) return null;
  if (there.isDirectory()) return `${name} is there already and is a folder.`;
  return overwrites ? null : `${name} is there already.`;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

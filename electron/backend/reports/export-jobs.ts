import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '#backend/clock.ts';
import type { ExportedAbout, ExportStatus } from '#shared/contract/report-calls-schema.ts';
import type { Report } from '#shared/model/report.ts';
import type { ReportFormat } from '#shared/model/report-settings.ts';
import type { Result } from '#shared/lib/result.ts';
import type { BuildWatch } from './report-context.ts';
import type { FocusVersion } from './focus/focus-columns.ts';
import type { FocusFiles } from './focus/focus-export.ts';
import type { ReportFile } from './report-files.ts';
import { baseNameOf } from './report-name.ts';
import { messageOf, writeReport, writeWhole, type WriteFailure, type WrittenFile } from './write-report.ts';
import { zipPieces } from './zip-writer.ts';

/** What an export is to write: the report is made by the job itself, since that may take a while. */
export type ExportJob = {
  /** Lends what makes the report and its FOCUS, all of one instant, for as long as the work takes. */
  readonly lend: <Value>(work: (making: Making) => Promise<Value>) => Promise<Value>;
  readonly formats: readonly ReportFormat[];
  readonly isOneFile: boolean;
};

type Making = {
  readonly build: (watch: BuildWatch) => Promise<Report>;
  readonly focus: (report: Report, version: FocusVersion) => Promise<FocusFiles>;
};

/** Exports at work and the last finished ones, in temporary folders that go with them. */
export type ExportJobs = {
  start(job: ExportJob): string;
  /** Waits until there is more to say than `seen`, a few seconds at most; null of an export that is not known. */
  status(id: string, seen: number): Promise<ExportStatus | null>;
  cancel(id: string): boolean;
  /** A piece of a finished file; null where there is none. */
  read(id: string, name: string, offset: number): Promise<ExportedPiece | null>;
  close(): Promise<void>;
};

export type ExportedPiece = { readonly base64: string; readonly next: number | null };

/** Finished exports that are kept to be fetched; the oldest goes first. */
const KEPT_MAX = 6;

/** A piece of a file stays well below what a wire takes at once. */
const PIECE_BYTES = 3 * 1024 * 1024;

const WAIT_MS = 5000;

type Running = {
  status: ExportStatus;
  folder: string | null;
  readonly stop: AbortController;
  readonly waiting: Set<() => void>;
};

export function createExportJobs({ clock }: { readonly clock: Clock }): ExportJobs {
  const jobs = new Map<string, Running>();
  /** One after the other: two at once would need the memory of both. */
  let turn: Promise<void> = Promise.resolve();

  function change(job: Running, to: Partial<ExportStatus>): void {
    if (job.status.state !== 'running') return;
    job.status = { ...job.status, ...to, revision: job.status.revision + 1 };
    for (const wake of job.waiting) wake();
  }

  async function run(job: Running, { lend, ...wanted }: ExportJob): Promise<void> {
    if (job.stop.signal.aborted) return;
    try {
      await lend((making) => make(job, { ...wanted, ...making }));
    } catch (error) {
      change(job, { state: 'failed', step: `The report was not made: ${messageOf(error)}` });
    } finally {
      if (job.status.state !== 'done') await discard(job);
    }
  }

  async function make(job: Running, { build, focus, formats, isOneFile }: Omit<ExportJob, 'lend'> & Making) {
    change(job, { step: 'working out the figures' });
    const report = await build({
      signal: job.stop.signal,
      onProgress: ({ part }) => change(job, { step: `reading ${part}` }),
    });
    change(job, { about: aboutOf(report) });
    job.folder = await mkdtemp(join(tmpdir(), 'tokenwatt-report-'));
    const written = await writeInto(job.folder, report, { formats, isOneFile, focus, job, change });
    if (!written.ok) return change(job, { state: stateOf(written.failure), step: written.failure.message });
    change(job, { state: 'done', step: 'done', share: 1, files: written.value });
  }

  async function discard(job: Running): Promise<void> {
    if (job.folder !== null) await rm(job.folder, { recursive: true, force: true });
    job.folder = null;
  }

  function forgetOld(): void {
    const ended = [...jobs].filter(([, job]) => job.status.state !== 'running');
    for (const [id, job] of ended.slice(0, Math.max(0, ended.length - KEPT_MAX))) {
      jobs.delete(id);
      void discard(job);
    }
  }

  return {
    start: (ask) => {
      const id = randomUUID();
      const job: Running = { status: WAITING, folder: null, stop: new AbortController(), waiting: new Set() };
      jobs.set(id, job);
      forgetOld();
      turn = turn.then(() => run(job, ask));
      return id;
    },
    status: async (id, seen) => {
      const job = jobs.get(id);
      if (job === undefined) return null;
      if (job.status.state === 'running' && job.status.revision <= seen) await waitFor(job, clock);
      return job.status;
    },
    cancel: (id) => {
      const job = jobs.get(id);
      if (job === undefined || job.status.state !== 'running') return false;
      job.stop.abort();
      change(job, { state: 'cancelled', step: 'The export was cancelled; nothing was left behind.' });
      return true;
    },
    read: async (id, name, offset) => {
      const job = jobs.get(id);
      const file = job?.status.files.find((one) => one.name === name);
      if (job === undefined || job.folder === null || file === undefined || offset > file.bytes) return null;
      return await pieceOf(join(job.folder, name), offset, file.bytes);
    },
    close: async () => {
      for (const job of jobs.values()) job.stop.abort();
      await turn;
      await Promise.all([...jobs.values()].map(discard));
      jobs.clear();
    },
  };
}

const WAITING: ExportStatus = {
  revision: 1,
  state: 'running',
  step: 'waiting for another export',
  share: 0,
  files: [],
  about: null,
};

async function waitFor(job: Running, clock: Clock): Promise<void> {
  const late = new AbortController();
  await new Promise<void>((resolve) => {
    job.waiting.add(resolve);
    void clock.sleep(WAIT_MS, late.signal).then(() => {
      job.waiting.delete(resolve);
      resolve();
    });
  });
  late.abort();
}

type WriteInto = Omit<ExportJob, 'lend'> &
  Pick<Making, 'focus'> & {
    readonly job: Running;
    readonly change: (job: Running, to: Partial<ExportStatus>) => void;
  };

async function writeInto(
  folder: string,
  report: Report,
  { formats, isOneFile, focus, job, change }: WriteInto,
): Promise<Result<readonly WrittenFile[], WriteFailure>> {
  const { signal } = job.stop;
  const written = await writeReport(report, {
    formats,
    focus: async (version) => {
      const made = await focus(report, version);
      change(job, { about: withFocus(job.status.about, made, version) });
      return made;
    },
    folder,
    overwrites: true,
    signal,
    onProgress: (progress) => change(job, progress),
  });
  if (!written.ok || !isOneFile || written.value.length === 1) return written;
  const name = `${baseNameOf(report)}.zip`;
  return await writeWhole(zipped(name, folder, written.value, signal), { folder, overwrites: true, signal });
}

async function* zipped(
  name: string,
  folder: string,
  files: readonly WrittenFile[],
  signal: AbortSignal,
): AsyncGenerator<ReportFile> {
  yield { name, pieces: zipPieces(zipEntries(folder, files), signal) };
}

function zipEntries(folder: string, files: readonly WrittenFile[]) {
  return files.map(({ name }) => ({ name, pieces: createReadStream(join(folder, name)) as AsyncIterable<Uint8Array> }));
}

async function pieceOf(path: string, offset: number, bytes: number): Promise<ExportedPiece> {
  const length = Math.min(PIECE_BYTES, bytes - offset);
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
    const next = offset + bytesRead;
    return { base64: buffer.subarray(0, bytesRead).toString('base64'), next: next < bytes ? next : null };
  } finally {
    await handle.close();
  }
}

/** What is said of an export, with the rules of FOCUS that failed. */
function withFocus(about: ExportedAbout | null, { checks }: FocusFiles, version: FocusVersion): ExportedAbout | null {
  const failed = checks.filter(({ passed }) => !passed).map(({ id, title }) => `${id} ${title} (FOCUS ${version})`);
  return about === null ? null : { ...about, checksFailed: [...about.checksFailed, ...failed] };
}

function stateOf({ kind }: WriteFailure): 'cancelled' | 'failed' {
  return kind === 'cancelled' ? 'cancelled' : 'failed';
}

function aboutOf({ head, checks }: Report): ExportedAbout {
  const { observedSeconds, expectedSeconds } = head.coverage;
  return {
    month: head.month,
    state: head.state,
    snapshotId: head.snapshotId,
    observedShare: expectedSeconds > 0 ? observedSeconds / expectedSeconds : null,
    checksFailed: checks.filter(({ passed }) => !passed).map(({ id, title }) => `${id} ${title}`),
  };
}

import { readFile, stat } from 'node:fs/promises';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { safeText } from '../http/safe-text.ts';
import type { NvidiaSmiReport } from '../nvidia-smi/parse-nvidia-smi.ts';
import { parseNvidiaSmiXml } from '../nvidia-smi/parse-nvidia-smi-xml.ts';
import { XML_BYTES_MAX } from '../nvidia-smi/xml-guard.ts';
import { driverRead, type OnRead } from '../signals/target-read.ts';
import type { Source } from '../source.ts';
import { createTargetStatus } from '../target-status.ts';

type Options = {
  readonly name: string;
  readonly path: string;
  /** The machine that the file tells of; the file itself names none. */
  readonly node: string | null;
  readonly now: () => EpochMs;
  readonly pollSeconds: number;
  readonly onRead?: OnRead;
};

/** A file that is written anew more slowly than this, s, is a row of single readings: nobody watched between two. */
const SPACING_SECONDS_MAX = 300;

/** A stamp further ahead than this, ms, was written under another time zone or a wrong clock. */
const AHEAD_MAX_MS = 60_000;

/** What makes a file another one: when it was written, and how long it is. */
type Version = { readonly modifiedMs: number; readonly bytes: number };

/**
 * The saved output of `nvidia-smi -q -x`, read again whenever the file was written anew. A reading is of the instant that
 * the file itself names, never of the poll: the same file gives one reading, however often it is polled.
 */
export function createSavedFileSource({ name, path, node, now, pollSeconds, onRead }: Options): Source {
  const status = createTargetStatus(name, path);
  let read: Version | null = null;
  let taken: EpochMs | null = null;

  async function changed(): Promise<Result<Version | null, string>> {
    try {
      const { mtimeMs: modifiedMs, size: bytes } = await stat(path);
      if (bytes > XML_BYTES_MAX) return fail(`The file is larger than ${XML_BYTES_MAX / 2 ** 20} MiB.`);
      const isKnown = read !== null && read.modifiedMs === modifiedMs && read.bytes === bytes;
      return succeed(isKnown ? null : { modifiedMs, bytes });
    } catch (error) {
      return fail(unreadable(error));
    }
  }

  return {
    name,
    history: null,
    poll: async (deliver) => {
      const version = await changed();
      if (!version.ok) {
        read = null;
        return status.failed(now(), version.failure);
      }
      if (version.value === null) return;
      const report = await reportIn(path, node);
      read = version.value;
      if (!report.ok) return status.failed(now(), report.failure);
      const at = report.value.takenAt;
      if (at === null) return status.failed(now(), 'The file does not say when it was taken.');
      if (at > now() + AHEAD_MAX_MS)
        return status.failed(now(), `The file says it was taken at ${stampText(at)}, which is still to come.`);
      const { gpus, problems, silent } = report.value;
      status.heard(at, gpus.length, 'gpu', problems);
      status.note([savedText(at), ...silent].join('; '));
      onRead?.(
        driverRead(
          'nvidia-smi',
          gpus.map(({ sample }) => sample),
        ),
      );
      if (taken !== null && at <= taken) return;
      const spacing = taken === null ? null : (at - taken) / 1000;
      taken = at;
      const samples = gpus.map(({ sample }) => sample);
      const intervalSeconds = spacing === null || spacing > SPACING_SECONDS_MAX ? null : spacing;
      const nothing = { engines: [], meters: [] };
      deliver({ target: path, at, monotonicMs: null, intervalSeconds, gpus: samples, ...nothing, problems });
    },
    health: (at) => {
      const health = status.health(at, pollSeconds);
      const { state, reason, since } = health;
      return { name, kind: 'file', address: path, state, reason, since, notes: [], backfill: null, targets: [health] };
    },
    close: () => {},
  };
}

async function reportIn(path: string, node: string | null): Promise<Result<NvidiaSmiReport, string>> {
  try {
    const report = await parseNvidiaSmiXml(await readFile(path), node);
    return report.ok ? report : fail(report.failure.message);
  } catch (error) {
    return fail(unreadable(error));
  }
}

function unreadable(error: unknown): string {
  const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  if (isAbsent) return 'There is no such file: save one by nvidia-smi -q -x, or remove this source.';
  return `The file cannot be read: ${safeText(error instanceof Error ? error.message : String(error), [])}`;
}

function savedText(at: EpochMs): string {
  return `A saved file, taken at ${stampText(at)}: it says nothing of now`;
}

function stampText(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

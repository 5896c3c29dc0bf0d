import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, succeed, type Result } from '#shared/lib/result.ts';

/**
 * `running.json` in the data folder: where the running server can be reached, and the token that opens it. Readable by
 * its owner only, made exclusively, removed at the end. A crash leaves it behind: then nobody proves to know its token.
 */

const schema = z.strictObject({
  pid: z.number().int().positive(),
  port: z.number().int().min(1).max(65_535),
  token: z.string().regex(/^[0-9a-f]{64}$/),
});

export type Running = z.output<typeof schema>;

/** Whether the server that a file speaks of is really there. */
export type IsAlive = (running: Running) => Promise<boolean>;

export type RunningFailure = { readonly kind: 'locked' | 'failed'; readonly message: string };

/** What the file says, or null when there is none or it is damaged. */
export function readRunning(folder: string): Running | null {
  try {
    return schema.parse(JSON.parse(readFileSync(pathIn(folder), 'utf8')));
  } catch {
    return null;
  }
}

/** Writes the file for this server and gives the function that removes it; fails while another server is alive. */
export async function claimRunning(
  folder: string,
  running: Running,
  isAlive: IsAlive,
): Promise<Result<() => void, RunningFailure>> {
  const failed = (code: string) =>
    fail({ kind: 'failed' as const, message: `cannot write ${pathIn(folder)}: ${code}` });
  const folderCode = errorCodeOf(() => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  if (folderCode !== null) return failed(folderCode);
  // Twice: once for a file that a crash left behind, which is taken away first.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const code = errorCodeOf(() => writeFileSync(pathIn(folder), JSON.stringify(running), { flag: 'wx', mode: 0o600 }));
    if (code === null) return succeed(() => release(folder, running));
    if (code !== 'EEXIST') return failed(code);
    const other = readRunning(folder);
    if (other !== null && (await isAlive(other))) return fail(lockedBy(other));
    const removalCode = errorCodeOf(() => rmSync(pathIn(folder), { force: true }));
    if (removalCode !== null) return failed(removalCode);
  }
  return fail({ kind: 'locked', message: 'another Tokenwatt is starting at this moment' });
}

function lockedBy({ pid }: Running): RunningFailure {
  return { kind: 'locked', message: `Tokenwatt is running already, as process ${pid}` };
}

/** The system's code for what went wrong in the action, or null when nothing did. */
function errorCodeOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown error';
  }
}

/** Removes the file, unless a later server has put its own there. */
function release(folder: string, running: Running): void {
  if (readRunning(folder)?.token === running.token) errorCodeOf(() => rmSync(pathIn(folder), { force: true }));
}

function pathIn(folder: string): string {
  return join(folder, 'running.json');
}

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { SecretKeeping, Secrets } from './secrets.ts';

/** How values are written: as they are, or sealed by the system's key store. */
export type Seal = {
  readonly kind: 'plain' | 'sealed';
  readonly seal: (value: string) => Promise<Result<string, string>>;
  /** `again`: the value has to be sealed anew, because the system changed its key. */
  readonly unseal: (text: string) => Promise<Result<{ readonly value: string; readonly again: boolean }, string>>;
};

export const PLAIN: Seal = {
  kind: 'plain',
  seal: async (value) => succeed(value),
  unseal: async (value) => succeed({ value, again: false }),
};

const FILE = 'secrets.json';
const BYTES_MAX = 4 * 1024 * 1024;

const entry = z.strictObject({ kind: z.enum(['plain', 'sealed']), text: z.string() });
const contents = z.strictObject({ version: z.literal(1), secrets: z.record(z.string(), entry) });
type Contents = z.output<typeof contents>;

/**
 * Secrets in `secrets.json` of the data folder, for its owner alone: a file that others may read is not read. Each change
 * is written beside it and put in its place at once, so that it is whole or unchanged. It is read anew at every question:
 * a value changed by hand works without a restart.
 */
export function createFileSecrets(dataFolder: string, seal: Seal, keeping: SecretKeeping): Secrets {
  const path = join(dataFolder, FILE);
  // One change at a time: each starts from what the one before left.
  let last: Promise<unknown> = Promise.resolve();

  const change = (edit: (all: Map<string, Contents['secrets'][string]>) => void): Promise<Result<void, string>> => {
    const turn = last.then(async () => {
      const read = await readContents(path);
      if (!read.ok) return read;
      const all = new Map(Object.entries(read.value.secrets));
      edit(all);
      return await writeContents(dataFolder, { version: 1, secrets: Object.fromEntries(all) });
    });
    last = turn;
    return turn;
  };
  const set: Secrets['set'] = async (name, value) => {
    const sealed = await seal.seal(value);
    if (!sealed.ok) return sealed;
    return await change((all) => all.set(name, { kind: seal.kind, text: sealed.value }));
  };

  return {
    set,
    get: async (name) => {
      const read = await readContents(path);
      if (!read.ok) return read;
      const found = Object.hasOwn(read.value.secrets, name) ? read.value.secrets[name] : undefined;
      if (found === undefined) return succeed(null);
      if (found.kind === 'plain') return succeed(found.text);
      if (seal.kind === 'plain') {
        return fail(`The secret "${name}" is sealed for the window of this machine: set it again for this program.`);
      }
      const opened = await seal.unseal(found.text);
      if (!opened.ok) return opened;
      if (opened.value.again) await set(name, opened.value.value);
      return succeed(opened.value.value);
    },
    remove: (name) => change((all) => all.delete(name)),
    names: async () => {
      const read = await readContents(path);
      return read.ok ? succeed(Object.keys(read.value.secrets).toSorted()) : read;
    },
    keeping: async () => keeping,
  };
}

const NOTHING: Contents = { version: 1, secrets: {} };

async function readContents(path: string): Promise<Result<Contents, string>> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { mode, size } = await file.stat();
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      return fail(`${path} can be read by others, so it is not used: chmod 600 it, and change the secrets in it.`);
    }
    if (size > BYTES_MAX) return fail(`${path} is too large to be a file of secrets.`);
    const parsed = contents.safeParse(JSON.parse(await file.readFile('utf8')));
    return parsed.success ? succeed(parsed.data) : fail(`${path} is not a file of secrets that this version knows.`);
  } catch (error) {
    // The text of an error may quote the file, and so a secret: its code says enough.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'not JSON';
    return code === 'ENOENT' ? succeed(NOTHING) : fail(`${path} cannot be read: ${code}.`);
  } finally {
    await file?.close();
  }
}

async function writeContents(dataFolder: string, next: Contents): Promise<Result<void, string>> {
  const path = join(dataFolder, FILE);
  const beside = `${path}.${randomUUID()}`;
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(next, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
    return succeed(undefined);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown trouble';
    await rm(beside, { force: true }).catch(() => undefined);
    return fail(`${path} cannot be written: ${code}.`);
  }
}

import { readdir, readFile, readlink } from 'node:fs/promises';
import { settingsOfCommand } from './command-settings.ts';

/** Finds the processes of a server on this machine: the one that listens at a port, and all that it started. */
export type ListeningProcesses = {
  /** Empty where the system does not say: another system than Linux, or processes of other users. */
  readonly at: (port: number) => Promise<Listening>;
};

/** A server's processes, and what the one that listens was launched with, as far as that is listed by name. */
export type Listening = { readonly pids: readonly number[]; readonly settings: string | null };

/** A server is another after a restart: asked again so often, ms. */
const ASK_AGAIN_MS = 30_000;

const LISTENING = '0A';
const PROCESSES_MAX = 100_000;

/**
 * Reads them from the proc file system: the socket that listens at the port, the process that holds it, and its children,
 * which in most engines are the ones that work on the GPUs. Source: proc(5), /proc/net/tcp, /proc/PID/fd, /proc/PID/stat,
 * /proc/PID/cmdline.
 */
export function createListeningProcesses(monotonicMs: () => number, root = '/proc'): ListeningProcesses {
  const known = new Map<number, { readonly listening: Listening; readonly at: number }>();
  return {
    at: async (port) => {
      const before = known.get(port);
      if (before !== undefined && monotonicMs() - before.at < ASK_AGAIN_MS) return before.listening;
      const listening = await listeningAt(port, root);
      known.set(port, { listening, at: monotonicMs() });
      return listening;
    },
  };
}

async function listeningAt(port: number, root: string): Promise<Listening> {
  const sockets = await socketsAt(port, root);
  if (sockets.size === 0) return { pids: [], settings: null };
  const pids = (await namesIn(root)).map(Number).filter((pid) => Number.isInteger(pid) && pid > 0);
  const bounded = pids.slice(0, PROCESSES_MAX);
  const holders: number[] = [];
  const parents = new Map<number, number>();
  for (const pid of bounded) {
    const parent = await parentOf(pid, root);
    if (parent !== null) parents.set(pid, parent);
    if (await holdsOneOf(sockets, pid, root)) holders.push(pid);
  }
  const [first] = holders;
  const command = first === undefined ? '' : await textOf(`${root}/${first}/cmdline`);
  return { pids: withDescendants(holders, parents), settings: settingsOfCommand(command.split('\0')) };
}

/** Inodes of the sockets that listen at a port: `sl local_address rem_address st ... inode`, addresses in hexadecimal. */
async function socketsAt(port: number, root: string): Promise<ReadonlySet<string>> {
  const tables = await Promise.all(['net/tcp', 'net/tcp6'].map((name) => textOf(`${root}/${name}`)));
  const rows = tables.flatMap((table) => table.split('\n').slice(1)).map((row) => row.trim().split(/\s+/));
  const listening = rows.filter((row) => row[3] === LISTENING && portOf(row[1]) === port);
  return new Set(listening.flatMap((row) => (row[9] === undefined ? [] : [`socket:[${row[9]}]`])));
}

function portOf(address: string | undefined): number {
  return Number.parseInt(address?.split(':')[1] ?? '', 16);
}

async function holdsOneOf(sockets: ReadonlySet<string>, pid: number, root: string): Promise<boolean> {
  const folder = `${root}/${pid}/fd`;
  for (const name of await namesIn(folder)) {
    const target = await readlink(`${folder}/${name}`).catch(() => '');
    if (sockets.has(target)) return true;
  }
  return false;
}

/** The name of a process stands in brackets and may hold anything: fields are counted from the last one. */
async function parentOf(pid: number, root: string): Promise<number | null> {
  const text = await textOf(`${root}/${pid}/stat`);
  const parent = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  return Number.isInteger(parent) && parent > 0 ? parent : null;
}

function withDescendants(holders: readonly number[], parents: ReadonlyMap<number, number>): readonly number[] {
  const children = Map.groupBy(parents.keys(), (pid) => parents.get(pid));
  const found = new Set(holders);
  for (const pid of found) for (const child of children.get(pid) ?? []) found.add(child);
  return [...found];
}

async function textOf(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(() => []);
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program of ours in a process of its own, and the first line that it printed. */
export type Child = { readonly pid: number; readonly greeting: string; stop(): Promise<void> };

/** Starts a program of this checkout under our own Node; it greets with a line when it is ready. */
export async function startChild(
  path: string,
  args: readonly string[],
  nodeFlags: readonly string[] = [],
): Promise<Child> {
  const program = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const child = spawn(process.execPath, [...nodeFlags, program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${path} ended before it was ready`)));
  const [greeting] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  ended.catch(() => undefined);
  child.stdout.resume();
  return { pid: child.pid ?? 0, greeting, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readRunning, type Running } from '#electron/hosts/running-file.ts';
import { callServer } from '#electron/hosts/server-client.ts';
import type { Overview } from '#shared/contract/backend-api.ts';
import type { BenchRow } from './bench-row.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SECONDS_MAX = 10;
const GIVEN_UP_SECONDS = 120;
const HOUR_MS = 3_600_000;

/**
 * `npm start` on the sample fleet, from the command to the first dollars per million tokens that a browser could show:
 * Node, the check of the packages, builds where a source is newer than its build, the fleet, two polls and the answer.
 */
export async function benchStart(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-start-'));
  const startedAt = performance.now();
  // Without a display it is the server that starts: the same on every machine.
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
  const child = spawn('npm', ['start', '--silent', '--', '--data', folder, '--no-open'], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  try {
    const running = await until(startedAt, () => readRunning(folder));
    const served = secondsSince(startedAt);
    await until(startedAt, () => firstCost(running));
    return [rowOf(secondsSince(startedAt), served)];
  } finally {
    await endGroup(child.pid ?? 0);
    await rm(folder, { recursive: true });
  }
}

/** npm hands no signal on to what it runs, so the whole group that it leads, which is ours alone, is told to end. */
async function endGroup(leader: number): Promise<void> {
  for (let signal: 'SIGTERM' | 0 = 'SIGTERM'; isSent(-leader, signal); signal = 0) await sleep(50);
}

/** False when nobody is left to hear it. */
function isSent(group: number, signal: 'SIGTERM' | 0): boolean {
  try {
    return process.kill(group, signal);
  } catch {
    return false;
  }
}

async function firstCost(running: Running): Promise<number | null> {
  const window = { from: Date.now() - HOUR_MS, to: Date.now() };
  const answer = await callServer(running, 'overview', { window });
  return answer.ok ? (answer.value as Overview).now.cost.value : null;
}

async function until<Value>(startedAt: number, look: () => Promise<Value | null> | Value | null): Promise<Value> {
  while (secondsSince(startedAt) < GIVEN_UP_SECONDS) {
    const found = await look();
    if (found !== null) return found;
    await sleep(50);
  }
  throw new Error(`npm start showed no number within ${GIVEN_UP_SECONDS} s`);
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}

function rowOf(seconds: number, served: number): BenchRow {
  return {
    name: 'npm start to the first number, sample fleet',
    ours: `${seconds.toFixed(1)} s (serving after ${served.toFixed(1)} s)`,
    reference: '',
    ratio: '',
    target: `< ${SECONDS_MAX} s`,
    met: seconds < SECONDS_MAX,
  };
}

if (import.meta.main) console.table(await benchStart());

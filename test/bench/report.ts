import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './bench-row.ts';
import { memoryOf } from './process-use.ts';
import { writeMonth } from './snapshot.ts';

/** The month that holds most of the fleet's thirty days: all of its days but the first four. */
const MONTH = '2026-01';
const SECONDS_MAX = 20;
const MEGABYTES_MAX = 600;

/** A month's report as PDF, workbook and FOCUS, by the command line in a process of its own: its time and highest memory. */
export async function benchReport(gpus = 1024): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-bench-'));
  try {
    await writeMonth(join(folder, 'facts.duckdb'), gpus);
    const out = join(folder, 'out');
    const start = performance.now();
    const peak = await peakOf([
      'report',
      '--month',
      MONTH,
      '--format',
      'pdf,xlsx,focus',
      '--data',
      folder,
      '--out',
      out,
    ]);
    const seconds = (performance.now() - start) / 1000;
    const files = await readdir(out);
    const name = `report of a month of ${gpus.toLocaleString('en')} GPUs, ${files.length} files`;
    return [rowOf(`${name}, s`, seconds, SECONDS_MAX), rowOf('its highest memory, MB', peak, MEGABYTES_MAX)];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function rowOf(name: string, value: number, most: number): BenchRow {
  return { name, ours: value.toFixed(1), reference: '', ratio: '', target: `< ${most}`, met: value < most };
}

const LOOK_MS = 50;

/** Highest resident memory of a command of ours, MB, as last seen before it ended. */
async function peakOf(args: readonly string[]): Promise<number> {
  const program = fileURLToPath(new URL('../../electron/hosts/cli/main.ts', import.meta.url));
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  let peak = 0;
  const look = setInterval(() => {
    try {
      peak = Math.max(peak, memoryOf(child.pid ?? 0).peak || 0);
    } catch {
      // It has ended between two looks.
    }
  }, LOOK_MS);
  await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(look);
  return peak;
}

if (import.meta.main) console.table(await benchReport(Number(process.argv[2] ?? 1024)));

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { configSchema, type Config } from '#backend/config.ts';
import type { SampleFleet } from '#backend/create-backend.ts';

/** A day is shown in steps of minutes, and its last hours are what is looked at first; older weeks are read five times faster. */
const SAMPLE_FINE_HOURS = 3;

/** The sample fleet says its addresses in its first line; it has this long to do so. */
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 2000;

const greeting = z.object({ url: z.url(), sd: z.url(), prometheus: z.url(), historyHours: z.number() });

export type SampleFleetOptions = {
  /** The Node that runs it. */
  readonly node?: string;
  readonly program?: string;
};

/**
 * Starts the sample fleet as a process of its own and gives the configuration that polls it. It ends with us, whatever
 * way we end: it watches its standard input. Throws when it does not start: then the checkout is broken.
 */
export async function startSampleFleet(options: SampleFleetOptions = {}): Promise<SampleFleet> {
  const program = options.program ?? fileURLToPath(new URL('../sample-fleet/main.ts', import.meta.url));
  const child = spawn(options.node ?? process.execPath, [program, '--end-with-parent'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    return { config: configOf(await firstLineOf(child)), stop: () => stop(child) };
  } catch (cause) {
    await stop(child);
    throw new Error('the sample fleet did not start', { cause });
  }
}

/** The configuration that polls the fleet whose first line this is; the window starts its fleet in its own way. */
export function configOf(firstLine: string): Config {
  const { sd, prometheus, historyHours } = greeting.parse(JSON.parse(firstLine));
  return configSchema.parse({
    fleetName: 'Sample fleet',
    pollSeconds: 5,
    // Left running for days it must not fill the disk: hours at full resolution are enough to look at, and an update is
    // judged by the minutes of the weeks around it.
    retention: { rawDays: 0.25, minuteDays: 35, hourDays: 60 },
    sources: [
      { kind: 'discovery', name: 'sample exporters', url: sd },
      {
        kind: 'prometheus',
        name: 'sample history',
        url: prometheus,
        use: 'history',
        backfillHours: historyHours,
        fineHours: SAMPLE_FINE_HOURS,
      },
    ],
  });
}

async function firstLineOf(child: ChildProcess): Promise<string> {
  const output = child.stdout;
  if (output === null) throw new Error('the sample fleet has no output');
  const lines = createInterface({ input: output });
  const signal = AbortSignal.timeout(START_LIMIT_MS);
  const failure = Promise.race([
    once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`it ended with exit code ${code}`))),
    once(child, 'error', { signal }).then(([error]) => Promise.reject(error as Error)),
  ]);
  const line = once(lines, 'line', { signal }).then(([text]) => String(text));
  try {
    return await Promise.race([line, failure]);
  } finally {
    failure.catch(() => undefined);
    line.catch(() => undefined);
    lines.close();
    // What it may say later is not read by anybody, and must not fill the pipe.
    output.resume();
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.stdin?.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
}

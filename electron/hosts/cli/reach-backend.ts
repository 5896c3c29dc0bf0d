import { existsSync, readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { Backend } from '#backend/create-backend.ts';
import { callServer, presenceOf } from '#electron/hosts/server-client.ts';
import { readRunning, type Running } from '#electron/hosts/running-file.ts';
import { startSampleFleet } from '#electron/hosts/sample-fleet-process.ts';
import { createClient, type BackendClient } from '#shared/contract/client.ts';
import { dispatch } from '#shared/contract/dispatch.ts';
import type { Transport } from '#shared/contract/transport.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { EXIT, failureOfBackend, type CommandFailure } from './exit-codes.ts';

/** A backend to ask, wherever it is, and how to let it go. */
export type Reached = { readonly client: BackendClient; close(): Promise<void> };

/** The running server when there is one; else the stored facts, held by ourselves without polling anything. */
export async function reachBackend(dataFolder: string): Promise<Result<Reached, CommandFailure>> {
  const running = readRunning(dataFolder);
  const presence = running === null ? 'gone' : await presenceOf(running);
  if (running !== null && presence === 'silent') return fail(silent(running));
  if (running !== null && presence === 'ours') {
    const client = clientOf((name, input) => callServer(running, name, input));
    return succeed({ client, close: () => Promise.resolve() });
  }
  if (!hasStore(dataFolder)) return fail(nothingToAsk(dataFolder));
  keepHeapSmall();
  const { createBackend } = await import('#backend/create-backend.ts');
  // One question needs no polling: whoever asks it wants what is stored.
  const made = await createBackend({ host: 'cli', dataFolder, polls: false, startSampleFleet });
  if (!made.ok) return fail(failureOfBackend(made.failure));
  return succeed(held(made.value));
}

/** A snapshot file, held by ourselves. */
export async function reachSnapshot(path: string): Promise<Result<Reached, CommandFailure>> {
  keepHeapSmall();
  const { createBackend } = await import('#backend/create-backend.ts');
  const made = await createBackend({
    host: 'cli',
    dataFolder: null,
    polls: false,
    startSampleFleet,
    snapshotPath: path,
  });
  return made.ok ? succeed(held(made.value)) : fail(failureOfBackend(made.failure));
}

/**
 * On a machine with much memory V8 lets garbage heap up to three times what is in use before it collects. A command that runs
 * once beside others collects sooner: a report of 1,024 GPUs peaks at 535 MB instead of 633, in the same time.
 */
function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=30');
}

function held(backend: Backend): Reached {
  const client = clientOf((name, input) => dispatch(backend.api, name, input));
  return { client, close: () => backend.stop() };
}

function clientOf(call: Transport['call']): BackendClient {
  return createClient({ call, subscribe: () => () => undefined, onConnection: () => () => undefined });
}

function hasStore(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.duckdb'));
}

/** A busy server is no reason to say that there is none. */
export function silent({ pid }: Running): CommandFailure {
  return { code: EXIT.failure, message: `Tokenwatt runs as process ${pid} but does not answer: try again in a moment` };
}

function nothingToAsk(folder: string): CommandFailure {
  return {
    code: EXIT.failure,
    message: `nothing is running, and nothing is stored in ${folder}.
Start with the sample fleet:   npm start
Or with your own exporters:    npm run -s tokenwatt -- serve --scrape HOST:9400 --price-per-gpu-hour USD`,
  };
}

import { fileURLToPath } from 'node:url';
import { configSchema } from '#backend/config.ts';
import { createBackend, type Backend, type BackendOptions } from '#backend/create-backend.ts';
import { createHostSecrets } from '#backend/secrets/host-secrets.ts';
import { dataFolderOf } from '#electron/hosts/data-folder.ts';
import { hasDisplay, openBrowser } from '#electron/hosts/open-browser.ts';
import { claimRunning, readRunning } from '#electron/hosts/running-file.ts';
import { startSampleFleet } from '#electron/hosts/sample-fleet-process.ts';
import { isOurs, presenceOf } from '#electron/hosts/server-client.ts';
import { startServer, type Server } from '#electron/hosts/server/start-server.ts';
import type { Capabilities } from '#shared/contract/backend-api.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { enterPrice } from './enter-price.ts';
import { EXIT, failureOfBackend, type CommandFailure, type ExitCode } from './exit-codes.ts';
import { plainText } from './plain-text.ts';
import type { ServeCommand } from './serve-arguments.ts';
import type { Surroundings } from './surroundings.ts';

const RENDERER_FOLDER = fileURLToPath(new URL('../../../dist/renderer', import.meta.url));

/** Shutting down takes at most this long; what is committed by then is safe anyway. */
const STOP_LIMIT_MS = 5000;

/** Holds the backend and serves it until the user asks to stop. */
export async function serve(
  command: ServeCommand,
  surroundings: Surroundings,
): Promise<Result<ExitCode, CommandFailure>> {
  const dataFolder = command.data ?? dataFolderOf(surroundings.env);
  const other = command.isInMemory ? null : readRunning(dataFolder);
  if (other !== null && (await presenceOf(other)) !== 'gone') return fail(lockedBy(other.pid));
  const made = await createBackend(backendOptionsOf(command, dataFolder, surroundings));
  if (!made.ok) return fail(failureOfBackend(made.failure));
  const outcome = await serveBackend(made.value, { command, dataFolder, surroundings });
  await Promise.race([made.value.stop(), surroundings.clock.sleep(STOP_LIMIT_MS)]);
  return outcome;
}

function backendOptionsOf(
  command: ServeCommand,
  dataFolder: string,
  { clock, env, say }: Surroundings,
): BackendOptions {
  const sampleOnly = command.isSample ? { config: configSchema.parse({}) } : {};
  return {
    host: 'server',
    dataFolder: command.isInMemory ? null : dataFolder,
    startSampleFleet,
    clock,
    secrets: createHostSecrets(command.isInMemory ? null : dataFolder, env),
    log: (line) => say(plainText(line)),
    ...(command.snapshotPath === undefined ? {} : { snapshotPath: command.snapshotPath }),
    ...(command.config === null ? sampleOnly : { config: command.config }),
  };
}

type Serving = { readonly command: ServeCommand; readonly dataFolder: string; readonly surroundings: Surroundings };

async function serveBackend(backend: Backend, serving: Serving): Promise<Result<ExitCode, CommandFailure>> {
  const { command, surroundings } = serving;
  if (command.pricePerGpuHour !== null) {
    const entered = await enterPrice(backend.api, command.pricePerGpuHour);
    if (!entered.ok) return entered;
  }
  const { port, opensBrowser } = command;
  const log = (line: string) => surroundings.say(plainText(line));
  const started = await startServer({ backend, port, host: '127.0.0.1', rendererFolder: RENDERER_FOLDER, log });
  if (!started.ok) return fail({ code: EXIT.failure, message: started.failure.message });
  const release = await announce(started.value, serving);
  if (release.ok) {
    surroundings.out(await greeting(backend, started.value, serving));
    if (opensBrowser && hasDisplay(surroundings.env, process.platform)) openBrowser(started.value.url);
    await aborted(surroundings.stop);
    release.value();
  }
  await started.value.stop();
  return release.ok ? succeed(EXIT.complete) : release;
}

/** Leaves our address for other commands, and gives what takes it away again. */
async function announce(
  { port, token }: Server,
  { command, dataFolder, surroundings }: Serving,
): Promise<Result<() => void, CommandFailure>> {
  const claimed = await claimRunning(dataFolder, { pid: process.pid, port, token }, isOurs);
  if (claimed.ok) return claimed;
  if (!command.isInMemory) return fail({ code: EXIT.locked, message: claimed.failure.message });
  // In memory nothing is shared, so a second server does no harm; only the other commands must choose one.
  surroundings.say(`${claimed.failure.message}; now, cost and sources ask that one`);
  return succeed(() => undefined);
}

async function greeting(backend: Backend, { url }: Server, { command, dataFolder }: Serving): Promise<string> {
  const about = await backend.api.capabilities({});
  const fleet = about.ok ? describedFleet(about.value) : 'the fleet';
  return `Tokenwatt serves ${plainText(fleet)}.
  Open  ${url}
  Data  ${command.isInMemory ? 'in memory' : dataFolder}
  Stop  Ctrl-C

The link lets one browser in; tokenwatt open prints another.`;
}

function describedFleet({ fleetName, isSample, snapshot }: Capabilities): string {
  return `${snapshot === null ? '' : 'a snapshot of '}${fleetName}${isSample ? ' (invented data)' : ''}`;
}

function lockedBy(pid: number): CommandFailure {
  return {
    code: EXIT.locked,
    message: `Tokenwatt is running already, as process ${pid}; tokenwatt open prints a link to it`,
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

import { createBackend, type SampleFleet } from '#backend/create-backend.ts';
import { withEnvironment } from '#backend/secrets/environment-secrets.ts';
import { configOf } from '#electron/hosts/sample-fleet-process.ts';
import type { MessageEvent } from 'electron';
import { createBackendLife } from './backend-life.ts';
import { createFileChooser } from './file-channel.ts';
import type { BackendStart, FromBackend, ToBackend } from './host-messages.ts';
import { createSecretsOverChannel } from './secret-channel.ts';
import { servePort } from './serve-port.ts';

/** Entry of the backend's utility process. It ends on any mistake of ours: the main process starts it again. */
process.on('unhandledRejection', endOnMistake);
process.on('uncaughtException', endOnMistake);

const { dataFolder } = JSON.parse(process.argv[2] ?? '') as BackendStart;
const keeper = createSecretsOverChannel(tellMain);
const secrets = withEnvironment(process.env, keeper.secrets);
const files = createFileChooser(tellMain);
const life = createBackendLife({
  open: () =>
    createBackend({
      host: 'window',
      dataFolder,
      secrets,
      startSampleFleet,
      chooseFile: files.choose,
      notify: (notice) => tellMain({ kind: 'notify', ...notice }),
      log,
    }),
  log,
});
let closePort: (() => void) | null = null;
let fleetGreeting = Promise.withResolvers<string | null>();

process.parentPort.on('message', hear);
if (await wake()) tellMain({ kind: 'ready' });

function hear(event: MessageEvent): void {
  // The main process is ours and typed; what comes from the page comes by its port, and is checked there.
  const message = event.data as ToBackend;
  switch (message.kind) {
    case 'port':
      return takePort(event);
    case 'suspend':
      return void life.sleep();
    case 'resume':
      return void wake();
    case 'open-snapshot':
      return void openSnapshot(message.path);
    case 'stop':
      return void life.sleep().then(() => process.exit(0));
    case 'sample-fleet':
      return fleetGreeting.resolve(message.greeting);
    case 'secrets':
      return keeper.hear(message);
    case 'chosen-file':
      return files.hear(message);
  }
}

/** One window, one wire: a new port takes the place of the last one. */
function takePort(event: MessageEvent): void {
  closePort?.();
  const [port] = event.ports;
  closePort = port === undefined ? null : servePort(port, life);
}

/** Whether the backend is up. Waking from sleep is no new start: the page keeps its wire. */
async function wake(): Promise<boolean> {
  const woken = await life.wake();
  if (woken.ok) return true;
  // The main process ends this one when it has heard: a process that ends itself may take its last words along.
  tellMain({ kind: 'refused', reason: woken.failure.message });
  return false;
}

async function openSnapshot(path: string): Promise<void> {
  const opened = await life.openSnapshot(path);
  if (!opened.ok) tellMain({ kind: 'snapshot-refused', reason: opened.failure });
}

/** The main process starts it, because only there a utility process can be made. */
async function startSampleFleet(): Promise<SampleFleet> {
  fleetGreeting = Promise.withResolvers();
  tellMain({ kind: 'start-sample-fleet' });
  const line = await fleetGreeting.promise;
  if (line === null) throw new Error('the sample fleet did not start');
  return { config: configOf(line), stop: () => Promise.resolve(tellMain({ kind: 'stop-sample-fleet' })) };
}

function tellMain(message: FromBackend): void {
  process.parentPort.postMessage(message);
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

function endOnMistake(cause: unknown): void {
  log(`the backend ends: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
  process.exit(1);
}

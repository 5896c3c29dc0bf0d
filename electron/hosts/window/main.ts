import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  app,
  dialog,
  Menu,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  session,
  utilityProcess,
  type BrowserWindow,
} from 'electron';
import { dataFolderOf } from '#electron/hosts/data-folder.ts';
import { readStaticFiles } from '#electron/hosts/server/static-files.ts';
import { answerPage, PAGE_SCHEME, pageTable, STOPPED_URL } from './app-page.ts';
import { createBackendProcess, type BackendState } from './backend-process.ts';
import { createBridge } from './bridge.ts';
import { openWindow, showWindow } from './browser-window.ts';
import { guardContents, guardSession } from './guards.ts';
import { answerFile, chooseFile } from './file-channel.ts';
import type { BackendStart, BackendWish } from './host-messages.ts';
import { createWindowSecrets } from './key-store.ts';
import { askBeforeLeaving } from './leave-window.ts';
import { menuTemplate } from './menu.ts';
import { showNotice } from './notice-channel.ts';
import { createSampleFleetHolder } from './sample-fleet.ts';
import { answerSecrets } from './secret-channel.ts';
import { snapshotIn } from './snapshot-argument.ts';
import { debugSwitchIn } from './start-switches.ts';
import { isReloadWorthwhile } from './view-failures.ts';

const folder = import.meta.dirname;
const dataFolder = dataFolderOf(process.env);
const secrets = createWindowSecrets({ dataFolder, keyStore: safeStorage, platform: process.platform });
const sampleFleet = createSampleFleetHolder(join(folder, 'sample-fleet.js'));
const backend = createBackendProcess({
  fork: forkBackend,
  onState: heedState,
  onWish: heedWish,
  monotonicMs: () => performance.now(),
});
const bridge = createBridge(() => window?.webContents ?? null, backend);
let window: BrowserWindow | null = null;
let stopped: Promise<void> | null = null;
let hasStopped = false;
let isBackendReady = false;
/** A snapshot to be shown as soon as the backend is there. */
let snapshotToOpen = snapshotIn(process.argv.slice(1), process.cwd());

begin();

/** Everything that must happen before the app is ready, or must keep it from getting there. */
function begin(): void {
  const refused = app.isPackaged ? debugSwitchIn(process.argv.slice(1)) : null;
  if (refused !== null) {
    console.error(`Tokenwatt does not start with ${refused}: it opens the app to other programs`);
    return app.exit(1);
  }
  mkdirSync(join(dataFolder, 'window'), { recursive: true, mode: 0o700 });
  // The lock is held in this folder: one window for each data folder.
  app.setPath('userData', join(dataFolder, 'window'));
  if (!app.requestSingleInstanceLock()) return app.exit(0);
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
  app.on('second-instance', (_event, args, workingFolder) => {
    show();
    openSnapshot(snapshotIn(args.slice(1), workingFolder));
  });
  // macOS names a file by an event, before the app is ready too.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    show();
    openSnapshot(snapshotIn([path], '/'));
  });
  app.on('activate', show);
  app.on('web-contents-created', (_event, contents) => {
    guardContents(contents);
    askBeforeLeaving(contents, (question) => dialog.showMessageBoxSync(question));
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('before-quit', stopFirst);
  void app.whenReady().then(open);
}

function open(): void {
  const table = pageTable(readStaticFiles(join(folder, '..', 'renderer')));
  guardSession(session.defaultSession);
  protocol.handle(PAGE_SCHEME, (request) => answerPage(table, request));
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate({
        platform: process.platform,
        isPackaged: app.isPackaged,
        openSnapshot: () => void chooseFile(showOpenDialog, 'snapshot').then(openSnapshot),
      }),
    ),
  );
  powerMonitor.on('suspend', () => backend.post({ kind: 'suspend' }));
  powerMonitor.on('resume', () => backend.post({ kind: 'resume' }));
  // Preventing it asks the system to wait until we have ended; Electron passes the event, its types leave it out.
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault();
    app.quit();
  });
  backend.start();
  show();
}

function show(): void {
  if (!app.isReady() || stopped !== null) return;
  if (window !== null) return showWindow(window);
  const opened = openWindow({ preload: join(folder, 'preload.cjs'), dataFolder, isPackaged: app.isPackaged });
  const endedMs: number[] = [];
  opened.webContents.on('render-process-gone', () => {
    endedMs.push(performance.now());
    // The address holds page and filters, so a reload comes back to them.
    if (isReloadWorthwhile(endedMs)) opened.webContents.reload();
    else opened.loadURL(STOPPED_URL).catch(() => undefined);
  });
  opened.on('closed', () => {
    window = null;
  });
  window = opened;
}

function forkBackend(): Electron.UtilityProcess {
  const start: BackendStart = { dataFolder };
  return utilityProcess.fork(join(folder, 'backend.js'), [JSON.stringify(start)], {
    serviceName: 'Tokenwatt backend',
    stdio: 'inherit',
    // DuckDB's queries run on libuv's threads, of which there are four unless asked.
    env: { ...process.env, UV_THREADPOOL_SIZE: '8' },
  });
}

function heedWish(wish: BackendWish): void {
  switch (wish.kind) {
    case 'start-sample-fleet':
      return void sampleFleet.greeting().then((greeting) => backend.post({ kind: 'sample-fleet', greeting }));
    case 'stop-sample-fleet':
      return sampleFleet.stop();
    case 'ask-secrets':
      return void answerSecrets(secrets, wish).then((answer) => backend.post(answer));
    case 'notify':
      return showNotice((options) => new Notification(options), wish, show);
    case 'snapshot-refused':
      return void dialog.showMessageBox({
        type: 'warning',
        message: 'The snapshot is refused',
        detail: `${wish.reason}.`,
      });
    case 'choose-file':
      return void answerFile(showOpenDialog, wish).then((answer) => backend.post(answer));
  }
}

/** Above the window where there is one, so that the two are not taken for strangers. */
const showOpenDialog: Parameters<typeof answerFile>[0] = (options) =>
  window === null ? dialog.showOpenDialog(options) : dialog.showOpenDialog(window, options);

/** The page hears of an end by its port, which closes, and of a new start by a new port; people hear of the last end. */
function heedState(state: BackendState): void {
  isBackendReady = state.kind === 'ready';
  if (state.kind === 'ready') {
    bridge.backendReady();
    return openSnapshot(snapshotToOpen);
  }
  bridge.backendGone();
  if (state.kind === 'ended') void offerRestart(state.reason);
}

/** Shows a snapshot in place of the live fleet, which goes on; it waits for a backend that is not there yet. */
function openSnapshot(path: string | null): void {
  snapshotToOpen = isBackendReady ? null : (path ?? snapshotToOpen);
  if (isBackendReady && path !== null) backend.post({ kind: 'open-snapshot', path });
}

async function offerRestart(detail: string): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message: 'Tokenwatt collects nothing at the moment',
    detail,
    buttons: ['Start again', 'Quit'],
    cancelId: 1,
  });
  if (response === 0) backend.start();
  else app.quit();
}

/** Holds the end back until the backend has closed its store, at most as long as `stop` takes. */
function stopFirst(event: { preventDefault(): void }): void {
  if (hasStopped) return;
  event.preventDefault();
  window?.hide();
  stopped ??= backend.stop().then(() => {
    hasStopped = true;
    sampleFleet.stop();
    app.quit();
  });
}

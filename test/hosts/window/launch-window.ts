import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Electron from 'electron';
import { _electron, chromium, type Page } from 'playwright-core';
import { machineHas } from '../../machine-has.ts';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
export const MAIN = join(REPOSITORY, 'dist', 'window', 'main.js');
const STAND_IN = join(REPOSITORY, 'test', 'fakes', 'electron-stand-in', 'register.ts');

/** The running app as the suite sees it; the same for Electron and for the stand-in. */
export type RunningApp = {
  /** Runs a function in the main process, with the module `electron` and one plain argument. */
  evaluate<Answer, Argument>(
    ask: (electron: typeof Electron, argument: Argument) => Answer | Promise<Answer>,
    argument?: Argument,
  ): Promise<Awaited<Answer>>;
  page(): Promise<Page>;
  readonly dataFolder: string;
  /** Quits as a person would, and gives the exit code. */
  quit(): Promise<number | null>;
};

export type LaunchOptions = { readonly dataFolder?: string; readonly env?: Readonly<Record<string, string>> };

export function newDataFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tokenwatt-window-'));
}

export async function launchWindow(options: LaunchOptions = {}): Promise<RunningApp> {
  const binary = machineHas('electron');
  return binary === null ? await launchStandIn(options) : await launchElectron(binary, options);
}

async function launchElectron(executablePath: string, options: LaunchOptions): Promise<RunningApp> {
  const dataFolder = options.dataFolder ?? newDataFolder();
  const env = { ...(process.env as Record<string, string>), ...options.env, TOKENWATT_HOME: dataFolder };
  const app = await _electron.launch({ executablePath, args: ['--no-sandbox', REPOSITORY], env });
  const ended = once(app.process(), 'exit');
  return {
    evaluate: (ask, argument) => app.evaluate(ask as never, argument) as never,
    page: () => app.firstWindow(),
    dataFolder,
    async quit() {
      await app.evaluate(({ app: electronApp }) => electronApp.quit()).catch(() => undefined);
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
}

async function launchStandIn(options: LaunchOptions): Promise<RunningApp> {
  const dataFolder = options.dataFolder ?? newDataFolder();
  const child = startStandIn({ ...options, dataFolder });
  const ended = once(child, 'exit');
  const evaluate = asking(child);
  await evaluate(({ app }) => app.whenReady());
  let browser: Awaited<ReturnType<typeof chromium.connectOverCDP>> | null = null;
  return {
    evaluate,
    async page() {
      browser ??= await chromium.connectOverCDP(await debugAddressOf(evaluate));
      const [context] = browser.contexts();
      const page = context?.pages().find((candidate) => candidate.url().startsWith('https://tokenwatt.'));
      if (page === undefined) throw new Error('the app shows no page');
      return page;
    },
    dataFolder,
    async quit() {
      if (child.connected) child.send({ id: 0, source: '({ app }) => app.quit()', argument: null });
      const [code] = (await ended) as [number | null];
      await browser?.close().catch(() => undefined);
      return code;
    },
  };
}

/** The stand-in's process without waiting for anything: also for starts that are meant to be refused. */
export function startStandIn({
  dataFolder,
  env,
  args = [],
}: LaunchOptions & { readonly args?: string[] }): ChildProcess {
  return fork(MAIN, args, {
    env: { ...process.env, TOKENWATT_CHROMIUM: machineHas('chromium') ?? '', ...env, TOKENWATT_HOME: dataFolder },
    execArgv: ['--import', STAND_IN],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

function asking(child: ChildProcess): RunningApp['evaluate'] {
  let lastId = 0;
  child.setMaxListeners(0);
  return (ask, argument) => {
    const id = (lastId += 1);
    return new Promise((resolve, reject) => {
      const hear = (answer: { readonly id: number; readonly value: never; readonly error?: string }): void => {
        if (answer.id !== id) return;
        child.off('message', hear);
        if (answer.error === undefined) resolve(answer.value);
        else reject(new Error(answer.error));
      };
      child.on('message', hear);
      child.once('exit', () => reject(new Error('the app has ended')));
      child.send({ id, source: ask.toString(), argument });
    });
  };
}

/** The pages' address, once the first window shows our page. */
function debugAddressOf(evaluate: RunningApp['evaluate']): Promise<string> {
  return evaluate(async (electron) => {
    const standIn = electron as typeof electron & { debugAddress(): string };
    const [window] = standIn.BrowserWindow.getAllWindows();
    const isShown = (): boolean => window?.isVisible() ?? false;
    while (!isShown()) await new Promise((resolve) => void setTimeout(resolve, 20));
    return standIn.debugAddress();
  });
}

export function forget(dataFolder: string): void {
  rmSync(dataFolder, { recursive: true, force: true, maxRetries: 3 });
}

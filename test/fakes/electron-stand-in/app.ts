import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { preventable } from './preventable.ts';
import { utilityProcesses } from './utility-process.ts';

class App extends EventEmitter {
  readonly #paths = new Map<string, string>();
  #isReady = false;
  #hasEnded = false;
  /** What others of the stand-in do when the app ends; set by them, so that this file need not know them. */
  closeWindows: () => Promise<void> = () => Promise.resolve();
  endBrowser: () => Promise<void> = () => Promise.resolve();
  /** Set by tests that ask what an installed app does. */
  readonly isPackaged = process.env['ELECTRON_STAND_IN_PACKAGED'] === '1';

  isReady(): boolean {
    return this.#isReady;
  }

  whenReady(): Promise<void> {
    return this.#isReady ? Promise.resolve() : new Promise((resolve) => void this.once('ready', resolve));
  }

  setPath(name: string, path: string): void {
    readdirSync(path);
    this.#paths.set(name, path);
  }

  getPath(name: string): string {
    return this.#paths.get(name) ?? '';
  }

  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
  }

  /** A real lock between processes: a file with our number, and a signal to its owner. */
  requestSingleInstanceLock(): boolean {
    const lock = join(this.getPath('userData'), 'lock');
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
    } catch {
      const owner = Number(readFileSync(lock, 'utf8'));
      if (isAlive(owner)) {
        process.kill(owner, 'SIGUSR2');
        return false;
      }
      writeFileSync(lock, String(process.pid));
    }
    process.on('SIGUSR2', () => this.emit('second-instance', preventable({}), [], '', null));
    return true;
  }

  getAppMetrics(): Electron.ProcessMetric[] {
    const metric = (pid: number, name: string): Electron.ProcessMetric =>
      ({ pid, type: 'Utility', serviceName: 'node.mojom.NodeService', name }) as Electron.ProcessMetric;
    return [...utilityProcesses].flatMap(({ pid, serviceName }) =>
      pid === undefined ? [] : [metric(pid, serviceName)],
    );
  }

  quit(): void {
    const event = preventable({});
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    void this.closeWindows().then(() => {
      this.emit('will-quit', preventable({}));
      this.exit(0);
    });
  }

  exit(code = 0): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const lock = join(this.getPath('userData'), 'lock');
    if (this.getPath('userData') !== '' && readFileSync(lock, 'utf8') === String(process.pid)) rmSync(lock);
    for (const child of utilityProcesses) child.kill();
    void this.endBrowser().finally(() => process.exit(code));
  }

  becomeReady(): void {
    if (this.#hasEnded) return;
    this.#isReady = true;
    this.emit('ready');
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export const app = new App() satisfies Pick<
  Electron.App,
  | 'isReady'
  | 'whenReady'
  | 'getPath'
  | 'enableSandbox'
  | 'requestSingleInstanceLock'
  | 'getAppMetrics'
  | 'quit'
  | 'exit'
  | 'isPackaged'
>;

process.on('SIGTERM', () => app.quit());
process.on('SIGINT', () => app.quit());

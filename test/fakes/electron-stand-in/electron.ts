import { EventEmitter } from 'node:events';
import { app } from './app.ts';
import { UtilityProcess } from './utility-process.ts';

/** The module `electron` for a Node process: what the main process of Tokenwatt uses of it, and nothing else. */
export { app } from './app.ts';
export { BrowserWindow, ipcMain } from './browser-window.ts';
export { MessageChannelMain } from './message-ports.ts';
export { safeStorage } from './safe-storage.ts';
export { protocol } from './schemes.ts';
export { session } from './session.ts';

/** Notifications are said on standard error: a test may look for them there. */
export class Notification extends EventEmitter {
  readonly options: Electron.NotificationConstructorOptions;
  constructor(options: Electron.NotificationConstructorOptions) {
    super();
    this.options = options;
  }
  show(): void {
    process.stderr.write(`notification: ${this.options.title ?? ''}\n`);
  }
}

export const powerMonitor = new EventEmitter();

export const utilityProcess = {
  fork(modulePath: string, args?: string[], options?: Electron.ForkOptions): UtilityProcess {
    if (!app.isReady()) throw new Error('utilityProcess cannot be created before app is ready.');
    return UtilityProcess.fork(modulePath, args, options);
  },
};

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
} satisfies { getAllDisplays: () => Pick<Electron.Display, 'workArea'>[] };

export const Menu = {
  template: [] as Electron.MenuItemConstructorOptions[],
  buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => template,
  setApplicationMenu(template: Electron.MenuItemConstructorOptions[]): void {
    Menu.template = template;
  },
};

/** Message boxes stay open until a test answers: it may put its own function here, as with the real one. */
export const dialog = {
  shown: [] as Electron.MessageBoxOptions[],
  showMessageBox(options: Electron.MessageBoxOptions): Promise<Electron.MessageBoxReturnValue> {
    dialog.shown.push(options);
    process.stderr.write(`message box: ${options.message}: ${options.detail}\n`);
    return new Promise(() => undefined);
  },
  /** Closed without a choice, until a test puts its own function here. */
  showOpenDialog: (): Promise<Electron.OpenDialogReturnValue> => Promise.resolve({ canceled: true, filePaths: [] }),
};

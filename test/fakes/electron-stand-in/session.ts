import { EventEmitter } from 'node:events';

type PermissionName = Parameters<NonNullable<Parameters<Electron.Session['setPermissionRequestHandler']>[0]>>[1];

class Session extends EventEmitter {
  #ask: Parameters<Electron.Session['setPermissionRequestHandler']>[0] = null;
  #check: Parameters<Electron.Session['setPermissionCheckHandler']>[0] = null;

  setPermissionRequestHandler(handler: Parameters<Electron.Session['setPermissionRequestHandler']>[0]): void {
    this.#ask = handler;
  }
  setPermissionCheckHandler(handler: Parameters<Electron.Session['setPermissionCheckHandler']>[0]): void {
    this.#check = handler;
  }
  setDevicePermissionHandler(): void {}

  /** What the handlers say to our own page; without handlers Electron grants everything. */
  grants(permission: PermissionName): boolean {
    const url = 'app://tokenwatt/';
    const contents = {} as Electron.WebContents;
    let isGranted = this.#ask === null;
    const details = { requestingUrl: url, isMainFrame: true } as never;
    this.#ask?.(contents, permission, (answer) => (isGranted = answer), details);
    return isGranted && (this.#check?.(contents, permission, url, details) ?? true);
  }
}

export const session = { defaultSession: new Session() } satisfies {
  defaultSession: Pick<Electron.Session, 'setPermissionRequestHandler' | 'setPermissionCheckHandler'>;
};

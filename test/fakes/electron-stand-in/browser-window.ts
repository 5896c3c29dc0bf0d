import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Page, Request, Route } from 'playwright-core';
import type {
  BrowserWindow as RealWindow,
  BrowserWindowConstructorOptions,
  WebContents as RealContents,
  WindowOpenHandlerResponse,
} from 'electron';
import { openPage } from './chromium.ts';
import { isCarried, PortRoom, type CarriedMessage, type MessagePortMain } from './message-ports.ts';
import { BINDING, pageSide } from './page-side.ts';
import { answerByScheme, appAddress, pageOrigin, webAddress } from './schemes.ts';
import { app } from './app.ts';
import { preventable } from './preventable.ts';
import { session } from './session.ts';

type FrameLike = { readonly url: string; readonly parent: FrameLike | null };
type IpcMessage = { readonly type: 'ipc'; readonly channel: string; readonly args: readonly unknown[] };

export const ipcMain = new EventEmitter();

/** Electron's WebContents over a page of a real Chromium. */
export class WebContents
  extends EventEmitter
  implements Pick<RealContents, 'reload' | 'isDestroyed' | 'getURL' | 'setWindowOpenHandler'>
{
  page: Page | null = null;
  isGone = false;
  readonly #room = new PortRoom((message) => this.#tellPage(message));
  #expected: string | null = null;
  #openHandler: Parameters<RealContents['setWindowOpenHandler']>[0] = () => ({ action: 'allow' });

  async attach(page: Page, preload: string | undefined): Promise<void> {
    this.page = page;
    const script = preload === undefined ? '' : readFileSync(preload, 'utf8');
    await page.exposeBinding(BINDING, ({ frame }, message: CarriedMessage | IpcMessage) => {
      if (isCarried(message)) return this.#room.hear(message);
      const url = appAddress(frame.url());
      const senderFrame: FrameLike = { url, parent: frame.parentFrame() === null ? null : { url, parent: null } };
      ipcMain.emit(message.channel, { sender: this, senderFrame, ports: [] }, ...message.args);
    });
    await page.addInitScript(pageSide(script, pageOrigin()));
    await page.route('**/*', (route) => this.#answer(route));
    page.on('popup', (popup) => void this.#decideOn(popup));
    page.on('crash', () => this.emit('render-process-gone', preventable({}), { reason: 'crashed', exitCode: 1 }));
    page.on('download', (download) => {
      const event = preventable({});
      const address = download.url();
      const item = {
        getURL: () => (address.startsWith('blob:') ? `blob:${appAddress(address.slice(5))}` : appAddress(address)),
        getFilename: () => download.suggestedFilename(),
      };
      session.defaultSession.emit('will-download', event, item, this);
      if (event.defaultPrevented) void download.cancel();
    });
    // A new document: what the last one held is gone.
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) this.emit('did-navigate', {}, appAddress(frame.url()));
    });
  }

  async load(address: string): Promise<void> {
    this.#expected = address;
    await this.page?.goto(webAddress(address));
  }

  reload(): void {
    this.#expected = this.getURL();
    void this.page?.reload();
  }

  isDestroyed(): boolean {
    return this.isGone;
  }

  getURL(): string {
    return appAddress(this.page?.url() ?? '');
  }

  setWindowOpenHandler(handler: (details: Electron.HandlerDetails) => WindowOpenHandlerResponse): void {
    this.#openHandler = handler;
  }

  postMessage(channel: string, data: unknown, transfer: readonly MessagePortMain[] = []): void {
    this.#tellPage({ type: 'ipc', channel, data, ports: transfer.map((port) => this.#room.carry(port)) });
  }

  end(): void {
    this.isGone = true;
    this.#room.end();
    this.emit('destroyed');
  }

  #tellPage(message: object): void {
    if (this.isGone) return;
    const hand = (told: object): void => {
      const hear = (window as unknown as Record<symbol, ((told: object) => void) | undefined>)[
        Symbol.for('electron-stand-in')
      ];
      hear?.(told);
    };
    // A page that goes away in between loses the message, as in Electron.
    this.page?.evaluate(hand, message).catch(() => undefined);
  }

  async #answer(route: Route): Promise<void> {
    const request = route.request();
    const url = appAddress(request.url());
    if (request.isNavigationRequest() && !this.#mayNavigate(request, url)) return route.abort('aborted');
    const response = await answerByScheme(url, request.method());
    if (response === null) return route.abort('blockedbyclient');
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  }

  #mayNavigate(request: Request, url: string): boolean {
    const isMainFrame = request.frame().parentFrame() === null;
    if (isMainFrame && this.#expected === url) {
      this.#expected = null;
      return true;
    }
    const details = preventable({ url, isMainFrame, isSameDocument: false });
    if (isMainFrame) this.emit('will-navigate', details, url);
    this.emit('will-frame-navigate', details);
    return !details.defaultPrevented;
  }

  async #decideOn(popup: Page): Promise<void> {
    const { action } = this.#openHandler({ url: appAddress(popup.url()) } as Electron.HandlerDetails);
    if (action === 'deny') await popup.close();
  }
}

/** Electron's BrowserWindow: a page, and the bookkeeping of a window around it. */
export class BrowserWindow
  extends EventEmitter
  implements
    Pick<
      RealWindow,
      | 'loadURL'
      | 'show'
      | 'hide'
      | 'focus'
      | 'maximize'
      | 'isMaximized'
      | 'isMinimized'
      | 'isVisible'
      | 'restore'
      | 'close'
      | 'isDestroyed'
      | 'getNormalBounds'
    >
{
  static readonly #all = new Set<BrowserWindow>();
  static getAllWindows(): BrowserWindow[] {
    return [...BrowserWindow.#all];
  }

  readonly webContents = new WebContents();
  readonly options: BrowserWindowConstructorOptions;
  readonly #opening: Promise<void>;
  #isVisible: boolean;
  #isMaximized = false;

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super();
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    this.options = options;
    this.#isVisible = options.show ?? true;
    BrowserWindow.#all.add(this);
    app.emit('web-contents-created', {}, this.webContents);
    this.#opening = this.#open();
    this.#opening.catch(() => undefined);
  }

  async loadURL(url: string): Promise<void> {
    await this.#opening;
    await this.webContents.load(url);
    this.emit('ready-to-show');
  }

  show(): void {
    this.#isVisible = true;
    this.emit('show');
  }
  hide(): void {
    this.#isVisible = false;
    this.emit('hide');
  }
  focus(): void {
    this.emit('focus');
  }
  maximize(): void {
    this.#isMaximized = true;
  }
  isMaximized(): boolean {
    return this.#isMaximized;
  }
  isMinimized(): boolean {
    return false;
  }
  isVisible(): boolean {
    return this.#isVisible;
  }
  restore(): void {
    this.#isMaximized = false;
  }
  isDestroyed(): boolean {
    return this.webContents.isGone;
  }
  getNormalBounds(): Electron.Rectangle {
    const { x = 0, y = 0, width = 800, height = 600 } = this.options;
    return { x, y, width, height };
  }

  close(): void {
    const event = preventable({});
    this.emit('close', event);
    if (!event.defaultPrevented) void this.webContents.page?.close();
  }

  /**
   * Closes without asking, and waits for it. A page that is still being opened is closed when it is there: half a page tells
   * nobody that it closed.
   */
  async end(): Promise<void> {
    await this.#opening.catch(() => undefined);
    const { page } = this.webContents;
    if (page === null || this.isDestroyed()) return;
    const closed = once(this, 'closed');
    this.close();
    await closed;
  }

  async #open(): Promise<void> {
    const { width = 800, height = 600, webPreferences = {} } = this.options;
    const page = await openPage({ width, height });
    await this.webContents.attach(page, webPreferences.preload);
    page.on('close', () => {
      BrowserWindow.#all.delete(this);
      this.webContents.end();
      this.emit('closed');
      if (BrowserWindow.#all.size === 0) app.emit('window-all-closed');
    });
  }
}

app.closeWindows = async () => {
  for (const window of BrowserWindow.getAllWindows()) await window.end();
};

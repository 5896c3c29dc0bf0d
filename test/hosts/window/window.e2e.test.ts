import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WindowHost } from '#renderer/backend/bridge-transport.ts';
import type { WireReply } from '#shared/contract/transport.ts';
import { gpu, layeredPower, log } from '../../backend/sources/nvidia-smi/smi-xml.ts';
import { goodMetrics, startFaultServer } from '../../fakes/fault-server.ts';
import { machineHas } from '../../machine-has.ts';
import { buildWindow } from './build-window.ts';
import { forget, launchWindow, newDataFolder, startStandIn, type RunningApp } from './launch-window.ts';

const isReal = machineHas('electron') !== null;
const host = isReal ? 'Electron' : 'the Electron stand-in';
const canRun = isReal || machineHas('chromium') !== null;
process.stderr.write(`window suite: runs on ${canRun ? host : 'nothing: neither Electron nor chromium is here'}\n`);

/** What the page keeps for these tests. */
type TestPage = Window & { port: MessagePort; portsHeard: number; tokenwattHost: WindowHost };

describe.skipIf(!canRun)(`the window on ${host} (needs chromium or Electron)`, () => {
  let app: RunningApp;
  let page: Page;

  beforeAll(async () => {
    await buildWindow();
    app = await launchWindow();
    page = await app.page();
    await listenForPorts(page);
  });
  afterAll(async () => {
    await app?.quit();
    if (existsSync(app?.dataFolder ?? '')) forget(app.dataFolder);
  });

  /** Takes every port that comes, beside the screens, and asks for the first. */
  async function listenForPorts(target: Page): Promise<void> {
    await target.evaluate(() => {
      const own = window as unknown as TestPage;
      own.portsHeard = 0;
      addEventListener('message', (event: MessageEvent<{ type?: string }>) => {
        const [port] = event.ports;
        if (event.data.type !== 'tokenwatt-port' || port === undefined) return;
        own.port = port;
        own.portsHeard += 1;
      });
    });
    await askForPort(target);
  }

  async function askForPort(target: Page): Promise<void> {
    const before = await portsHeard(target);
    await target.evaluate(() => (window as unknown as TestPage).tokenwattHost.requestPort());
    await vi.waitFor(async () => expect(await portsHeard(target)).toBeGreaterThan(before), 30_000);
  }

  const portsHeard = (target: Page): Promise<number> =>
    target.evaluate(() => (window as unknown as TestPage).portsHeard);

  /** Sends one message over the newest port and gives the reply with its number, which the screens never use. */
  const send = (message: object, id = 1_000_000_000): Promise<WireReply> =>
    page.evaluate(
      ([sent, number]) => {
        const { port } = window as unknown as TestPage;
        return new Promise<WireReply>((resolve) => {
          const hear = (event: MessageEvent<WireReply>): void => {
            if (event.data.id !== number) return;
            port.removeEventListener('message', hear);
            resolve(event.data);
          };
          port.addEventListener('message', hear);
          port.start();
          port.postMessage({ id: number, ...sent });
        });
      },
      [message, id] as const,
    );
  const call = async (m: string, p: unknown): Promise<WireReply['v']> => (await send({ k: 'q', m, p })).v;

  const backendPids = (): Promise<number[]> =>
    app.evaluate(({ app: electronApp }) =>
      electronApp
        .getAppMetrics()
        .filter((metric) => metric.name === 'Tokenwatt backend')
        .map((metric) => metric.pid),
    );

  describe('the screens', () => {
    it('show a live number from the backend', async () => {
      await page.getByTestId('hero-cost').waitFor({ timeout: 45_000 });
      await expect.poll(() => page.getByTestId('hero-cost').textContent(), { timeout: 45_000 }).toMatch(/\$\s*\d/);
    });
  });

  describe('a saved file', () => {
    it('is chosen in a dialog of the main process: the page learns its name and no path', async () => {
      const path = join(app.dataFolder, 'gpus of node 7.xml');
      writeFileSync(path, log('535.1', 12, gpu(1, layeredPower('gpu', '67.03 W'))));
      await app.evaluate(({ dialog }, chosen) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
      }, path);
      const opened = await call('openFile', {});
      expect(opened).toMatchObject({ ok: true, value: { fileName: 'gpus of node 7.xml' } });
      expect(JSON.stringify(opened)).not.toContain(app.dataFolder);
      await page.getByRole('link', { name: 'Sources', exact: true }).click();
      await page.getByRole('button', { name: 'Open a saved file…' }).click();
      const drawer = page.getByTestId('source-drawer');
      await drawer.getByText('gpus of node 7.xml').first().waitFor();
      await drawer
        .getByRole('listitem')
        .filter({ hasText: /^GPU power\s*found/ })
        .waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'Overview', exact: true }).click();
    });
  });

  describe('a dropped file', () => {
    it('is opened by its bytes: the page has no path to give', async () => {
      const to = Math.floor(Date.now() / 3_600_000) * 3_600_000;
      const window = { from: to - 3_600_000, to };
      expect(await call('saveSnapshot', { window, name: 'made.twsnap' })).toMatchObject({ ok: true });
      const folder = join(app.dataFolder, 'snapshots');
      const bytes = readFileSync(join(folder, 'made.twsnap'));
      const dataTransfer = await page.evaluateHandle((base64) => {
        const transfer = new DataTransfer();
        const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([content], 'sent.twsnap'));
        return transfer;
      }, bytes.toString('base64'));
      await page.dispatchEvent('main', 'drop', { dataTransfer });
      const banner = page.getByTestId('snapshot-banner');
      await banner.waitFor();
      expect(readFileSync(join(folder, 'sent.twsnap')).equals(bytes)).toBe(true);
      await banner.getByRole('button', { name: 'Back to the live fleet' }).click();
      await banner.waitFor({ state: 'detached' });
    });
  });

  describe('the page', () => {
    it('is given exactly the names it needs', async () => {
      const given = await page.evaluate(() => {
        // A document without the preload tells what a browser has by itself.
        const bare = document.body.appendChild(document.createElement('iframe'));
        const usual = new Set(Object.getOwnPropertyNames(bare.contentWindow!));
        bare.remove();
        const own = new Set(['port', 'portsHeard']);
        const names = Object.getOwnPropertyNames(window).filter((name) => !usual.has(name) && !own.has(name));
        const bridge: object = (window as unknown as TestPage).tokenwattHost;
        return { names, host: Object.getOwnPropertyNames(bridge), isFrozen: Object.isFrozen(bridge) };
      });
      // The screens' own schema library keeps two names; the rest is the preload's.
      const names = given.names.filter((name) => !/^__(zod|playwright)_/.test(name));
      expect(names).toEqual(['tokenwattHost']);
      expect(given.host).toEqual(['kind', 'platform', 'requestPort']);
      expect(given.isFrozen).toBe(true);
    });

    it('has no Node', async () => {
      const kinds = await page.evaluate(() =>
        ['require', 'process', 'module', 'global', 'Buffer', 'electron', 'ipcRenderer'].map(
          (name) => typeof (window as unknown as Record<string, unknown>)[name],
        ),
      );
      expect(new Set(kinds)).toEqual(new Set(['undefined']));
    });

    it('runs no script but our files and reaches no other host', async () => {
      const attempts = await page.evaluate(
        () =>
          new Promise<Record<string, string>>((resolve) => {
            const own = window as unknown as { ran?: string };
            const outcomeOf = async (name: string, act: () => unknown): Promise<[string, string]> => {
              try {
                await act();
              } catch {
                return [name, 'refused'];
              }
              return [name, own.ran === name ? 'ran' : 'nothing'];
            };
            const run = Reflect.get(window, 'eval') as (text: string) => void;
            const attempt = async (): Promise<void> =>
              resolve(
                Object.fromEntries([
                  await outcomeOf('eval', () => run('ran = "eval"')),
                  await outcomeOf('markup', () => {
                    const image = document.body.appendChild(document.createElement('div'));
                    image.innerHTML = '<img src="data:," onerror="ran = `markup`">';
                    return new Promise((failed) => image.firstChild?.addEventListener('error', failed));
                  }),
                  await outcomeOf('inline', () => {
                    document.head.appendChild(document.createElement('script')).append('ran = "inline"');
                  }),
                  await outcomeOf('fetch', () => fetch('https://example.com/')),
                ]),
              );
            // Later, from the page's own loop: what a debugger evaluates is let through by the browser.
            setTimeout(() => void attempt(), 0);
          }),
      );
      expect(attempts).toEqual({ eval: 'refused', markup: 'nothing', inline: 'nothing', fetch: 'refused' });
    });

    it('stays where it is', async () => {
      const before = page.url();
      for (const address of ['https://example.com/', 'http://127.0.0.1:1/', 'https://evil.app.test/']) {
        await page.evaluate((elsewhere) => void (location.href = elsewhere), address);
        await page.evaluate((elsewhere) => {
          const link = document.body.appendChild(document.createElement('a'));
          link.href = elsewhere;
          link.click();
          link.remove();
        }, address);
        expect(await call('capabilities', {}), address).toMatchObject({ ok: true });
        expect(page.url()).toBe(before);
      }
    });

    it('opens no other window', async () => {
      await page.evaluate(() => {
        const own = window as unknown as { opened: (Window | null)[] };
        own.opened = [window.open('https://example.com/'), window.open('about:blank')];
        const link = document.body.appendChild(document.createElement('a'));
        link.href = 'https://example.com/';
        link.target = '_blank';
        link.click();
        link.remove();
      });
      // Electron gives none; on the stand-in they live for the moment in which the app decides.
      const living = () =>
        page.evaluate(() => {
          const { opened } = window as unknown as { opened: (Window | null)[] };
          return opened.filter((other) => other?.closed === false).length;
        });
      await expect.poll(living).toBe(0);
      await expect.poll(() => page.context().pages()).toEqual([page]);
      expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    });

    it('is denied what it asks of the machine', async () => {
      const answers = await page.evaluate(async () => {
        const location = await new Promise((resolve) => {
          navigator.geolocation.getCurrentPosition(
            () => resolve('given'),
            (error) => resolve(error.code === 1 ? 'denied' : `code ${error.code}`),
          );
        });
        const notification = await Notification.requestPermission();
        const read = await navigator.clipboard.readText().catch((error: Error) => error.name);
        return { location, notification, read };
      });
      expect(answers).toEqual({ location: 'denied', notification: 'denied', read: 'NotAllowedError' });
    });

    it('downloads nothing by itself', async () => {
      await app.evaluate(({ session }) => {
        const kept = globalThis as { downloads?: boolean[] };
        const downloads: boolean[] = (kept.downloads = []);
        session.defaultSession.on('will-download', (event) => void downloads.push(event.defaultPrevented));
      });
      await page.evaluate(() => {
        const link = document.body.appendChild(document.createElement('a'));
        link.href = URL.createObjectURL(new Blob(['x']));
        link.download = 'x.exe';
        link.click();
        link.remove();
      });
      const downloads = () => app.evaluate(() => (globalThis as { downloads?: boolean[] }).downloads);
      await expect.poll(downloads).toEqual([true]);
    });
  });

  describe('the wire', () => {
    it('answers calls of the contract', async () => {
      expect(await call('capabilities', {})).toMatchObject({ ok: true, value: { host: 'window', isSample: true } });
    });

    it.each(['nothing', 'constructor', '__proto__', ''])('refuses the call "%s"', async (name) => {
      expect(await call(name, {})).toMatchObject({ ok: false, failure: { kind: 'unknown-call' } });
    });

    it('refuses malformed input and malformed requests', async () => {
      expect(await call('overview', {})).toMatchObject({ ok: false, failure: { kind: 'bad-input' } });
      expect(await call('capabilities', { more: 1 })).toMatchObject({ ok: false, failure: { kind: 'bad-input' } });
      const malformed = await send({ k: 'q', m: 4, p: {} });
      expect(malformed.v).toMatchObject({ ok: false, failure: { kind: 'bad-input' } });
    });

    it('gives no port to a frame that is not our main frame', async () => {
      const before = await portsHeard(page);
      await app.evaluate(({ ipcMain, BrowserWindow }) => {
        const [window] = BrowserWindow.getAllWindows();
        const ask = (sender: unknown, senderFrame: unknown) =>
          ipcMain.emit('tokenwatt:request-port', { sender, senderFrame, ports: [] });
        const contents = window!.webContents;
        ask(contents, null);
        ask(contents, { url: 'https://example.com/', parent: null });
        ask(contents, { url: 'app://tokenwatt/', parent: { url: 'app://tokenwatt/', parent: null } });
        ask({}, { url: 'app://tokenwatt/', parent: null });
      });
      // Messages keep their order: when the next port has come, one from before would have.
      await askForPort(page);
      expect(await portsHeard(page)).toBe(before + 1);
    });

    it('takes no port from a message that another frame sends', async () => {
      await page.evaluate(() => {
        const frame = document.body.appendChild(document.createElement('iframe'));
        const { port1, port2 } = new MessageChannel();
        const own = window as unknown as { stolen: unknown[] };
        own.stolen = [];
        port1.onmessage = (event) => own.stolen.push(event.data);
        const event = new MessageEvent('message', {
          data: { type: 'tokenwatt-port' },
          origin: location.origin,
          source: frame.contentWindow,
          ports: [port2],
        });
        window.dispatchEvent(event);
        frame.remove();
      });
      await askForPort(page);
      expect(await page.evaluate(() => (window as unknown as { stolen: unknown[] }).stolen)).toEqual([]);
    });

    it('comes anew after a reload', async () => {
      await page.reload();
      await listenForPorts(page);
      expect(await call('capabilities', {})).toMatchObject({ ok: true });
    });
  });

  describe('the backend', () => {
    it('comes back after it was killed, and the page gets a new port', async () => {
      const [pid] = await backendPids();
      const before = await portsHeard(page);
      process.kill(pid!, 'SIGKILL');
      await expect.poll(() => portsHeard(page), { timeout: 30_000 }).toBeGreaterThan(before);
      expect(await call('capabilities', {})).toMatchObject({ ok: true });
      expect(await backendPids()).not.toContain(pid);
    });

    it('sleeps with the machine, and wakes with it', async () => {
      await app.evaluate(({ powerMonitor }) => void powerMonitor.emit('suspend'));
      await expect.poll(() => call('capabilities', {})).toMatchObject({ failure: { kind: 'disconnected' } });
      await app.evaluate(({ powerMonitor }) => void powerMonitor.emit('resume'));
      await expect.poll(() => call('capabilities', {}), { timeout: 30_000 }).toMatchObject({ ok: true });
    });
  });

  it('is one window for each data folder: a second start shows the first', async () => {
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.hide());
    if (isReal) await (await launchWindow({ dataFolder: app.dataFolder }).catch(() => null))?.quit();
    else expect(await once(startStandIn({ dataFolder: app.dataFolder }), 'exit')).toEqual([0, null]);
    const isVisible = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.isVisible());
    await expect.poll(isVisible).toBe(true);
  });

  it('ends with its backend and its sample fleet, and remembers its place', async () => {
    const pids = await app.evaluate(({ app: electronApp }) => electronApp.getAppMetrics().map(({ pid }) => pid));
    expect(pids.length).toBeGreaterThanOrEqual(2);
    // Written at the last moment of the app: by then the backend must have closed its store and gone.
    await app.evaluate(
      ({ app: electronApp }, path) => {
        electronApp.on('will-quit', () => {
          const names = electronApp.getAppMetrics().map(({ name }) => name);
          process.getBuiltinModule('node:fs').writeFileSync(path, JSON.stringify(names));
        });
      },
      join(app.dataFolder, 'left.json'),
    );
    expect(await app.quit()).toBe(0);
    const left = readFileSync(join(app.dataFolder, 'left.json'), 'utf8');
    expect(JSON.parse(left)).not.toContain('Tokenwatt backend');
    await expect.poll(() => pids.filter(isAlive), { timeout: 15_000 }).toEqual([]);
    const state = JSON.parse(readFileSync(join(app.dataFolder, 'window-state.json'), 'utf8')) as unknown;
    expect(state).toMatchObject({ width: 1360, height: 860, isMaximized: false });
  });
});

describe.skipIf(isReal || machineHas('chromium') === null)(
  'a start of the window on the stand-in (needs chromium)',
  () => {
    const folders: string[] = [];
    const folder = (): string => {
      folders.push(newDataFolder());
      return folders.at(-1)!;
    };
    afterEach(() => folders.splice(0).forEach(forget));
    beforeAll(buildWindow);

    it('is refused in an installed app that is to be debugged', async () => {
      const env = { ELECTRON_STAND_IN_PACKAGED: '1' };
      const dataFolder = folder();
      const child = startStandIn({ dataFolder, env, args: ['--remote-debugging-port=9222'] });
      expect(await once(child, 'exit')).toEqual([1, null]);
      expect(existsSync(join(dataFolder, 'window'))).toBe(false);
    });

    it('says why the backend cannot start, and does not try again by itself', async () => {
      const dataFolder = folder();
      writeFileSync(join(dataFolder, 'config.json'), '{"pollSeconds":"often"}');
      const app = await launchWindow({ dataFolder });
      const boxes = () =>
        app.evaluate(({ dialog }) =>
          (dialog as unknown as { shown: { detail?: string }[] }).shown.map(({ detail }) => detail),
        );
      await expect.poll(boxes, { timeout: 15_000 }).toEqual([expect.stringContaining('pollSeconds')]);
      const left = () => app.evaluate(({ app: electronApp }) => electronApp.getAppMetrics().length);
      await expect.poll(left, { timeout: 15_000 }).toBe(0);
      expect(await app.quit()).toBe(0);
    });

    it('ends well when it is quit while its page is being opened', async () => {
      const dataFolder = folder();
      // A backend that runs would hold the end back until the page is there.
      writeFileSync(join(dataFolder, 'config.json'), '{"pollSeconds":"often"}');
      const app = await launchWindow({ dataFolder });
      await app.evaluate(async ({ app: electronApp, BrowserWindow }) => {
        const isOpening = (): boolean =>
          BrowserWindow.getAllWindows().some(({ webContents }) => (webContents as { page?: unknown }).page === null);
        while (isOpening() || electronApp.getAppMetrics().some(({ name }) => name === 'Tokenwatt backend')) {
          await new Promise((resolve) => void setImmediate(resolve));
        }
      });
      expect(await app.quit()).toBe(0);
    });

    it('asks an exporter with a secret that the key store seals, and no other file has', async () => {
      const dataFolder = folder();
      const exporter = await startFaultServer();
      exporter.setBody('metrics', goodMetrics);
      const access = { auth: { kind: 'bearer', tokenSecret: 'exporter.token' } };
      const source = { kind: 'scrape', name: 'node', targets: [{ url: exporter.url('metrics') }], access };
      writeFileSync(join(dataFolder, 'config.json'), JSON.stringify({ pollSeconds: 1, sources: [source] }));
      const app = await launchWindow({ dataFolder });
      const text = await app.evaluate(async ({ safeStorage }) =>
        (await safeStorage.encryptStringAsync('planted-token-1234')).toString('base64'),
      );
      const secrets = { version: 1, secrets: { 'exporter.token': { kind: 'sealed', text } } };
      writeFileSync(join(dataFolder, 'secrets.json'), JSON.stringify(secrets), { mode: 0o600 });
      await expect
        .poll(() => exporter.lastHeaders('metrics').authorization, { timeout: 30_000 })
        .toBe('Bearer planted-token-1234');
      expect(await app.quit()).toBe(0);
      await exporter.close();
      const files = readdirSync(dataFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const holding = files.filter(({ parentPath, name }) =>
        readFileSync(join(parentPath, name)).includes('planted-token-1234'),
      );
      expect(holding.map(({ name }) => name)).toEqual([]);
    });
  },
);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

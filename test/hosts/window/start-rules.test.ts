import { describe, expect, it } from 'vitest';
import { nextRestart, RESTART_WAITS_MS } from '#electron/hosts/window/back-off.ts';
import { isGranted } from '#electron/hosts/window/guards.ts';
import { menuTemplate } from '#electron/hosts/window/menu.ts';
import { debugSwitchIn } from '#electron/hosts/window/start-switches.ts';
import { isReloadWorthwhile } from '#electron/hosts/window/view-failures.ts';
import { isAskedByOurs } from '#electron/hosts/window/asker.ts';
import { snapshotIn } from '#electron/hosts/window/snapshot-argument.ts';
import { windowOptions } from '#electron/hosts/window/window-options.ts';
import { placeOf } from '#electron/hosts/window/window-state.ts';

describe('switches that open the app to a debugger', () => {
  it.each([
    '--inspect',
    '--inspect=0',
    '--inspect-brk=9229',
    '--inspect-port=1',
    '-inspect',
    '--remote-debugging-port=9222',
    '--remote-debugging-pipe',
    '--REMOTE-DEBUGGING-PORT=1',
    '/remote-debugging-port=1',
    '--remote-allow-origins=*',
    '--debug-brk',
  ])('%s is one', (text) => {
    expect(debugSwitchIn(['report.twsnap', text])).toBe(text);
  });

  it.each(['--no-sandbox', '/home/me/inspect.twsnap', 'inspect', '--inspection'])('%s is none', (text) => {
    expect(debugSwitchIn([text])).toBeNull();
  });
});

describe('the snapshot that a start names', () => {
  it.each([
    [['/home/me/week.twsnap'], '/home/me/week.twsnap'],
    [['--no-sandbox', 'week.TWSNAP'], '/data/week.TWSNAP'],
    [['../other/a.twsnap', 'b.twsnap'], '/other/a.twsnap'],
    [['--load=x.twsnap', 'readme.md', 'https://elsewhere.test/a.twsnap'], null],
    [[], null],
  ])('%j is %s', (args, path) => {
    expect(snapshotIn(args, '/data')).toBe(path);
  });
});

describe('restarts of the backend', () => {
  it('wait longer each time, then end', () => {
    const steps = [0, 1, 2, 3, 4].map((failures) => nextRestart({ failures, livedMs: 10 }));
    expect(steps.map((step) => (step.kind === 'restart' ? step.afterMs : step.kind))).toEqual([
      ...RESTART_WAITS_MS,
      'give-up',
    ]);
  });

  it('begin anew after a life of a minute', () => {
    expect(nextRestart({ failures: 4, livedMs: 60_000 })).toEqual({ kind: 'restart', afterMs: 1000, failures: 1 });
  });
});

describe('the view', () => {
  it('is loaded again after it ended, until that helps no more', () => {
    expect(isReloadWorthwhile([0])).toBe(true);
    expect(isReloadWorthwhile([0, 30_000])).toBe(true);
    expect(isReloadWorthwhile([0, 30_000, 59_999])).toBe(false);
    expect(isReloadWorthwhile([0, 30_000, 60_000])).toBe(true);
  });

  it('may write to the clipboard and do nothing else', () => {
    expect(isGranted('clipboard-sanitized-write', 'app://tokenwatt/')).toBe(true);
    expect(isGranted('clipboard-sanitized-write', 'https://elsewhere.test/')).toBe(false);
    for (const permission of [
      'clipboard-read',
      'geolocation',
      'media',
      'notifications',
      'hid',
      'usb',
      'openExternal',
    ]) {
      expect(isGranted(permission, 'app://tokenwatt/'), permission).toBe(false);
    }
  });
});

describe('the place of the window', () => {
  const display = { x: 0, y: 0, width: 1920, height: 1080 };
  const saved = { x: 100, y: 50, width: 1000, height: 700, isMaximized: false };

  it('is where it was', () => {
    expect(placeOf(saved, [display])).toEqual({ x: 100, y: 50, width: 1000, height: 700 });
  });

  it('is left to the system when no display shows it any more, the size kept', () => {
    const gone = { ...saved, x: 3000 };
    expect(placeOf(gone, [display])).toEqual({ width: 1000, height: 700 });
    expect(placeOf({ ...saved, y: 1079 }, [display])).toEqual({ width: 1000, height: 700 });
    expect(placeOf(gone, [display, { ...display, x: 1920 }])).toMatchObject({ x: 3000 });
  });

  it('is one of our own at first', () => {
    expect(placeOf(null, [display])).not.toHaveProperty('x');
  });
});

describe('the menu', () => {
  const rolesOf = (isPackaged: boolean) =>
    JSON.stringify(menuTemplate({ platform: 'linux', isPackaged, openSnapshot: () => {} }));

  it('has developer tools only outside a packaged app', () => {
    expect(rolesOf(false)).toContain('toggleDevTools');
    expect(rolesOf(true)).not.toContain('toggleDevTools');
  });
});

describe('the options of the window', () => {
  const options = (isPackaged: boolean) =>
    windowOptions({ preload: '/preload.cjs', place: { width: 800, height: 600 }, isPackaged });

  it('give the page no power', () => {
    expect(options(true).webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: false,
    });
  });

  it('open developer tools outside a packaged app', () => {
    expect(options(false).webPreferences?.devTools).toBe(true);
  });
});

describe('who may ask for a port', () => {
  const ours = {};
  const frame = { url: 'app://tokenwatt/idle', parent: null };

  it('is the main frame of our window with our page in it', () => {
    expect(isAskedByOurs({ sender: ours, senderFrame: frame }, ours)).toBe(true);
  });

  it.each([
    ['another window', { sender: {}, senderFrame: frame }],
    ['a frame that is gone', { sender: ours, senderFrame: null }],
    ['a frame inside the page', { sender: ours, senderFrame: { ...frame, parent: {} as never } }],
    ['a page of another host', { sender: ours, senderFrame: { ...frame, url: 'app://tokenwatt.evil/' } }],
    ['a page of the web', { sender: ours, senderFrame: { ...frame, url: 'https://tokenwatt/' } }],
  ])('is not %s', (_who, asker) => {
    expect(isAskedByOurs(asker, ours)).toBe(false);
  });

  it('is nobody while there is no window', () => {
    expect(isAskedByOurs({ sender: null, senderFrame: frame }, null)).toBe(false);
  });
});

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { browserOpener, hasDisplay } from '#electron/hosts/open-browser.ts';
import { isStale } from '#electron/hosts/start/build-missing.ts';
import { chooseHost } from '#electron/hosts/start/choose-host.ts';
import { findElectron } from '#electron/hosts/start/find-electron.ts';

describe('the choice of the host', () => {
  it('is the window where there is a display and Electron', () => {
    const machine = { hasDisplay: true, electron: '/electron', hasFailedToFetch: true };
    expect(chooseHost(machine)).toEqual({ kind: 'window', electron: '/electron' });
  });

  it('is to fetch Electron once where only it is missing', () => {
    const machine = { hasDisplay: true, electron: null, hasFailedToFetch: false };
    expect(chooseHost(machine)).toEqual({ kind: 'fetch-electron' });
    expect(chooseHost({ ...machine, hasFailedToFetch: true })).toMatchObject({
      kind: 'server',
      why: expect.stringContaining('npx install-electron'),
    });
  });

  it('is the server without a display, and fetches nothing', () => {
    for (const electron of ['/electron', null]) {
      const choice = chooseHost({ hasDisplay: false, electron, hasFailedToFetch: false });
      expect(choice).toMatchObject({ kind: 'server', why: expect.stringContaining('no display') });
    }
  });
});

describe('a display', () => {
  it('is one that somebody sits before', () => {
    expect(hasDisplay({ DISPLAY: ':0' }, 'linux')).toBe(true);
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
    expect(hasDisplay({}, 'linux')).toBe(false);
    expect(hasDisplay({ DISPLAY: '' }, 'linux')).toBe(false);
    expect(hasDisplay({}, 'darwin')).toBe(true);
    expect(hasDisplay({ DISPLAY: ':99', CI: 'true' }, 'linux')).toBe(false);
    expect(hasDisplay({ CI: 'true' }, 'darwin')).toBe(false);
  });

  it('has its own way to open an address on each platform, none through a shell', () => {
    expect(browserOpener('linux')).toEqual(['xdg-open']);
    expect(browserOpener('darwin')).toEqual(['open']);
    expect(browserOpener('win32')[0]).toBe('rundll32');
  });
});

describe('a build', () => {
  it('is made again when it is absent or older than a source', () => {
    expect(isStale(0, [])).toBe(true);
    expect(isStale(100, [50, 101])).toBe(true);
    expect(isStale(100, [50, 100])).toBe(false);
  });
});

describe('looking for Electron', () => {
  const fakeRoot = () => {
    const root = mkdtempSync(join(tmpdir(), 'tokenwatt-electron-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    mkdirSync(join(root, 'node_modules', 'electron', 'dist'), { recursive: true });
    return root;
  };
  const program = (path: string) => {
    writeFileSync(path, '');
    chmodSync(path, 0o755);
    return path;
  };

  it('finds nothing where the package has no program yet', () => {
    expect(findElectron(fakeRoot(), {})).toBeNull();
  });

  it('finds the program that path.txt names, and no other', () => {
    const root = fakeRoot();
    const folder = join(root, 'node_modules', 'electron');
    writeFileSync(join(folder, 'path.txt'), 'electron-program');
    expect(findElectron(root, {})).toBeNull();
    const path = program(join(folder, 'dist', 'electron-program'));
    expect(findElectron(root, {})).toBe(path);
  });

  it('looks in ELECTRON_OVERRIDE_DIST_PATH instead where that is set', () => {
    const root = fakeRoot();
    writeFileSync(join(root, 'node_modules', 'electron', 'path.txt'), 'electron-program');
    const path = program(join(root, 'electron-program'));
    expect(findElectron(root, { ELECTRON_OVERRIDE_DIST_PATH: root })).toBe(path);
  });
});

describe('the packages', () => {
  type Lock = {
    readonly packages: Readonly<Record<string, { readonly version: string; readonly optional?: boolean }>>;
  };
  type InstallReason = (found: { locked: Lock; installed: Lock | null; hasNode: boolean }) => string | null;
  // Plain JavaScript without types: it has to run before anything is installed.
  const loaded = import(new URL('../../../electron/hosts/start/install.mjs', import.meta.url).href);
  const installReason = async () => ((await loaded) as { readonly installReason: InstallReason }).installReason;

  const locked: Lock = {
    packages: {
      '': { version: '1' },
      'node_modules/a': { version: '1' },
      'node_modules/b': { version: '1', optional: true },
    },
  };

  it('stay when they are as locked, without those for other platforms', async () => {
    const installed = { packages: { 'node_modules/a': { version: '1' } } };
    expect((await installReason())({ locked, installed, hasNode: true })).toBeNull();
  });

  it('are installed when absent, other than locked, left over, or without Node 24', async () => {
    const reason = await installReason();
    expect(reason({ locked, installed: null, hasNode: false })).toContain('not installed');
    expect(reason({ locked, installed: { packages: {} }, hasNode: true })).toContain('package-lock.json');
    expect(
      reason({ locked, installed: { packages: { 'node_modules/a': { version: '2' } } }, hasNode: true }),
    ).toContain('package-lock.json');
    const leftOver = { packages: { 'node_modules/a': { version: '1' }, 'node_modules/c': { version: '1' } } };
    expect(reason({ locked, installed: leftOver, hasNode: true })).toContain('package-lock.json');
    expect(
      reason({ locked, installed: { packages: { 'node_modules/a': { version: '1' } } }, hasNode: false }),
    ).toContain('Node 24');
  });
});

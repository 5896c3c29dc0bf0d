import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { app } from './app.ts';
import { session } from './session.ts';
import { pageOrigin } from './schemes.ts';

/** One Chromium for the app, started with its first window. */
let started: Promise<BrowserContext> | null = null;
const profile = mkdtempSync(join(tmpdir(), 'tokenwatt-stand-in-'));

export async function openPage(viewport: { readonly width: number; readonly height: number }): Promise<Page> {
  const context = await (started ??= start());
  const [first] = context.pages();
  const page = first?.url() === 'about:blank' ? first : await context.newPage();
  await page.setViewportSize(viewport);
  return page;
}

/** Address at which a test can look at the same pages. */
export function debugAddress(): string {
  const [port] = readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n');
  return `http://127.0.0.1:${port}`;
}

async function endChromium(): Promise<void> {
  await (await started?.catch(() => null))?.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
}

async function start(): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['TOKENWATT_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--remote-debugging-port=0'],
    acceptDownloads: true,
  });
  await context.grantPermissions(grantedPermissions(), { origin: pageOrigin() });
  return context;
}

/** Electron's names for what a page may ask, and Chromium's: granted when the app's handlers grant it, or when it has none. */
const PERMISSIONS = {
  geolocation: 'geolocation',
  notifications: 'notifications',
  media: 'camera',
  midi: 'midi',
  'clipboard-read': 'clipboard-read',
  'clipboard-sanitized-write': 'clipboard-write',
} as const;

function grantedPermissions(): string[] {
  return Object.entries(PERMISSIONS).flatMap(([name, chromiumName]) =>
    session.defaultSession.grants(name as keyof typeof PERMISSIONS) ? [chromiumName] : [],
  );
}

app.endBrowser = endChromium;

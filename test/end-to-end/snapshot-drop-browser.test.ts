import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium as playwright, type Browser, type JSHandle, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackend, type Backend } from '#backend/create-backend.ts';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import { startServer } from '#electron/hosts/server/start-server.ts';
import { buildMissing, RENDERER_BUILD } from '#electron/hosts/start/build-missing.ts';
import { dispatch } from '#shared/contract/dispatch.ts';
import { SMALL_BOOK, SMALL_FLEET, WINDOW } from '../golden/small-fleet.ts';
import { machineHas } from '../machine-has.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const chromium = machineHas('chromium');

describe.skipIf(chromium === null)('a file dropped on the page (program: chromium)', { timeout: 120_000 }, () => {
  const troubles: string[] = [];
  let folder = '';
  let sent: Buffer;
  let backend: Backend;
  let stopServer: (() => Promise<void>) | null = null;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    expect(await buildMissing(ROOT, [RENDERER_BUILD], () => undefined)).toBe(true);
    folder = await mkdtemp(join(tmpdir(), 'tokenwatt-drop-'));
    backend = await smallBackend(folder);
    await dispatch(backend.api, 'saveSnapshot', { window: WINDOW, grain: 'minute', name: 'made.twsnap' });
    sent = await readFile(join(folder, 'snapshots', 'made.twsnap'));
    await rm(join(folder, 'snapshots', 'made.twsnap'));
    const rendererFolder = join(ROOT, 'dist', 'renderer');
    const started = await startServer({ backend, port: 0, host: '127.0.0.1', rendererFolder });
    if (!started.ok) throw new Error(started.failure.message);
    stopServer = () => started.value.stop();
    browser = await playwright.launch({ executablePath: chromium!, args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme: 'dark' });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) troubles.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => troubles.push(`page error: ${error.message}`));
    page.setDefaultTimeout(30_000);
    await page.goto(started.value.url);
    await page.getByRole('link', { name: 'Snapshots', exact: true }).click();
    await page.getByRole('heading', { name: 'Saved snapshots' }).waitFor();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await stopServer?.();
    await backend?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** What a browser hands to the page for files that are dragged. */
  const dragged = async (name: string, bytes: Buffer): Promise<JSHandle<DataTransfer>> =>
    await page.evaluateHandle(
      ([fileName, base64]) => {
        const transfer = new DataTransfer();
        const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([content], fileName));
        return transfer;
      },
      [name, bytes.toString('base64')] as const,
    );
  const drag = async (event: 'dragenter' | 'dragleave' | 'drop', dataTransfer: JSHandle<DataTransfer>) =>
    await page.dispatchEvent('main', event, { dataTransfer });

  it('shows where it falls, and nothing once it has left', async () => {
    const file = await dragged('week.twsnap', sent);
    await drag('dragenter', file);
    await page.getByTestId('snapshot-target').waitFor();
    await drag('dragleave', file);
    await page.getByTestId('snapshot-target').waitFor({ state: 'detached' });
  });

  it('is refused with the reason when it is another kind of file, or a snapshot that was changed', async () => {
    const refused = page.getByTestId('drop-refused');
    await drag('drop', await dragged('book.xlsx', sent));
    await refused.filter({ hasText: 'book.xlsx is not opened' }).waitFor();
    await refused.getByRole('button', { name: 'Close' }).click();
    await refused.waitFor({ state: 'detached' });
    await drag('drop', await dragged('cut.twsnap', sent.subarray(0, sent.length - 9)));
    await refused.filter({ hasText: 'The snapshot is refused' }).waitFor();
    expect(await readdir(join(folder, 'snapshots'))).toEqual([]);
  });

  it('is shown in place of the live fleet when it is a whole snapshot', async () => {
    await drag('drop', await dragged('My week (1).twsnap', sent));
    await page.getByTestId('snapshot-banner').waitFor();
    expect(await readdir(join(folder, 'snapshots'))).toEqual(['My-week-1-.twsnap']);
    await page.getByText('My-week-1-.twsnap').waitFor();
    expect(await page.getByTestId('drop-refused').count()).toBe(0);
    expect(troubles).toEqual([]);
  });
});

async function smallBackend(dataFolder: string): Promise<Backend> {
  const store = await openDuckdbStore({ path: join(dataFolder, 'facts.duckdb') });
  if (!store.ok) throw new Error(store.failure.message);
  await store.value.append(SMALL_FLEET);
  await store.value.saveCostBook(SMALL_BOOK);
  await store.value.close();
  const made = await createBackend({
    host: 'server',
    dataFolder,
    polls: false,
    startSampleFleet: () => Promise.reject(new Error('no sample is needed')),
  });
  if (!made.ok) throw new Error(made.failure.message);
  return made.value;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMissing, RENDERER_BUILD } from '#electron/hosts/start/build-missing.ts';
import {
  listenOnLoopback,
  sendJson,
  sendPlain,
  sendUnzipped,
  type LoopbackServer,
} from '#electron/sample-fleet/loopback-server.ts';
import { goodMetrics } from '../fakes/fault-server.ts';
import { machineHas } from '../machine-has.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const chromium = machineHas('chromium');
const STEP_MS = 20_000;
const TOKEN = 'open-sesame-8841';
const TARGETS = 500;

/** 500 targets from discovery, of which two are down, and an exporter behind a token. */
async function startExporters(): Promise<LoopbackServer> {
  return await listenOnLoopback(0, (request, response) => {
    const path = request.url ?? '';
    if (path === '/sd') return sendJson(response, discovery(request.headers.host ?? ''));
    if (path === '/n/7/metrics' || path === '/n/311/metrics') return sendPlain(response, 503, 'starting');
    const isClosed = path.startsWith('/closed') && request.headers.authorization !== `Bearer ${TOKEN}`;
    if (isClosed) return sendPlain(response, 401, 'no');
    if (!path.endsWith('/metrics')) return sendPlain(response, 404, 'nothing');
    const [, , node = 'closed'] = path.split('/');
    sendUnzipped(response, goodMetrics.replace('GPU-00000000-', `GPU-${node.padStart(8, '0')}-`));
  });
}

function discovery(host: string): unknown {
  return Array.from({ length: TARGETS }, (_, index) => ({
    targets: [host],
    labels: { __metrics_path__: `/n/${index}/metrics`, instance: `gpu-node-${String(index).padStart(3, '0')}:9400` },
  }));
}

describe.skipIf(chromium === null)(
  'the sources screen in a real browser (program: chromium)',
  { timeout: 120_000 },
  () => {
    const troubles: string[] = [];
    let exporters: LoopbackServer;
    let dataFolder: string;
    let server: ChildProcess;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      expect(await buildMissing(ROOT, [RENDERER_BUILD], () => undefined)).toBe(true);
      exporters = await startExporters();
      dataFolder = await mkdtemp(join(tmpdir(), 'tokenwatt-sources-'));
      const sources = [{ kind: 'discovery', name: 'fleet', url: `${exporters.url}/sd` }];
      await writeFile(join(dataFolder, 'config.json'), JSON.stringify({ pollSeconds: 3, sources }));
      const program = ['electron/hosts/cli/main.ts', 'serve', '--no-open', '--port', '0', '--data', dataFolder];
      server = spawn(process.execPath, program, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
      browser = await playwright.launch({ executablePath: chromium!, args: ['--no-sandbox'] });
      page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme: 'dark' });
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) troubles.push(`${message.type()}: ${message.text()}`);
      });
      page.on('pageerror', (error) => troubles.push(`page error: ${error.message}`));
      page.setDefaultTimeout(STEP_MS);
      await page.goto(await printedAddress(server));
      await page.getByRole('link', { name: 'Sources', exact: true }).click();
    }, 120_000);

    afterAll(async () => {
      await browser?.close();
      server?.kill('SIGTERM');
      await exporters?.close();
      await rm(dataFolder, { recursive: true, force: true });
    });

    const row = (name: string) =>
      page.getByTestId('source-row').filter({ has: page.getByRole('heading', { name, exact: true }) });
    const drawer = () => page.getByTestId('source-drawer');

    it('shows 500 targets with what is down first, and all of them when asked', async () => {
      const fleet = row('fleet');
      await fleet.getByText('498 of 500 targets fresh').waitFor();
      const rows = fleet.getByRole('row');
      expect(await rows.nth(1).innerText()).toContain('gpu-node-007:9400');
      expect(await rows.nth(2).innerText()).toMatch(/gpu-node-311:9400[\s\S]*503/);
      expect(await rows.count()).toBe(1 + 2 + 8);
      await fleet.getByRole('button', { name: /^Show all 500 targets/ }).click();
      await fleet.getByRole('button', { name: 'Show fewer' }).scrollIntoViewIfNeeded();
      await fleet.getByRole('row').filter({ hasText: 'gpu-node-499:9400' }).waitFor();
      // Only what is in sight is drawn: 500 rows that grow older each second would hold up the page.
      expect(await rows.count()).toBeLessThan(100);
      await fleet.getByRole('button', { name: 'Show fewer' }).click();
    });

    it('finds targets by any word', async () => {
      const filter = page.getByTestId('target-filter');
      await filter.fill('down 311');
      await page.getByText('1 of 500').waitFor();
      expect(await row('fleet').getByRole('row').count()).toBe(2);
      await filter.fill('');
    });

    it('asks an address at once, and says that credentials are wanted', async () => {
      await page.getByLabel(/^Connect an exporter/).fill(`${exporters.url}/closed/metrics`);
      await page.keyboard.press('Enter');
      await drawer()
        .getByText(/refused the credentials \(401\)/)
        .waitFor();
      expect(await row('fleet').count()).toBe(1);
    });

    it('tests with a token, lists each signal with the next step of its gaps, and connects', async () => {
      await drawer().getByRole('button', { name: 'Bearer' }).click();
      await drawer().getByLabel('Token', { exact: true }).fill(TOKEN);
      await drawer().getByRole('button', { name: 'Test', exact: true }).click();
      const result = drawer().getByTestId('test-result');
      await result
        .getByRole('listitem')
        .filter({ hasText: /^GPU power\s*found/ })
        .waitFor();
      await result
        .getByRole('listitem')
        .filter({ hasText: /^Output tokens\s*found/ })
        .waitFor();
      await result
        .getByText(/gaps?, and how to close/)
        .first()
        .click();
      await result.getByText(/^DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION, counter/).waitFor();
      await drawer().getByLabel('Name', { exact: true }).fill('closed engine');
      await drawer().getByRole('button', { name: 'Connect', exact: true }).click();
      await drawer().waitFor({ state: 'detached' });
      await row('closed engine').getByText('fresh', { exact: true }).first().waitFor();
    });

    it('I17 keeps the token out of the page, of config.json and of what the page may ask', async () => {
      await row('closed engine').getByRole('button', { name: 'Edit closed engine' }).click();
      await drawer()
        .getByText(/^kept as/)
        .waitFor();
      expect(await page.content()).not.toContain(TOKEN);
      expect(await readFile(join(dataFolder, 'config.json'), 'utf8')).not.toContain(TOKEN);
    });

    it('renames, and tests what is configured with the token that is kept', async () => {
      await drawer().getByRole('button', { name: 'Test', exact: true }).click();
      await drawer().getByTestId('test-result').getByText('1 target answered').waitFor();
      await drawer().getByLabel('Name', { exact: true }).fill('engine behind a token');
      await drawer().getByRole('button', { name: 'Save' }).click();
      await drawer().waitFor({ state: 'detached' });
      await row('engine behind a token').waitFor();
      expect(await row('closed engine').count()).toBe(0);
    });

    it('pauses and resumes, by keyboard alone', async () => {
      const source = row('engine behind a token');
      await source.getByRole('button', { name: /^Pause/ }).focus();
      await page.keyboard.press('Enter');
      await source.getByText('paused', { exact: true }).waitFor();
      await source.getByText(/counts as unseen/).waitFor();
      await source.getByRole('button', { name: /^Resume/ }).focus();
      await page.keyboard.press('Enter');
      await source.getByText('fresh', { exact: true }).first().waitFor();
    });

    it('closes the drawer with Escape, and keeps the list as it was', async () => {
      await row('fleet').getByRole('button', { name: 'Edit fleet' }).click();
      await drawer().waitFor();
      await page.keyboard.press('Escape');
      await drawer().waitFor({ state: 'detached' });
    });

    it('takes a source away after a second press, and its secret with it', async () => {
      const source = row('engine behind a token');
      await source.getByRole('button', { name: /^Remove/ }).click();
      await source.getByRole('button', { name: 'Keep' }).click();
      await source.getByRole('button', { name: /^Remove/ }).click();
      await source.getByRole('button', { name: 'Remove', exact: true }).click();
      await source.waitFor({ state: 'detached' });
      await row('fleet').waitFor();
      expect(await readFile(join(dataFolder, 'secrets.json'), 'utf8').catch(() => '{}')).not.toContain(TOKEN);
    });

    it('met no error in the console, and stops when asked', async () => {
      expect(troubles).toEqual([]);
      await page.close();
      server.kill('SIGTERM');
      await once(server, 'exit');
      expect(server.exitCode).toBe(0);
    });
  },
);

async function printedAddress(server: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: server.stdout! })) {
    const address = /^\s*Open\s+(\S+)$/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('the server ended before it printed an address');
}

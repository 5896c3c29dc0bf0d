import { spawn, type ChildProcess } from 'node:child_process';
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
  sendPlain,
  sendUnzipped,
  type LoopbackServer,
} from '#electron/sample-fleet/loopback-server.ts';
import { startReceiver, type Receiver } from '../backend/alerts/alert-world.ts';
import { goodMetrics } from '../fakes/fault-server.ts';
import { machineHas } from '../machine-has.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const chromium = machineHas('chromium');
const KEY = 'a-signing-key-of-a-browser-7719';

/** One exporter that answers and one that does not: what is wrong is a source that is partly silent. */
async function startExporters(): Promise<LoopbackServer> {
  return await listenOnLoopback(0, (request, response) => {
    if (request.url === '/down/metrics') return sendPlain(response, 503, 'starting');
    sendUnzipped(response, goodMetrics);
  });
}

describe.skipIf(chromium === null)(
  'the alerts screen in a real browser (program: chromium)',
  { timeout: 200_000 },
  () => {
    const troubles: string[] = [];
    let exporters: LoopbackServer;
    let receiver: Receiver;
    let dataFolder: string;
    let server: ChildProcess;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      expect(await buildMissing(ROOT, [RENDERER_BUILD], () => undefined)).toBe(true);
      exporters = await startExporters();
      receiver = await startReceiver();
      dataFolder = await mkdtemp(join(tmpdir(), 'tokenwatt-alerts-'));
      const targets = ['/up/metrics', '/down/metrics'].map((path) => ({ url: exporters.url + path }));
      const sources = [{ kind: 'scrape', name: 'two exporters', targets }];
      await writeFile(join(dataFolder, 'config.json'), JSON.stringify({ pollSeconds: 2, sources }));
      const program = ['electron/hosts/cli/main.ts', 'serve', '--no-open', '--port', '0', '--data', dataFolder];
      server = spawn(process.execPath, program, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
      browser = await playwright.launch({ executablePath: chromium!, args: ['--no-sandbox'] });
      page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) troubles.push(`${message.type()}: ${message.text()}`);
      });
      page.on('pageerror', (error) => troubles.push(`page error: ${error.message}`));
      page.setDefaultTimeout(30_000);
      await page.goto(await printedAddress(server));
      await page.getByRole('link', { name: /Alerts$/ }).click();
    }, 120_000);

    afterAll(async () => {
      await browser?.close();
      server?.kill('SIGTERM');
      receiver?.close();
      await exporters?.close();
      await rm(dataFolder, { recursive: true, force: true });
    });

    const tab = (name: string) => page.getByRole('button', { name, exact: true }).click();

    it('teaches on an empty page, and takes a suggestion with one press', async () => {
      await page.getByText('No rule is set yet').waitFor();
      await page.getByRole('button', { name: /^Tell me when part of the fleet is unseen/ }).click();
      await page.getByText('No rule is set yet').waitFor({ state: 'detached' });
      await tab('Rules');
      await page.getByText('Coverage is below 95.0 % over the last 15 min, for at least 15 min.').waitFor();
    });

    it('makes a rule in its place, with when it would have been an alert', async () => {
      await page.getByRole('button', { name: 'Add a rule' }).click();
      const form = page.locator('form').filter({ hasText: 'Save rule' });
      await form.getByLabel('Figure').selectOption('power');
      await form.getByLabel('Amount').fill('2.5');
      await form
        .getByText(/in the last seven days/)
        .first()
        .waitFor();
      await form.getByRole('button', { name: 'Save rule' }).click();
      await form.waitFor({ state: 'detached' });
      await page.getByText(/^Power is above 2\.50 kW/).waitFor();
    });

    it('keeps a webhook as a secret, and tests it with a signature', async () => {
      await tab('Delivery');
      await page.getByLabel('Address').fill(receiver.url);
      await page.getByLabel('Key for the signature').fill(KEY);
      await page.getByRole('button', { name: 'Send a test' }).click();
      await page.getByText('The receiver took the message (status 204).').waitFor();
      expect(receiver.received[0]!.headers['x-tokenwatt-signature']).toMatch(/^t=\d+,v1=/);
      await page.getByRole('button', { name: 'Save and turn on' }).click();
      await page.getByText(/^on: .*, signed$/).waitFor();
      expect(await page.content()).not.toContain('path-with-token-8841');
      expect(await readFile(join(dataFolder, 'config.json'), 'utf8')).not.toContain(KEY);
    });

    it('sets a budget, and says that it is too early to say', async () => {
      await tab('Budgets');
      await page.getByRole('button', { name: /^Set a budget for the fleet/ }).click();
      await page.getByLabel('Amount').fill('5000');
      await page.getByRole('button', { name: 'Save budget' }).click();
      const card = page.getByRole('region', { name: 'Budget Fleet' });
      await card.getByText('Too early to say').waitFor();
      await card
        .getByText(/Not enough history|What was spent is not known/)
        .first()
        .waitFor();
    });

    it('opens an alert for the silent target, with a badge on the rail and a message to the webhook', async () => {
      await tab('Rules');
      await page.getByLabel('Silent for').fill('0');
      const silence = page.locator('form').filter({ hasText: 'Silent sources' });
      await silence.getByText('webhook').click();
      await silence.getByRole('button', { name: 'Save' }).click();
      await tab('Alerts');
      await page
        .getByRole('heading', { name: '1 of 2 targets of two exporters are silent' })
        .waitFor({ timeout: 120_000 });
      expect(await page.getByLabel('1 open').innerText()).toBe('1');
      await expect.poll(() => receiver.received.length).toBe(2);
      expect(JSON.parse(receiver.received[1]!.body)).toMatchObject({
        kind: 'opened',
        alert: { source: 'two exporters' },
      });
    });

    it('takes an acknowledgement, and the badge goes', async () => {
      await page.getByRole('button', { name: 'Acknowledge' }).click();
      await page.getByLabel('Note').fill('being replaced');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText(/^Known until .*: being replaced$/).waitFor();
      await page.getByLabel('1 open').waitFor({ state: 'detached' });
    });

    it('met no error in the console', () => {
      expect(troubles).toEqual([]);
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

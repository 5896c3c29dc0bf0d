import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMissing, RENDERER_BUILD } from '#electron/hosts/start/build-missing.ts';
import { machineHas } from '../machine-has.ts';
import { startCountingExporter, type CountingExporter } from './counting-exporter.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const chromium = machineHas('chromium');
const STEP_MS = 30_000;

describe.skipIf(chromium === null)('the cost book in a real browser (program: chromium)', { timeout: 120_000 }, () => {
  const troubles: string[] = [];
  let exporter: CountingExporter;
  let dataFolder: string;
  let server: ChildProcess;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    expect(await buildMissing(ROOT, [RENDERER_BUILD], () => undefined)).toBe(true);
    exporter = await startCountingExporter(34);
    dataFolder = await mkdtemp(join(tmpdir(), 'tokenwatt-cost-book-'));
    const sources = [{ kind: 'scrape', name: 'lab', targets: exporter.targets }];
    await writeFile(join(dataFolder, 'config.json'), JSON.stringify({ pollSeconds: 2, sources }));
    // A price for every product from the command line: the fleet's own GPU is in no table.
    const price = ['--price-per-gpu-hour', '3'];
    const program = ['electron/hosts/cli/main.ts', 'serve', '--no-open', '--port', '0', '--data', dataFolder, ...price];
    server = spawn(process.execPath, program, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    browser = await playwright.launch({ executablePath: chromium!, args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme: 'dark' });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) troubles.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => troubles.push(`page error: ${error.message}`));
    page.setDefaultTimeout(STEP_MS);
    await page.goto(await printedAddress(server));
    // Two readings of each make the first fact.
    await page.getByTestId('hero-cost').filter({ hasText: /^\$\d/ }).waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: 'Cost book', exact: true }).click();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    server?.kill('SIGTERM');
    await exporter?.close();
    await rm(dataFolder, { recursive: true, force: true });
  });

  const preview = () => page.getByTestId('cost-book-preview');
  const tab = (name: string) => page.getByRole('tab', { name });
  const save = () => page.getByRole('button', { name: 'Save', exact: true });
  const openPrice = async () => {
    const head = page.getByTestId('hardware-price').first().getByRole('button', { expanded: false });
    if ((await head.count()) > 0) await head.click();
  };

  it('shows the price that the command line entered, for all GPUs of the fleet', async () => {
    const price = page.getByTestId('hardware-price');
    await price.getByText('holds for 3 GPUs').waitFor();
    expect(await price.count()).toBe(1);
    expect(await price.innerText()).toMatch(/Any product[\s\S]*Rented, power included[\s\S]*3\.00/);
    await preview().getByTestId('preview-loaded').filter({ hasText: /^\$\d/ }).waitFor();
  });

  it('previews a change beside the book in force before it is saved', async () => {
    await openPrice();
    await page.getByLabel('Rent', { exact: true }).fill('6');
    await preview().getByRole('heading', { name: 'With this draft' }).waitFor();
    const rate = preview()
      .getByRole('row')
      .filter({ has: page.getByRole('cell', { name: '6.00', exact: true }) });
    await rate.getByRole('cell', { name: '3.00', exact: true }).waitFor();
    // All cost is rent here: twice the rent is twice the cost.
    await preview().getByText('+100 %').first().waitFor();
  });

  it('says at the field what is unlikely, and what is no number', async () => {
    await page.getByLabel('Rent', { exact: true }).fill('600');
    await page.getByText('Usual is 0.5 to 15: check the unit.').waitFor();
    await page.getByLabel('Rent', { exact: true }).fill('6,5');
    await page.getByText('One field keeps this from being saved.').waitFor();
    await page.getByText('Enter a number.').waitFor();
    await page.getByText('The preview waits').waitFor();
    await page.keyboard.press('Control+z');
    await page.getByText('Saved.', { exact: true }).waitFor();
    expect(await page.getByLabel('Rent', { exact: true }).inputValue()).toBe('3');
  });

  it('holds who leaves with changes, and stays when asked', async () => {
    await page.getByLabel('Rent', { exact: true }).fill('6');
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Leave without saving?' });
    await dialog.getByRole('button', { name: 'Stay' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.goBack();
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.getByLabel('Rent', { exact: true }).inputValue()).toBe('6');
  });

  it('prices hours by a calendar, shows them in the week, and takes a site of its own', async () => {
    await tab('Electricity').click();
    await page.getByRole('button', { name: 'By the clock' }).click();
    await page.getByLabel('Price in it').fill('0.2');
    const cells = page.getByTestId('week-grid').locator('[data-period="0"]');
    expect(await cells.count()).toBe(30);
    // By keyboard: the strip of hours takes 20:00 along with the five before it.
    await page.getByRole('button', { name: '19:00 to 20:00', exact: true }).focus();
    await page.keyboard.press('Shift+ArrowRight');
    expect(await cells.count()).toBe(35);
    await page.keyboard.press('Control+z');
    expect(await cells.count()).toBe(30);
  });

  it('begins new prices from a date, and says in words what changed', async () => {
    await page.getByRole('button', { name: 'New prices from…' }).click();
    await page.getByLabel(/^Prices hold from/).fill('2031-01-01 00:00');
    await page.keyboard.press('Enter');
    await page.getByText('to come', { exact: true }).waitFor();
    await tab('Tokens').click();
    await page.getByLabel('Output', { exact: true }).fill('6');
    await page.getByTestId('revision-changes').getByText('1 : 0.1 : 5 → 1 : 0.1 : 6').waitFor();
    await page.getByRole('button', { name: 'Remove r2' }).click();
    await page.getByRole('button', { name: 'Undo: removed r2' }).click();
    await page.getByText('to come', { exact: true }).waitFor();
  });

  it('saves by keyboard, and the overview shows the new cost', async () => {
    expect(await save().isEnabled()).toBe(true);
    await page.keyboard.press('Control+s');
    await page.getByText('Saved.', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    // Three GPUs at 6 $/h, where the power is in the rent.
    await page.getByText('18.00').first().waitFor();
  });

  it('shows the saved book again, by revision', async () => {
    await page.getByRole('link', { name: 'Cost book', exact: true }).click();
    await page.getByRole('button', { name: /^r2/ }).click();
    await page.getByTestId('revision-changes').getByText('1 : 0.1 : 5 → 1 : 0.1 : 6').waitFor();
    await tab('Electricity').click();
    await page.getByTestId('week-grid').waitFor();
  });

  it('met no error in the console, and stops when asked', async () => {
    expect(troubles).toEqual([]);
    await page.close();
    server.kill('SIGTERM');
    await once(server, 'exit');
    expect(server.exitCode).toBe(0);
  });
});

async function printedAddress(server: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: server.stdout! })) {
    const address = /^\s*Open\s+(\S+)$/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('the server ended before it printed an address');
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Locator, chromium as playwright, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildMissing, RENDERER_BUILD } from '#electron/hosts/start/build-missing.ts';
import { machineHas } from '../machine-has.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const chromium = machineHas('chromium');

/** A folder to keep screenshots in, for who wants to look. */
const screenshotFolder = process.env['TOKENWATT_SCREENSHOTS'];

/** Pages of the rail: the key that opens each, its name there, and a heading of its own. */
const PAGES = [
  { key: '1', name: 'Overview', heading: 'Cost now' },
  { key: '2', name: 'Cost', heading: /^Cost, / },
  { key: '3', name: 'Idle', heading: /^Could be given back/ },
  { key: '4', name: 'Updates', heading: 'Updates' },
  { key: '5', name: 'Compare', heading: 'Compare' },
  { key: '6', name: 'Alerts', heading: 'Budgets and alerts' },
  { key: '7', name: 'Engines', heading: 'Engines' },
  { key: '8', name: 'Sources', heading: 'Sources' },
  { key: '9', name: 'Cost book', heading: 'Cost book' },
  { key: '0', name: 'Snapshots', heading: 'Save a snapshot' },
  { key: '-', name: 'Reports', heading: 'Monthly reports' },
] as const;

/** Figures change by the poll; the first may take as long as the sample fleet takes to start. */
const LIVE_MS = 60_000;

/** Everything else is there already, or will not come. */
const STEP_MS = 15_000;

describe.skipIf(chromium === null)(
  'the sample fleet in a real browser (program: chromium)',
  { timeout: 120_000 },
  () => {
    const troubles: string[] = [];
    let dataFolder: string;
    let server: ChildProcess;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      expect(await buildMissing(ROOT, [RENDERER_BUILD], () => undefined)).toBe(true);
      dataFolder = await mkdtemp(join(tmpdir(), 'tokenwatt-browser-'));
      server = spawn(process.execPath, ['electron/hosts/cli/main.ts', ...serveArguments(dataFolder)], {
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const address = await printedAddress(server);
      browser = await playwright.launch({ executablePath: chromium!, args: ['--no-sandbox'] });
      page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) troubles.push(`${message.type()}: ${message.text()}`);
      });
      page.on('pageerror', (error) => troubles.push(`page error: ${error.message}`));
      page.on('requestfailed', (request) => troubles.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
      page.on('response', (response) => {
        if (response.status() >= 400) troubles.push(`${response.status()}: ${response.url()}`);
      });
      page.setDefaultTimeout(STEP_MS);
      await page.goto(address);
    }, 120_000);

    // A server that died is said so by the first test it fails, and waited for by none.
    beforeEach(() => expect(server.exitCode).toBeNull());

    afterAll(async () => {
      await browser?.close();
      server?.kill('SIGTERM');
      await rm(dataFolder, { recursive: true, force: true });
    });

    it('shows what a million tokens costs, and shows it anew as facts arrive', async () => {
      const cost = page.getByTestId('hero-cost');
      await cost.filter({ hasText: /^\$\d/ }).waitFor({ timeout: LIVE_MS });
      const first = await cost.innerText();
      await cost.filter({ hasNotText: first }).waitFor({ timeout: LIVE_MS });
      expect(await cost.innerText()).toMatch(/^\$\d+(\.\d+)?$/);
      // One of 144 fell off the bus seven hours ago: it is known when the past is read that far.
      expect(await page.getByTestId('heard').innerText()).toMatch(/^Heard (now|.* ago), 143 of 14[34] GPUs/);
      // The address holds the code that let us in only until it was used.
      expect(new URL(page.url()).hash).toBe('');
    });

    it('explains the number: formula, inputs with their sources, coverage', async () => {
      await page.getByTestId('hero-cost').click();
      const drawer = page.getByTestId('explain-drawer');
      await drawer.getByRole('heading', { name: 'Formula' }).waitFor();
      const text = await drawer.innerText();
      expect(text).toMatch(/million billed tokens/);
      expect(text).toMatch(/Inputs and where they come from/);
      expect(text).toMatch(/counters of \d+ engines/);
      expect(text).toMatch(/price of the sample fleet/);
      expect(text).toMatch(/Coverage\s+\d+(\.\d+)? % of GPU time observed/);
      await keepScreenshot(page, 'explain');
      await drawer.getByRole('button', { name: 'Close' }).click();
      await drawer.waitFor({ state: 'detached' });
    });

    it('shows another range when one is chosen, in the address too', async () => {
      await page
        .getByTestId('range-picker')
        .getByRole('button', { name: /^Range:/ })
        .click();
      await page.getByRole('button', { name: '1 h', exact: true }).click();
      await page
        .getByTestId('range-picker')
        .getByRole('button', { name: /^Range: .*1 h/ })
        .waitFor();
      expect(new URL(page.url()).searchParams.get('range')).toBe('1h');
      await page.getByTestId('breakdown-table').getByRole('row').nth(1).waitFor();
    });

    it.each(['Dark', 'Light'])('takes the %s look', async (name) => {
      await page.getByTestId('theme-switch').click();
      await page.getByRole('button', { name, exact: true }).click();
      await page.locator(`html[data-theme="${name.toLowerCase()}"]`).waitFor();
      for (const shown of PAGES) {
        await openPage(page, shown.name);
        await keepScreenshot(page, `${shown.name.toLowerCase().replace(' ', '-')}-${name.toLowerCase()}`);
      }
    });

    it.each(PAGES)('opens $name from the rail, marked as sample data', async ({ name, heading }) => {
      await openPage(page, name);
      await page.getByRole('heading', { name: heading, exact: true }).waitFor();
      expect(await page.getByTestId('sample-badge').innerText()).toContain('Sample data');
    });

    it('opens every page, the working of the cost and the list of keys by keyboard alone', async () => {
      for (const { key, name, heading } of PAGES.toReversed()) {
        await page.keyboard.press(key);
        await page.getByRole('heading', { name: heading, exact: true }).waitFor();
        expect(await linkTo(page, name).getAttribute('aria-current')).toBe('page');
      }
      await page.keyboard.press('e');
      await page.getByTestId('explain-drawer').waitFor();
      await page.keyboard.press('Escape');
      await page.getByTestId('explain-drawer').waitFor({ state: 'detached' });
      await page.getByTestId('hero-cost').focus();
      await page.keyboard.press('Enter');
      await page.getByTestId('explain-drawer').waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor({ state: 'detached' });
    });

    it('reaches each page of the rail by tab and opens it with enter', async () => {
      await page.getByRole('link', { name: 'Overview' }).focus();
      for (const { name, heading } of PAGES.slice(1)) {
        await page.keyboard.press('Tab');
        expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch(new RegExp(`^\\d*${name}$`));
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: heading, exact: true }).waitFor();
      }
    });

    it('splits the bill by class of tokens so that it adds, and says what holds each deployment back', async () => {
      await page.getByRole('link', { name: 'Cost', exact: true }).click();
      const table = page.getByTestId('class-table');
      await table.waitFor({ timeout: LIVE_MS });
      const costs = await table.locator('tr td:nth-last-child(2)').allInnerTexts();
      const amounts = costs.map((text) => Number(text.replaceAll(',', '')));
      const bill = amounts.pop()!;
      expect(bill).toBeGreaterThan(0);
      expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBeCloseTo(bill, 1);
      await page.getByTestId('limits-table').getByText('llama', { exact: false }).first().waitFor({ timeout: LIVE_MS });
      await page.getByTestId('reconciliation').getByText('close to zero').waitFor({ timeout: LIVE_MS });
    });

    it('lists the sources of the sample fleet as fresh', async () => {
      await page.keyboard.press('8');
      const source = page.getByTestId('source-row').filter({ hasText: 'sample exporters' });
      await source.getByText('fresh', { exact: false }).first().waitFor();
    });

    it('says of every model who counts its tokens, and on which GPUs its engines are', async () => {
      await page.keyboard.press('7');
      const model = page.getByTestId('deployment').filter({ hasText: 'gpt-oss-120b' });
      await model.getByText('The engines count', { exact: false }).first().waitFor();
      await model.getByText('2 GPUs', { exact: false }).first().waitFor();
    });

    it('keeps the view over a reload, without another code', async () => {
      await page.keyboard.press('3');
      await page.reload();
      await page.getByRole('heading', { name: /^Could be given back/ }).waitFor();
    });

    it('met no error in the console and no failed request, and stops when asked', async () => {
      expect(troubles).toEqual([]);
      await page.close();
      server.kill('SIGTERM');
      await once(server, 'exit');
      expect(server.exitCode).toBe(0);
    });
  },
);

function serveArguments(dataFolder: string): readonly string[] {
  return ['serve', '--sample', '--no-open', '--port', '0', '--data', dataFolder];
}

/** The address that the server prints for a user to open. */
async function printedAddress(server: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: server.stdout! })) {
    const address = /^\s*Open\s+(\S+)$/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('the server ended before it printed an address');
}

async function openPage(page: Page, name: string): Promise<void> {
  await linkTo(page, name).click();
  await page.locator('a[aria-current="page"]', { hasText: name }).waitFor();
}

/** A link of the rail; alerts that are open are counted before its name. */
function linkTo(page: Page, name: string): Locator {
  return page.getByRole('link', { name: new RegExp(`^(\\d+ open ?)?${name}$`) });
}

async function keepScreenshot(page: Page, name: string): Promise<void> {
  if (screenshotFolder === undefined) return;
  await mkdir(screenshotFolder, { recursive: true });
  await page.screenshot({ path: join(screenshotFolder, `${name}.png`) });
}

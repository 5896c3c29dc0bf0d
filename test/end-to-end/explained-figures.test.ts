import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMissing, RENDERER_BUILD } from '#electron/hosts/start/build-missing.ts';
import { epochMs } from '#shared/time/instant.ts';
import { machineHas } from '../machine-has.ts';
import { openView, VIEWS } from './figure-views.ts';
import { serveSmallFleet, type ServedFleet } from './small-fleet-server.ts';
import { unexplainedFigures } from './unexplained-figures.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const chromium = machineHas('chromium');

/** Three trays of a rack, one with an update, one that went quiet, one free; and a machine that lost a GPU. */
const NODES = ['ash-nvl72-01-t01', 'ash-nvl72-01-t12', 'ash-nvl72-01-t15', 'dal-h100-02'];
const NOW = epochMs(Date.parse('2026-11-24T15:00:00Z'));

/** The update lies nine days back; a week on either side is needed to judge it. */
const DAYS = 17;

describe.skipIf(chromium === null)(
  'every figure on every screen explains itself (program: chromium)',
  { timeout: 120_000 },
  () => {
    let fleet: ServedFleet;
    let browser: Browser;
    let page: Page;
    let origin: string;

    beforeAll(async () => {
      expect(await buildMissing(ROOT, [RENDERER_BUILD], () => undefined)).toBe(true);
      fleet = await serveSmallFleet({
        nodes: NODES,
        days: DAYS,
        now: NOW,
        rendererFolder: join(ROOT, 'dist/renderer'),
      });
      browser = await playwright.launch({ executablePath: chromium!, args: ['--no-sandbox'] });
      page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      page.setDefaultTimeout(60_000);
      await page.goto(fleet.url);
      await page.locator('main').waitFor();
      origin = new URL(page.url()).origin;
    }, 600_000);

    afterAll(async () => {
      await browser?.close();
      await fleet?.stop();
    });

    it.each(VIEWS)('in the view $name', async (view) => {
      await openView(page, origin, view);
      expect(await unexplainedFigures(page)).toEqual([]);
    });

    it('finds an amount that explains nothing', async () => {
      await openView(page, origin, VIEWS[0]!);
      await page.evaluate(() => {
        const added = document.createElement('p');
        added.textContent = 'costs $12.50 and 3.1 kWh';
        document.querySelector('main')?.append(added);
      });
      expect(await unexplainedFigures(page)).toMatchObject([{ text: 'costs $12.50 and 3.1 kWh' }]);
    });

    it('opens its working by mouse and by keyboard, and gives the focus back', async () => {
      await openView(
        page,
        origin,
        VIEWS.find(({ name }) => name === 'Idle')!,
      );
      const drawer = page.getByTestId('explain-drawer');
      const cell = page
        .getByRole('row', { name: /^loaded, idle/ })
        .locator('[data-explains]')
        .nth(1);
      await cell.click();
      await drawer.getByRole('heading', { name: 'Cost of GPU time, loaded, idle' }).waitFor();
      expect(await drawer.innerText()).toMatch(/GPU time[\s\S]*GPU-h[\s\S]*rate[\s\S]*Cost of energy/);
      await page.keyboard.press('Escape');
      await drawer.waitFor({ state: 'detached' });
      await cell.focus();
      await page.keyboard.press('Enter');
      await drawer.waitFor();
      await page.keyboard.press('Escape');
      await drawer.waitFor({ state: 'detached' });
      await expect.poll(() => cell.evaluate((element) => element === document.activeElement)).toBe(true);
    });
  },
);

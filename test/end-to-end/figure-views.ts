import type { Page } from 'playwright-core';

/** A view of the screens in which figures stand: an address, and what is pressed before they are all there. */
export type View = {
  readonly name: string;
  readonly address: string;
  readonly open?: (page: Page) => Promise<void>;
  /** What must be in sight when all of it is there. */
  readonly shows: string;
};

/** Pressed in turn; each must be there. */
function press(...names: readonly (string | RegExp)[]): (page: Page) => Promise<void> {
  return async (page) => {
    for (const name of names)
      await page
        .getByRole('button', { name, exact: typeof name === 'string' })
        .first()
        .click();
  };
}

function openTab(name: string): (page: Page) => Promise<void> {
  return (page) => page.getByRole('tab', { name }).click();
}

const TARIFF_AND_PUE = JSON.stringify([
  { kind: 'tariff', usdPerKilowattHour: 0.16 },
  { kind: 'pue', pue: 1.1 },
]);

const RANGE = 'range=7d';

/** An explained figure within a part of a page. */
function figureIn(part: string): string {
  return `${part} [data-explains]`;
}

const BREAKDOWN = figureIn('[data-testid="breakdown-table"]');
const PREVIEW = figureIn('[data-testid="cost-book-preview"]');
const DETAIL = figureIn('[data-testid="detail"]');

/** Every page, and every part of a page that shows figures of its own. */
export const VIEWS: readonly View[] = [
  { name: 'Overview by model', address: `page=overview&${RANGE}`, shows: BREAKDOWN },
  { name: 'Overview by node', address: `page=overview&by=node&${RANGE}`, shows: BREAKDOWN },
  { name: 'Overview, marginal', address: `page=overview&cost=marginal&${RANGE}`, shows: BREAKDOWN },
  { name: 'Cost', address: `page=cost&${RANGE}`, shows: figureIn('[data-testid="reconciliation"]') },
  { name: 'Cost, serving, by GPU', address: `page=cost&cost=serving&by=gpu&${RANGE}`, shows: BREAKDOWN },
  { name: 'Idle', address: `page=idle&${RANGE}`, shows: figureIn('[aria-label="Stranded capacity"]') },
  {
    name: 'Idle, opened',
    address: `page=idle&${RANGE}`,
    shows: figureIn('[aria-label="Recoverable capacity"]'),
    open: async (page) => {
      await press('Pool', 'Table')(page);
      for (const line of await page.getByTitle('Show other headrooms').all()) await line.click();
      for (const more of await page.getByRole('button', { name: /^Show \d+ more$/ }).all()) await more.click();
    },
  },
  { name: 'Updates', address: 'page=updates&range=30d', shows: figureIn('[data-testid="update-evidence"]') },
  {
    name: 'Updates, all evidence',
    address: 'page=updates&range=30d',
    shows: figureIn('[data-testid="update-evidence"]'),
    open: press('See the evidence in full'),
  },
  {
    name: 'Compare, reference',
    address: `page=compare&${RANGE}`,
    shows: DETAIL,
    open: async (page) => {
      await page.locator('main details').evaluateAll((all) => all.forEach((one) => one.toggleAttribute('open', true)));
    },
  },
  {
    name: 'Compare, what if',
    address: `page=compare&tab=what-if&item=${encodeURIComponent(TARIFF_AND_PUE)}&${RANGE}`,
    shows: figureIn('[data-testid="what-if-models"]'),
  },
  {
    name: 'Compare, snapshots',
    address: `page=compare&tab=snapshots&${RANGE}`,
    shows: figureIn('[data-testid="snapshot-comparison"]'),
  },
  { name: 'Alerts', address: 'page=alerts', shows: 'h1' },
  { name: 'Rules', address: 'page=alerts&tab=rules', shows: 'h1' },
  { name: 'Budgets', address: 'page=alerts&tab=budgets', shows: figureIn('[aria-label^="Budget "]') },
  { name: 'Engines', address: 'page=engines', shows: 'main p' },
  { name: 'Sources', address: 'page=sources', shows: 'h1' },
  { name: 'Cost book, hardware', address: 'page=cost-book', shows: PREVIEW },
  { name: 'Cost book, electricity', address: 'page=cost-book', shows: PREVIEW, open: openTab('Electricity') },
  { name: 'Cost book, tokens', address: 'page=cost-book', shows: PREVIEW, open: openTab('Tokens') },
  { name: 'Cost book, service levels', address: 'page=cost-book', shows: PREVIEW, open: openTab('Service levels') },
  { name: 'Snapshots', address: 'page=snapshots', shows: 'h1' },
];

/** Opens a view and waits until nothing of it is on its way. */
export async function openView(page: Page, origin: string, { address, open, shows }: View): Promise<void> {
  await page.goto(`${origin}/?${address}`);
  await page.locator(shows).first().waitFor();
  await open?.(page);
  await page.locator(shows).first().waitFor();
  await page.waitForFunction(() => document.querySelector('main [aria-busy="true"]') === null);
}

import type { Page } from 'playwright-core';

/** A figure on a page that cannot be pressed to explain itself. */
export type Unexplained = { readonly text: string; readonly near: string };

/** Where an amount may stand without an explanation, and why. */
const ALLOWED = [
  // What a person typed, or is about to type.
  'input, select, option, textarea, label, fieldset',
  // The working itself.
  '[data-testid="explain-drawer"]',
  // Scales of pictures, whose values stand in a table or a tip.
  'svg, canvas, figcaption',
  // Public statements, with who said it beside them.
  'blockquote, [data-quoted]',
  // Amounts that the operator entered, shown as entered.
  '[data-entered]:not([data-entered="false"])',
  // Names of columns, rows and groups, which say a unit.
  'thead, dt, h1, h2, h3, title',
].join(', ');

/**
 * Every money, cost per token, energy, efficiency and idle-time figure in sight that opens no explanation: amounts with a
 * currency sign or a unit, and cells of columns whose head names one.
 */
export async function unexplainedFigures(page: Page): Promise<Unexplained[]> {
  return await page.evaluate((allowed) => {
    const MONEY = /[$€£]\s?[−-]?\d/u;
    const WITH_UNIT = /\d[\d.,\s]*\s?[kMGT]?(?:\/Mtok|Wh\b|tok\/J|J per token|GPU-h\b)/u;
    const PRICE = /\d\s\$\/(?:GPU-h|kWh|Mtok)/u;
    const HEAD = /[$€£]|Wh\b|tok\/J|GPU-h\b/u;
    // A head that is nothing but a unit is that of all columns.
    const ONLY_UNIT = /^(?:\$|.*, )?\$(?:\/Mtok)?$/u;

    const isSeen = (element: Element): boolean =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
      element.closest('[aria-hidden="true"]') === null;

    const headOf = (cell: HTMLTableCellElement): string => {
      const row = cell.parentElement;
      const table = cell.closest('table');
      if (row === null || table === null) return '';
      const columnOf = (wanted: Element, cells: Iterable<Element>): number => {
        let column = 0;
        for (const one of cells) {
          if (one === wanted) return column;
          column += (one as HTMLTableCellElement).colSpan;
        }
        return column;
      };
      const column = columnOf(cell, row.children);
      let at = 0;
      for (const head of table.querySelectorAll<HTMLTableCellElement>('thead tr:last-child > *')) {
        if (column < at + head.colSpan) return head.textContent ?? '';
        at += head.colSpan;
      }
      return '';
    };

    const found: { text: string; near: string }[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = (node.textContent ?? '').trim();
      const element = node.parentElement;
      if (text === '' || element === null || !/\d/u.test(text)) continue;
      if (element.closest(`[data-explains], ${allowed}`) !== null || !isSeen(element)) continue;
      const cell = element.closest('td');
      // An amount and its unit may be two elements side by side.
      const beside = element.nextElementSibling;
      const unit = beside !== null && !/\d/u.test(beside.textContent ?? '') ? beside.textContent : '';
      const whole = `${text} ${unit}`;
      const isAmount = MONEY.test(text) || WITH_UNIT.test(text) || WITH_UNIT.test(whole) || PRICE.test(whole);
      const isMoneyTable = ONLY_UNIT.test(cell?.closest('table')?.querySelector('thead th')?.textContent ?? '');
      const isUnitRow = HEAD.test(cell?.parentElement?.querySelector('th')?.textContent ?? '');
      const isFigureColumn = cell !== null && (HEAD.test(headOf(cell)) || isMoneyTable || isUnitRow);
      const isCell = isFigureColumn && /^[+−-]?[\d.,]+(?:\s?%)?$/u.test(text);
      if (!isAmount && !isCell) continue;
      const near = element.closest('section, article, aside, header, footer, form, main');
      const name = near?.getAttribute('aria-label') ?? near?.querySelector('h1, h2, h3')?.textContent ?? '';
      const row = element.closest('tr')?.querySelector('th')?.textContent ?? '';
      const head = cell === null ? '' : headOf(cell);
      found.push({ text, near: [name, row, head].filter((part) => part !== '').join(' · ') });
    }
    return found;
  }, ALLOWED);
}

import type { CostBookRevision } from '#shared/model/cost-book.ts';
import { formatInstant } from '#shared/units/format-time.ts';

/** Things that happened under one price, with the words that tell them from those under another. */
export type Period<Item> = {
  /** The first of the items: it says what their common price is. */
  readonly first: Item;
  readonly items: readonly Item[];
  /** Empty where one price held for all: `, on-peak, until 2026-03-03 12:00 UTC` and `, from ...` where it changed. */
  readonly suffix: string;
};

/**
 * Divides by the price that held: first by what tells prices of one time apart (a place, hours of the day), then in order of
 * time, where revisions in a row that agree on the price are one period. What is explained must show every price that was
 * used, and a change of another price is no news here.
 */
export function periodsOf<Item extends { readonly revision: CostBookRevision }>(
  items: readonly Item[],
  priceOf: (item: Item) => unknown,
  wordsOf: (item: Item) => string = () => '',
): readonly Period<Item>[] {
  const kinds = [...Map.groupBy(items, wordsOf)].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return kinds.flatMap(([words, list]) =>
    periodsInTime(list, priceOf).map((period) => ({
      ...period,
      suffix: (words === '' ? '' : `, ${words}`) + period.suffix,
    })),
  );
}

function periodsInTime<Item extends { readonly revision: CostBookRevision }>(
  items: readonly Item[],
  priceOf: (item: Item) => unknown,
): readonly Period<Item>[] {
  const ordered = items.toSorted((one, other) => one.revision.from - other.revision.from);
  const runs: { readonly price: string; readonly items: Item[] }[] = [];
  for (const item of ordered) {
    const price = JSON.stringify(priceOf(item));
    const last = runs.at(-1);
    if (last?.price === price) last.items.push(item);
    else runs.push({ price, items: [item] });
  }
  return runs.flatMap((run, index) => {
    const [first] = run.items;
    if (first === undefined) return [];
    const next = runs[index + 1]?.items[0]?.revision;
    const from = index === 0 ? '' : `, from ${formatInstant(first.revision.from, 'UTC')}`;
    const until = index > 0 || next === undefined ? '' : `, until ${formatInstant(next.from, 'UTC')}`;
    return [{ first, items: run.items, suffix: from + until }];
  });
}

import type { CostBookRevision } from '#shared/model/cost-book.ts';
import { formatInstant } from '#shared/units/format-time.ts';

/** Things that happened under one price, with the words that tell them from those under another. */
export type Period<Item> = {
  readonly revision: CostBookRevision;
  readonly items: readonly Item[];
  /** Empty where one price held for all: `, until 2026-03-03 12:00 UTC` and `, from ...` where it changed. */
  readonly suffix: string;
};

/**
 * Divides by the price that held, in order of time: revisions in a row that agree on it are one period. What is explained
 * must show every price that was used, and a change of another price is no news here.
 */
export function periodsOf<Item extends { readonly revision: CostBookRevision }>(
  items: readonly Item[],
  priceOf: (revision: CostBookRevision) => unknown,
): readonly Period<Item>[] {
  const ordered = items.toSorted((one, other) => one.revision.from - other.revision.from);
  const runs: { readonly price: string; readonly items: Item[] }[] = [];
  for (const item of ordered) {
    const price = JSON.stringify(priceOf(item.revision));
    const last = runs.at(-1);
    if (last?.price === price) last.items.push(item);
    else runs.push({ price, items: [item] });
  }
  return runs.flatMap((run, index) => {
    const revision = run.items[0]?.revision;
    if (revision === undefined) return [];
    const next = runs[index + 1]?.items[0]?.revision;
    const from = index === 0 ? '' : `, from ${formatInstant(revision.from, 'UTC')}`;
    const until = index > 0 || next === undefined ? '' : `, until ${formatInstant(next.from, 'UTC')}`;
    return [{ revision, items: run.items, suffix: from + until }];
  });
}

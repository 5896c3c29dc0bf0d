import type { Draft } from './cost-book-draft.ts';

/** Whether two books say the same: in whatever order their fields stand, because a saved book comes back in another. */
export function sameBook(one: Draft, other: Draft): boolean {
  return one === other || JSON.stringify(one, plainly) === JSON.stringify(other, plainly);
}

/** Fields by name; and JSON has no word for a field that holds no number yet, which is not one that was left empty. */
function plainly(_key: string, value: unknown): unknown {
  if (Number.isNaN(value)) return 'not entered';
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

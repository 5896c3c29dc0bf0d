/** A choice among values in a row, where none chosen means any. Pure. */

/** The choice with some values on or off. All of them chosen is any; the last one cannot go: that is any too. */
export function withValues(
  chosen: readonly number[],
  change: { readonly values: readonly number[]; readonly isOn: boolean },
  all: readonly number[],
): readonly number[] {
  const before = new Set(chosen);
  for (const value of change.values) {
    if (change.isOn) before.add(value);
    else before.delete(value);
  }
  const next = all.filter((value) => before.has(value));
  return next.length === all.length ? [] : next;
}

/** A press on a value: from any, it alone; else it is turned over. */
export function pressed(chosen: readonly number[], value: number, all: readonly number[]): readonly number[] {
  return withValues(chosen, { values: [value], isOn: !chosen.includes(value) }, all);
}

/** The values from one to another, in the order of the row, whichever comes first. */
export function between(one: number, other: number, all: readonly number[]): readonly number[] {
  const places = [all.indexOf(one), all.indexOf(other)].toSorted((left, right) => left - right);
  return all.slice(places[0], (places[1] ?? 0) + 1);
}

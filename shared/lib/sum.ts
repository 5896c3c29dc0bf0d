/**
 * Sum with Neumaier's compensation, so that a month of small amounts does not drift and the order hardly matters.
 * Formula: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1974).
 */
export function sum(values: Iterable<number>): number {
  return sumOf(values, (value) => value);
}

/** Sum of one number per item, compensated like `sum`. A plain loop: answers add tens of thousands of cells. */
export function sumOf<Item>(items: Iterable<Item>, numberOf: (item: Item) => number): number {
  let total = 0;
  let lost = 0;
  for (const item of items) {
    const value = numberOf(item);
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return total + lost;
}

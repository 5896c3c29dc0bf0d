/** A colour belongs to a thing, on every page and for as long as the page lives. More than eight things share the last. */
const SERIES_COUNT = 8;
const places = new Map<string, number>();

/** The colour of a thing by its name, as a CSS value. Call it for names in a settled order: first seen, first served. */
export function seriesColourOf(name: string): string {
  const known = places.get(name);
  const place = known ?? Math.min(SERIES_COUNT, places.size + 1);
  if (known === undefined) places.set(name, place);
  return `var(--series-${place})`;
}

const LEAST = 12;
const MOST = 82;

/** Ground of an hour by the step of its price, 0 to 1: one blue, paler where power is cheaper. */
export function rampOf(step: number): string {
  return `color-mix(in srgb, var(--accent-fill) ${Math.round(LEAST + step * (MOST - LEAST))}%, var(--sheet))`;
}

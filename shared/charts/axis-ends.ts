/** The least of 1, 2, 2.5 and 5 times a power of ten that holds a value: an axis that moves rarely. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10;
  return step * power;
}

/** Splits of an axis that ends at a nice ceiling, so that its labels are round too: 0.4 by 0.1, 0.25 by 0.05. */
export function splitsOf(ceiling: number): number {
  const mantissa = ceiling / 10 ** Math.floor(Math.log10(ceiling) + 1e-9);
  if ([1.5, 3, 6].some((size) => Math.abs(mantissa - size) < 1e-6)) return 3;
  return [2, 4, 8].some((size) => Math.abs(mantissa - size) < 1e-6) ? 4 : 5;
}

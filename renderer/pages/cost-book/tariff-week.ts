import { periodAt } from '#shared/cost/tariff-periods.ts';
import type { EnergyPrice } from '#shared/model/cost-book.ts';
import { monthsWords } from './period-words.ts';

/** Which period of a tariff holds in each hour of a week: what the grid of a season draws. Pure. */

export const WEEKDAY_NUMBERS = [1, 2, 3, 4, 5, 6, 7] as const;
export const HOUR_NUMBERS: readonly number[] = Array.from({ length: 24 }, (_, hour) => hour);
export const MONTH_NUMBERS: readonly number[] = Array.from({ length: 12 }, (_, index) => index + 1);

/** Months whose weeks look alike. `cells`: by weekday from Monday, by hour; the place of the period, null for the base. */
export type Season = {
  readonly name: string;
  readonly months: readonly number[];
  readonly cells: readonly (readonly (number | null)[])[];
};

/** The seasons of a tariff in order of their first month; one where all months are alike. */
export function seasonsOf(energy: EnergyPrice): Season[] {
  const weeks = MONTH_NUMBERS.map((month) => ({ month, cells: weekOf(energy, month) }));
  return [...Map.groupBy(weeks, ({ cells }) => JSON.stringify(cells)).values()].map((alike) => {
    const months = alike.map(({ month }) => month);
    return { name: monthsWords(months), months, cells: alike[0]?.cells ?? [] };
  });
}

function weekOf(energy: EnergyPrice, month: number): (number | null)[][] {
  return WEEKDAY_NUMBERS.map((weekday) =>
    HOUR_NUMBERS.map((hour) => {
      const period = periodAt(energy, { month, weekday, hour });
      return period === null ? null : energy.periods.indexOf(period);
    }),
  );
}

/** Hours of the week in which each period holds, and the base: `[periods..., base]`. They add to 168. */
export function hoursByPeriod(season: Season, periods: number): readonly number[] {
  const counts = Array.from({ length: periods + 1 }, () => 0);
  for (const cell of season.cells.flat()) {
    const place = cell ?? periods;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

/** Periods that never hold, because earlier ones take all their hours: by their place. */
export function hiddenPeriods(energy: EnergyPrice): number[] {
  const holding = new Set(seasonsOf(energy).flatMap((season) => season.cells.flat()));
  return energy.periods.flatMap((_, index) => (holding.has(index) ? [] : [index]));
}

/** Step of the ramp per period and for the base, 0 for the cheapest to 1 for the dearest; a half where none is entered. */
export function priceSteps({ usdPerKilowattHour, periods }: EnergyPrice): readonly number[] {
  const prices = [...periods.map((period) => period.usdPerKilowattHour), usdPerKilowattHour];
  const known = prices.filter(Number.isFinite);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return prices.map((price) => {
    if (!Number.isFinite(price)) return 0.5;
    return most > least ? (price - least) / (most - least) : 0;
  });
}

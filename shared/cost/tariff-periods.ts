import type { EnergyPrice, TariffPeriod } from '#shared/model/cost-book.ts';

/** An hour as the calendar of a tariff names it, by its local clock. */
export type ClockHour = {
  /** 1 January to 12 December. */
  readonly month: number;
  /** 1 Monday to 7 Sunday. */
  readonly weekday: number;
  /** 0 to 23. */
  readonly hour: number;
};

/** The period that an hour lies in, the first that matches; null where none does and the base price holds. */
export function periodAt(price: EnergyPrice, at: ClockHour): TariffPeriod | null {
  return price.periods.find((period) => holds(period, at)) ?? null;
}

function holds({ months, weekdays, hours }: TariffPeriod, { month, weekday, hour }: ClockHour): boolean {
  return isIn(months, month) && isIn(weekdays, weekday) && isIn(hours, hour);
}

/** An empty list is any. */
function isIn(list: readonly number[], value: number): boolean {
  return list.length === 0 || list.includes(value);
}

/** Names of periods that no hour of any year can lie in, because periods above them hold all of theirs. */
export function hiddenPeriods(price: EnergyPrice): string[] {
  const used = new Set(EVERY_HOUR.map((at) => periodAt(price, at)));
  return price.periods.filter((period) => !used.has(period)).map(({ name }) => name);
}

const EVERY_HOUR: readonly ClockHour[] = numbersTo(12).flatMap((month) =>
  numbersTo(7).flatMap((weekday) => numbersTo(24).map((hour) => ({ month: month + 1, weekday: weekday + 1, hour }))),
);

function numbersTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

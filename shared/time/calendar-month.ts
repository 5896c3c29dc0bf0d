/** Calendar months by name, such as `2026-11`; names sort as months do. */
export type CalendarMonth = { readonly year: number; readonly month: number };

/** Of a name of the form `YYYY-MM`, which whoever read it has checked. */
export function parseMonth(name: string): CalendarMonth {
  const [year = 0, month = 0] = name.split('-').map(Number);
  return { year, month };
}

export function monthName({ year, month }: CalendarMonth): string {
  return `${year}-${String(month).padStart(2, '0')}`;
}

export function monthBefore(name: string): string {
  const { year, month } = parseMonth(name);
  return monthName(month === 1 ? { year: year - 1, month: 12 } : { year, month: month - 1 });
}

export function monthAfter(name: string): string {
  const { year, month } = parseMonth(name);
  return monthName(month === 12 ? { year: year + 1, month: 1 } : { year, month: month + 1 });
}

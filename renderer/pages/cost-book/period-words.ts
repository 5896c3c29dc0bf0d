/** Months, weekdays and hours of a tariff as people say them. An empty list is any. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export function monthName(month: number): string {
  return MONTHS[month - 1] ?? '';
}

export function weekdayName(weekday: number): string {
  return WEEKDAYS[weekday - 1] ?? '';
}

export function monthsWords(months: readonly number[]): string {
  if (months.length === 0 || months.length === 12) return 'all year';
  return runsOf(months, { from: 1, to: 12, wraps: true })
    .map(({ from, to }) => (from === to ? monthName(from) : `${monthName(from)} to ${monthName(to)}`))
    .join(', ');
}

export function weekdaysWords(weekdays: readonly number[]): string {
  if (weekdays.length === 0 || weekdays.length === 7) return 'all days';
  return runsOf(weekdays, { from: 1, to: 7, wraps: false })
    .map(({ from, to }) => (from === to ? weekdayName(from) : `${weekdayName(from)} to ${weekdayName(to)}`))
    .join(', ');
}

/** `14:00 to 20:00`: from the first minute of the first hour to the last of the last. */
export function hoursWords(hours: readonly number[]): string {
  if (hours.length === 0 || hours.length === 24) return 'all hours';
  return runsOf(hours, { from: 0, to: 23, wraps: true })
    .map(({ from, to }) => `${clock(from)} to ${clock((to + 1) % 24)}`)
    .join(', ');
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}

type Run = { readonly from: number; readonly to: number };

/** Numbers that follow one another, as runs; where they wrap, the last one and the first join: 22, 23, 0 is one run. */
function runsOf(numbers: readonly number[], bounds: Run & { readonly wraps: boolean }): Run[] {
  const sorted = [...new Set(numbers)].toSorted((one, other) => one - other);
  const runs: { from: number; to: number }[] = [];
  for (const number of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && last.to === number - 1) last.to = number;
    else runs.push({ from: number, to: number });
  }
  const [first] = runs;
  const last = runs.at(-1);
  const isJoined = bounds.wraps && runs.length > 1 && first?.from === bounds.from && last?.to === bounds.to;
  if (!isJoined || first === undefined || last === undefined) return runs;
  return [...runs.slice(1, -1), { from: last.from, to: first.to }];
}

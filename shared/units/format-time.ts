import { UNKNOWN } from './format-quantity.ts';

/** Instants, ages and durations as text. Instants are UTC milliseconds; the zone is named by the caller and printed. */

/** `UTC` or a name of the time zone database, such as `Europe/Berlin`. */
export type ZoneName = string;

/**
 * `full`: 2026-11-23 14:05 UTC. `second`: 2026-11-23 14:05:02 UTC. `short`: 23 Nov 14:05. `time`: 14:05. `clock`: 14:05:02.
 * `day`: 23 Nov. `date`: 2026-11-23. `input`: 2026-11-23 14:05, as the custom range reads it back.
 */
export type InstantStyle = 'full' | 'second' | 'short' | 'time' | 'clock' | 'day' | 'date' | 'input';

/** Text of an instant in a zone, in 24 hours. Only `full` and `second` carry the zone: elsewhere it stands beside. */
export function formatInstant(atMs: number | null, zone: ZoneName, style: InstantStyle = 'full'): string {
  if (atMs === null) return UNKNOWN;
  const part = partsOf(atMs, zone);
  const date = `${part.year}-${part.month}-${part.day}`;
  const time = `${part.hour}:${part.minute}`;
  const day = `${Number(part.day)} ${MONTHS[Number(part.month) - 1] ?? ''}`;
  switch (style) {
    case 'full':
      return `${date} ${time} ${zoneLabel(atMs, zone)}`;
    case 'second':
      return `${date} ${time}:${part.second} ${zoneLabel(atMs, zone)}`;
    case 'short':
      return `${day} ${time}`;
    case 'time':
      return time;
    case 'clock':
      return `${time}:${part.second}`;
    case 'day':
      return day;
    case 'date':
      return date;
    case 'input':
      return `${date} ${time}`;
    default:
      return UNKNOWN;
  }
}

/** The name a zone is printed with at an instant: `UTC`, `GMT+1`, `EST`. */
export function zoneLabel(atMs: number, zone: ZoneName): string {
  if (zone === 'UTC') return 'UTC';
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' }).formatToParts(atMs);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone;
}

/** A length of time in its two largest units: 412 ms, 2.3 s, 40 min, 6 h 12 min, 3 d 4 h. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return UNKNOWN;
  const size = Math.abs(seconds);
  const sign = seconds < 0 ? '−' : '';
  if (size < 1) return size === 0 ? '0 s' : `${sign}${Math.max(1, Math.round(size * 1000))} ms`;
  if (size < 59.5) return `${sign}${size < 10 && !Number.isInteger(size) ? size.toFixed(1) : Math.round(size)} s`;
  if (size < 3570) return sign + pair(size, { large: 60, largeName: 'min', small: 1, smallName: 's' });
  if (size < 86_370) return sign + pair(size, { large: 3600, largeName: 'h', small: 60, smallName: 'min' });
  return sign + pair(size, { large: 86_400, largeName: 'd', small: 3600, smallName: 'h' });
}

/** How long ago: `now` below a second, whole seconds, then as a duration. Null is "never". */
export function formatAge(seconds: number | null): string {
  if (seconds === null) return 'never';
  if (seconds < 1) return 'now';
  return `${formatDuration(Math.floor(seconds))} ago`;
}

type Pair = { readonly large: number; readonly largeName: string; readonly small: number; readonly smallName: string };

function pair(seconds: number, { large, largeName, small, smallName }: Pair): string {
  const units = Math.round(seconds / small);
  const perLarge = large / small;
  const rest = units % perLarge;
  const whole = `${(units - rest) / perLarge} ${largeName}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallName}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

type CalendarParts = { readonly [Part in 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second']: string };

function partsOf(atMs: number, zone: ZoneName): CalendarParts {
  const found = new Map(
    calendarFormat(zone)
      .formatToParts(atMs)
      .map((part) => [part.type, part.value]),
  );
  const read = (type: Intl.DateTimeFormatPartTypes): string => found.get(type) ?? '';
  return {
    year: read('year'),
    month: read('month'),
    day: read('day'),
    hour: read('hour'),
    minute: read('minute'),
    second: read('second'),
  };
}

const calendarFormats = new Map<ZoneName, Intl.DateTimeFormat>();

function calendarFormat(zone: ZoneName): Intl.DateTimeFormat {
  const known = calendarFormats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  calendarFormats.set(zone, made);
  return made;
}

import type { AskedWindow } from '#renderer/backend/queries.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { formatDuration, formatInstant, zoneLabel, type ZoneName } from '#shared/units/format-time.ts';

/** The range of a page: the last so many seconds, whose end moves, or two instants, which stand. */
export type RangeSpec =
  | { readonly kind: 'last'; readonly seconds: number }
  | { readonly kind: 'fixed'; readonly from: EpochMs; readonly to: EpochMs };

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

export const RANGE_CHOICES: readonly { readonly seconds: number; readonly label: string }[] = [
  { seconds: 5 * MINUTE, label: '5 min' },
  { seconds: 15 * MINUTE, label: '15 min' },
  { seconds: HOUR, label: '1 h' },
  { seconds: 6 * HOUR, label: '6 h' },
  { seconds: 24 * HOUR, label: '24 h' },
  { seconds: 7 * DAY, label: '7 d' },
  { seconds: 30 * DAY, label: '30 d' },
];

/** The contract refuses more; less than this shows no bucket. */
const SECONDS_MAX = 400 * DAY;
const SECONDS_MIN = MINUTE;

export function windowAt(spec: RangeSpec, asOf: EpochMs): TimeRange {
  return spec.kind === 'fixed'
    ? { from: spec.from, to: spec.to }
    : { from: plusSeconds(asOf, -spec.seconds), to: asOf };
}

export function askedWindow(spec: RangeSpec): AskedWindow {
  return { key: rangeToText(spec), at: (asOf) => windowAt(spec, asOf) };
}

/**
 * The part of a window from which anything is known. A fleet that was connected an hour ago has no history to draw for the
 * other 23: the hour is asked for alone, in steps that suit it. `knownFrom` is where the overview's window began.
 */
export function knownWindow(asked: AskedWindow, knownFrom: EpochMs, asOf: EpochMs): AskedWindow {
  const window = asked.at(asOf);
  const unknown = (knownFrom - window.from) / (window.to - window.from);
  if (unknown < UNKNOWN_SHARE_LEAST) return asked;
  return {
    key: `${asked.key} since ${knownFrom}`,
    at: (at) => {
      const range = asked.at(at);
      return { from: epochMs(Math.min(Math.max(range.from, knownFrom), range.to - SECONDS_MIN * 1000)), to: range.to };
    },
  };
}

/** Up to this share of a range may be unknown before its beginning moves, which keeps windows still in a fleet with history. */
const UNKNOWN_SHARE_LEAST = 0.02;

/** Short text for the address bar: `24h`, `90m`, or two instants in ISO form. */
export function rangeToText(spec: RangeSpec): string {
  if (spec.kind === 'fixed') return `${isoOf(spec.from)}..${isoOf(spec.to)}`;
  const unit = [
    { letter: 'd', seconds: DAY },
    { letter: 'h', seconds: HOUR },
    { letter: 'm', seconds: MINUTE },
  ].find(({ letter, seconds }) => spec.seconds % seconds === 0 && (letter !== 'd' || spec.seconds > DAY));
  return unit === undefined ? `${spec.seconds}s` : `${spec.seconds / unit.seconds}${unit.letter}`;
}

export function rangeFromText(text: string): RangeSpec | null {
  const [from, to] = text.split('..');
  if (from !== undefined && to !== undefined) {
    const range = { from: Date.parse(from), to: Date.parse(to) };
    return isSensible(range) ? { kind: 'fixed', from: epochMs(range.from), to: epochMs(range.to) } : null;
  }
  const seconds = secondsFromText(text);
  return seconds === null || seconds < SECONDS_MIN || seconds > SECONDS_MAX ? null : { kind: 'last', seconds };
}

export type RangeInput = { readonly from: string; readonly to: string; readonly zone: ZoneName; readonly now: EpochMs };

/**
 * Reads what a person typed into the two fields of the custom range: `now`, `now-3h`, or an instant such as
 * `2026-11-23 14:05` in the zone of the page. A range that ends now keeps moving.
 */
export function rangeFromInput({ from, to, zone, now }: RangeInput): Result<RangeSpec, string> {
  const start = instantFromInput(from, zone, now);
  const end = instantFromInput(to, zone, now);
  if (start === null) return fail('From is not an instant. Try now-3h or 2026-11-23 14:05.');
  if (end === null) return fail('To is not an instant. Try now or 2026-11-23 14:05.');
  if (end <= start) return fail('To must lie after From.');
  if (end - start > SECONDS_MAX * 1000) return fail('At most 400 days fit into one range.');
  if (end - start < SECONDS_MIN * 1000) return fail('A range covers at least one minute.');
  const isMoving = to.trim() === 'now' && from.trim().startsWith('now');
  return succeed(isMoving ? { kind: 'last', seconds: (end - start) / 1000 } : { kind: 'fixed', from: start, to: end });
}

/** The range moved by half its length; one that reaches the present again moves with it. */
export function shifted(spec: RangeSpec, direction: -1 | 1, asOf: EpochMs): RangeSpec {
  const window = windowAt(spec, asOf);
  const seconds = secondsOf(window);
  if (spec.kind === 'last' && direction === 1) return spec;
  return within(plusSeconds(window.from, (direction * seconds) / 2), seconds, asOf);
}

/** Twice the range about the same middle, ending now at the latest. */
export function zoomedOut(spec: RangeSpec, asOf: EpochMs): RangeSpec {
  const window = windowAt(spec, asOf);
  const seconds = Math.min(SECONDS_MAX, secondsOf(window) * 2);
  if (spec.kind === 'last') return { kind: 'last', seconds };
  return within(plusSeconds(window.from, -seconds / 4), seconds, asOf);
}

/** What the range is called in the bar. */
export function rangeLabel(spec: RangeSpec, zone: ZoneName): string {
  if (spec.kind === 'last') {
    const choice = RANGE_CHOICES.find(({ seconds }) => seconds === spec.seconds);
    return `Last ${choice?.label ?? formatDuration(spec.seconds)}`;
  }
  const isOneDay = formatInstant(spec.from, zone, 'date') === formatInstant(spec.to, zone, 'date');
  return `${formatInstant(spec.from, zone, 'short')} to ${formatInstant(spec.to, zone, isOneDay ? 'time' : 'short')}`;
}

/** `14:00 to 14:05 UTC, 23 Nov 2026`-like text of a window, with its zone. */
export function windowLabel(window: TimeRange, zone: ZoneName): string {
  const isOneDay = formatInstant(window.from, zone, 'date') === formatInstant(window.to, zone, 'date');
  const end = formatInstant(window.to, zone, isOneDay ? 'time' : 'input');
  return `${formatInstant(window.from, zone, 'input')} to ${end} ${zoneLabel(window.to, zone)}`;
}

/** A range that ends this share of its length ago still counts as ending now. */
const NOW_SHARE = 0.02;

function within(from: EpochMs, seconds: number, asOf: EpochMs): RangeSpec {
  const to = plusSeconds(from, seconds);
  // The present moves on between two presses: what ends a moment ago ends now.
  const isNow = to >= plusSeconds(asOf, -NOW_SHARE * seconds);
  return isNow ? { kind: 'last', seconds } : { kind: 'fixed', from, to };
}

/** Reads an instant as typed: `now`, `now-3h`, or a date with or without a time of day in the zone. */
export function instantFromInput(text: string, zone: ZoneName, now: EpochMs): EpochMs | null {
  const trimmed = text.trim();
  if (trimmed === 'now') return now;
  const relative = /^now\s*-\s*(?<length>\d+\s*[smhdw])$/u.exec(trimmed)?.groups?.['length'];
  if (relative !== undefined) {
    const seconds = secondsFromText(relative.replaceAll(' ', ''));
    return seconds === null ? null : plusSeconds(now, -seconds);
  }
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?$/u.exec(trimmed);
  if (match === null) return null;
  const asUtc = Date.parse(`${match[1] ?? ''}T${match[2] ?? '00:00'}Z`);
  return Number.isNaN(asUtc) ? null : epochMs(asUtc - zoneOffsetMs(asUtc, zone));
}

/** Difference of a zone's wall clock to UTC, found by printing twice: the first guess may lie beyond a clock change. */
function zoneOffsetMs(wallMs: number, zone: ZoneName): number {
  const offsetAt = (at: number): number => {
    const printed = `${formatInstant(at, zone, 'date')}T${formatInstant(at, zone, 'clock')}Z`;
    return Date.parse(printed) - Math.floor(at / 1000) * 1000;
  };
  return offsetAt(wallMs - offsetAt(wallMs));
}

function secondsFromText(text: string): number | null {
  const match = /^(\d{1,6})([smhdw])$/u.exec(text);
  if (match === null) return null;
  const perLetter: Readonly<Record<string, number>> = { s: 1, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };
  return Number(match[1]) * (perLetter[match[2] ?? ''] ?? 0);
}

function isSensible(range: { readonly from: number; readonly to: number }): boolean {
  const seconds = (range.to - range.from) / 1000;
  return Number.isFinite(seconds) && seconds >= SECONDS_MIN && seconds <= SECONDS_MAX && range.from >= 0;
}

function isoOf(at: EpochMs): string {
  return new Date(at).toISOString().replace('.000', '');
}

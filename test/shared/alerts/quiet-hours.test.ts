import { describe, expect, it } from 'vitest';
import { isQuiet } from '#shared/alerts/quiet-hours.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { QuietHours, QuietSpan } from '#shared/model/alert.ts';

const NIGHTS: QuietSpan = { days: [0, 1, 2, 3, 4], fromMinute: 22 * 60, toMinute: 7 * 60 };
const hours = (zone: string, ...spans: readonly QuietSpan[]): QuietHours => ({
  isOn: true,
  zone,
  spans,
  urgentPasses: true,
});

describe('quiet hours', () => {
  it.each([
    // Monday 23 November 2026.
    ['before they begin', '2026-11-23T21:59:00Z', 'UTC', false],
    ['from their first minute', '2026-11-23T22:00:00Z', 'UTC', true],
    ['over midnight', '2026-11-24T00:30:00Z', 'UTC', true],
    ['until their last minute', '2026-11-24T06:59:00Z', 'UTC', true],
    ['no longer', '2026-11-24T07:00:00Z', 'UTC', false],
    ['from Friday night into Saturday', '2026-11-28T03:00:00Z', 'UTC', true],
    ['not from Saturday on', '2026-11-28T22:30:00Z', 'UTC', false],
    ['not on a Monday morning, which would be Sunday night', '2026-11-23T03:00:00Z', 'UTC', false],
    ['by the clock of their zone', '2026-11-23T21:30:00Z', 'Europe/Berlin', true],
    // Berlin goes from 02:00 to 03:00 on Sunday 29 March 2026: Saturday is no quiet day here, so look at Friday.
    ['in summer, an hour earlier by UTC', '2026-07-03T20:00:00Z', 'Europe/Berlin', true],
    ['in summer, not before', '2026-07-03T19:59:00Z', 'Europe/Berlin', false],
  ])('%s', (_, iso, zone, quiet) => {
    expect(isQuiet(epochMs(Date.parse(iso)), hours(zone, NIGHTS))).toBe(quiet);
  });

  const everyDay = { days: [0, 1, 2, 3, 4, 5, 6], fromMinute: 120, toMinute: 180 };
  it.each([
    ['twice in an hour that comes twice', '2026-10-25T00:30:00Z', true],
    ['the second time too', '2026-10-25T01:30:00Z', true],
    ['never in an hour that is skipped', '2026-03-29T01:00:00Z', false],
    ['nor just before it', '2026-03-29T00:59:00Z', false],
  ])('between 2 and 3 in Berlin: %s', (_, iso, quiet) => {
    expect(isQuiet(epochMs(Date.parse(iso)), hours('Europe/Berlin', everyDay))).toBe(quiet);
  });

  it('are a whole day where both ends are the same', () => {
    const sundays = { days: [6], fromMinute: 0, toMinute: 0 };
    expect(isQuiet(epochMs(Date.parse('2026-11-29T23:59:00Z')), hours('UTC', sundays))).toBe(true);
    expect(isQuiet(epochMs(Date.parse('2026-11-30T00:00:00Z')), hours('UTC', sundays))).toBe(false);
  });

  it('are not kept while they are off', () => {
    expect(isQuiet(epochMs(Date.parse('2026-11-24T00:30:00Z')), { ...hours('UTC', NIGHTS), isOn: false })).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import {
  askedWindow,
  knownWindow,
  rangeFromInput,
  rangeFromText,
  rangeLabel,
  rangeToText,
  shifted,
  windowAt,
  windowLabel,
  zoomedOut,
  type RangeSpec,
} from '#renderer/state/range-spec.ts';
import { epochMs } from '#shared/time/instant.ts';

const now = epochMs(Date.UTC(2026, 10, 23, 14, 5));
const at = (text: string) => epochMs(Date.parse(text));
const fixed = (from: string, to: string): RangeSpec => ({ kind: 'fixed', from: at(from), to: at(to) });
const last = (seconds: number): RangeSpec => ({ kind: 'last', seconds });

describe('rangeToText and rangeFromText', () => {
  it.each<[RangeSpec, string]>([
    [last(300), '5m'],
    [last(5400), '90m'],
    [last(86_400), '24h'],
    [last(604_800), '7d'],
    [last(90), '90s'],
    [fixed('2026-11-01T00:00:00Z', '2026-11-02T12:30:00Z'), '2026-11-01T00:00:00Z..2026-11-02T12:30:00Z'],
  ])('writes and reads back %o as %s', (spec, text) => {
    expect(rangeToText(spec)).toBe(text);
    expect(rangeFromText(text)).toEqual(spec);
  });

  it.each(['', 'yesterday', '5', '5y', '1s', '900d', '2026-11-02T00:00:00Z..2026-11-01T00:00:00Z', 'a..b'])(
    'refuses %s',
    (text) => {
      expect(rangeFromText(text)).toBeNull();
    },
  );
});

describe('rangeFromInput', () => {
  const read = (from: string, to: string, zone = 'UTC') => rangeFromInput({ from, to, zone, now });

  it('keeps a range that ends now moving', () => {
    expect(read('now-3h', 'now')).toEqual({ ok: true, value: last(10_800) });
  });

  it('fixes a range that does not end now', () => {
    expect(read('now-6h', 'now-3h')).toEqual({
      ok: true,
      value: fixed('2026-11-23T08:05:00Z', '2026-11-23T11:05:00Z'),
    });
  });

  it('reads instants in the zone of the page, across a clock change', () => {
    expect(read('2026-03-28 12:00', '2026-03-29 12:00', 'Europe/Berlin')).toEqual({
      ok: true,
      value: fixed('2026-03-28T11:00:00Z', '2026-03-29T10:00:00Z'),
    });
  });

  it('reads a bare date as its midnight', () => {
    expect(read('2026-11-01', '2026-11-02')).toEqual({
      ok: true,
      value: fixed('2026-11-01T00:00Z', '2026-11-02T00:00Z'),
    });
  });

  it.each([
    ['noon', 'now', 'From is not an instant'],
    ['now-1h', 'later', 'To is not an instant'],
    ['now-1h', 'now-2h', 'To must lie after From'],
    ['now-30s', 'now', 'at least one minute'],
    ['2020-01-01', 'now', 'At most 400 days'],
    ['2026-13-41 00:00', 'now', 'From is not an instant'],
  ])('says what is wrong with %s to %s', (from, to, message) => {
    const result = read(from, to);
    expect(result.ok).toBe(false);
    expect(result.ok ? '' : result.failure).toContain(message);
  });
});

describe('moving a range', () => {
  it('shifts by half its length and stands', () => {
    expect(shifted(last(7200), -1, now)).toEqual(fixed('2026-11-23T11:05:00Z', '2026-11-23T13:05:00Z'));
  });

  it('moves with the present again once it reaches it', () => {
    expect(shifted(fixed('2026-11-23T11:05:00Z', '2026-11-23T13:05:00Z'), 1, now)).toEqual(last(7200));
  });

  it('takes an end of a moment ago for now, because the present moved on', () => {
    const before = shifted(last(7200), -1, now);
    expect(shifted(before, 1, epochMs(now + 900))).toEqual(last(7200));
  });

  it('does not go into the future', () => {
    expect(shifted(last(7200), 1, now)).toEqual(last(7200));
  });

  it('zooms out to twice the length about the middle', () => {
    expect(zoomedOut(fixed('2026-11-23T08:00:00Z', '2026-11-23T10:00:00Z'), now)).toEqual(
      fixed('2026-11-23T07:00:00Z', '2026-11-23T11:00:00Z'),
    );
    expect(zoomedOut(last(3600), now)).toEqual(last(7200));
  });

  it('never asks for more than the contract allows', () => {
    expect(zoomedOut(last(399 * 86_400), now)).toEqual(last(400 * 86_400));
  });

  it('ends a moving range at the given present', () => {
    expect(windowAt(last(3600), now)).toEqual({ from: at('2026-11-23T13:05:00Z'), to: now });
  });
});

describe('knownWindow', () => {
  const asked = askedWindow(last(86_400));

  it('asks for the known part alone where most of the range lies before it', () => {
    const known = knownWindow(asked, at('2026-11-23T13:05:00Z'), now);
    expect(known.at(now)).toEqual({ from: at('2026-11-23T13:05:00Z'), to: now });
    expect(known.key).not.toBe(asked.key);
  });

  it('leaves a range alone that is known but for a moment', () => {
    expect(knownWindow(asked, at('2026-11-22T14:15:00Z'), now)).toBe(asked);
  });

  it('never asks for less than a minute', () => {
    expect(knownWindow(asked, now, now).at(now)).toEqual({ from: at('2026-11-23T14:04:00Z'), to: now });
  });
});

describe('labels', () => {
  it('names familiar ranges as the menu does', () => {
    expect(rangeLabel(last(86_400), 'UTC')).toBe('Last 24 h');
    expect(rangeLabel(last(10_800), 'UTC')).toBe('Last 3 h');
  });

  it('drops the second day where it is the same', () => {
    expect(rangeLabel(fixed('2026-11-23T08:00:00Z', '2026-11-23T10:00:00Z'), 'UTC')).toBe('23 Nov 08:00 to 10:00');
    expect(windowLabel({ from: at('2026-11-22T22:00:00Z'), to: at('2026-11-23T10:00:00Z') }, 'UTC')).toBe(
      '2026-11-22 22:00 to 2026-11-23 10:00 UTC',
    );
  });
});

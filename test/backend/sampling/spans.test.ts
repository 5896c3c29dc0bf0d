import { describe, expect, test } from 'vitest';

import { createSeats, storedSeat } from '#backend/sampling/seats.ts';
import { createSpanRegistry, type Span } from '#backend/sampling/spans.ts';
import { epochMs } from '#shared/time/instant.ts';

type Described = Span & { readonly thing: string; readonly version: string | null };
const registry = (known: readonly Described[] = []) =>
  createSpanRegistry<Described>(
    known,
    (span) => span.thing,
    (span, described) => {
      if (span.version === null && described.version !== null) return 'refined';
      return span.version === described.version || described.version === null ? 'same' : 'other';
    },
  );
const at = (instant: number, version: string | null) => [epochMs(instant), { thing: 'e', version }] as const;
const held = (spans: ReturnType<typeof registry>) =>
  spans
    .all()
    .filter((span) => span.until === null || span.until > span.since)
    .map((span) => [span.since, span.until, span.version]);

describe('the spans of one thing', () => {
  test('a change ends a span and begins the next', () => {
    const spans = registry();
    for (const [instant, version] of [
      [10, 'a'],
      [20, 'a'],
      [30, 'b'],
    ] as const)
      spans.spanOf('e', ...at(instant, version));
    expect(held(spans)).toEqual([
      [10, 30, 'a'],
      [30, null, 'b'],
    ]);
    expect(spans.current('e')).toMatchObject({ version: 'b' });
  });

  test('better knowledge refines a span and keeps its key; what is not told takes nothing away', () => {
    const spans = registry();
    const first = spans.spanOf('e', ...at(10, null));
    const refined = spans.spanOf('e', ...at(20, 'a'));
    expect(refined).toMatchObject({ key: first.key, since: 10, version: 'a' });
    expect(spans.spanOf('e', ...at(30, null))).toBe(refined);
  });

  test('the past extends a span backwards, or puts an older one before it', () => {
    const spans = registry();
    const live = spans.spanOf('e', ...at(100, 'b'));
    expect(spans.spanOf('e', ...at(50, 'a'))).toMatchObject({ since: 50, until: 100 });
    expect(spans.spanOf('e', ...at(60, 'a'))).toMatchObject({ since: 50, until: 100 });
    expect(spans.spanOf('e', ...at(80, 'b'))).toMatchObject({ key: live.key, since: 80, until: null });
    expect(held(spans)).toEqual([
      [50, 80, 'a'],
      [80, null, 'b'],
    ]);
  });

  test('a change inside a closed span cuts it, and joins the follower it belongs to', () => {
    const spans = registry();
    for (const [instant, version] of [
      [10, 'a'],
      [100, 'b'],
    ] as const)
      spans.spanOf('e', ...at(instant, version));
    spans.spanOf('e', ...at(60, 'b'));
    expect(held(spans)).toEqual([
      [10, 60, 'a'],
      [60, null, 'b'],
    ]);
    spans.spanOf('e', ...at(30, 'c'));
    expect(held(spans)).toEqual([
      [10, 30, 'a'],
      [30, 60, 'c'],
      [60, null, 'b'],
    ]);
  });

  test('one span holds at each instant, and none takes over the key of another, in any order of readings', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      let state = seed;
      const next = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
      const spans = registry();
      const keys = new Map<string, string | null>();
      for (let step = 0; step < 12; step += 1) {
        const span = spans.spanOf('e', ...at(next(20) * 10, ['a', 'b', 'c'][next(3)]!));
        expect(keys.get(span.key) ?? span.version, `seed ${seed}`).toBe(span.version);
        keys.set(span.key, span.version);
      }
      for (let instant = 0; instant < 200; instant += 5) {
        const holding = spans.all().filter((s) => s.since <= instant && (s.until === null || instant < s.until));
        expect(holding.length, `seed ${seed} at ${instant}`).toBeLessThanOrEqual(1);
      }
    }
  });

  test('only what was made or changed since the last call is to be stored', () => {
    const spans = registry([{ key: 'e@0', thing: 'e', version: 'a', since: epochMs(0), until: null }]);
    spans.spanOf('e', ...at(10, 'a'));
    expect(spans.takeChanged()).toEqual([]);
    spans.spanOf('e', ...at(20, 'b'));
    expect(spans.takeChanged().map((span) => [span.since, span.until])).toEqual([
      [0, 20],
      [20, null],
    ]);
    expect(spans.takeChanged()).toEqual([]);
  });
});

describe('the seat of a GPU', () => {
  const nowhere = { site: null, rack: null, pool: null, domain: null, tray: null };
  const place = {
    gpu: 'GPU-0',
    sku: 'B200',
    index: '0',
    ...nowhere,
    node: 'n1',
    driverVersion: null,
    cudaVersion: null,
  };

  test('changes where the GPU moves or gets another index', () => {
    const seats = createSeats([]);
    const first = seats.spanOf('GPU-0', epochMs(0), place);
    expect(seats.spanOf('GPU-0', epochMs(10), { ...place, node: 'n2' }).key).not.toBe(first.key);
    expect(seats.spanOf('GPU-0', epochMs(20), { ...place, node: 'n2', index: '3' }).since).toBe(20);
  });

  test('M10 stays one where two routes take turns and one tells less', () => {
    const seats = createSeats([]);
    const keys = new Set<string>();
    for (let turn = 0; turn < 10; turn += 1) {
      const told = turn % 2 === 0 ? place : { ...place, site: 'dallas', rack: 'r1' };
      keys.add(seats.spanOf('GPU-0', epochMs(turn * 10), told).key);
    }
    expect(keys.size).toBe(1);
    expect(seats.current('GPU-0')).toMatchObject({ site: 'dallas', rack: 'r1', node: 'n1' });
  });

  const domain = 'a1b2c3d4-0000-4000-8000-000000000007/2';
  const derived = 'NVLink a1b2c3d4-0000-4000-8000-000000000007';

  test('is in the rack of its NVLink domain where nobody names one', () => {
    const seats = createSeats([]);
    expect(storedSeat(seats.spanOf('GPU-0', epochMs(0), { ...place, domain })).rack).toBe(derived);
    expect(storedSeat(seats.spanOf('GPU-0', epochMs(10), { ...place, domain, rack: 'r1' }))).toMatchObject({
      rack: 'r1',
      since: 0,
      domain,
    });
  });

  test('M10 keeps a named rack where two routes take turns and one tells the domain alone', () => {
    const seats = createSeats([]);
    const keys = new Set<string>();
    for (let turn = 0; turn < 10; turn += 1) {
      const told =
        turn % 2 === 0 ? { ...place, domain, tray: 'tray 4' } : { ...place, rack: 'r1', tray: 'chassis 1, slot 2' };
      keys.add(seats.spanOf('GPU-0', epochMs(turn * 10), told).key);
    }
    expect(keys.size).toBe(1);
    expect(storedSeat(seats.current('GPU-0')!)).toMatchObject({ rack: 'r1', domain });
  });

  test('that comes back from the store without a named rack can still be given one', () => {
    const before = createSeats([]);
    const stored = storedSeat(before.spanOf('GPU-0', epochMs(0), { ...place, domain }));
    const after = createSeats([stored]);
    expect(after.spanOf('GPU-0', epochMs(10), { ...place, domain }).key).toBe(stored.key);
    expect(after.takeChanged()).toEqual([]);
    expect(after.spanOf('GPU-0', epochMs(20), { ...place, rack: 'r1' })).toMatchObject({ key: stored.key, rack: 'r1' });
  });

  test('changes with the driver', () => {
    const seats = createSeats([]);
    const old = seats.spanOf('GPU-0', epochMs(0), { ...place, driverVersion: '580.1' });
    expect(seats.spanOf('GPU-0', epochMs(10), { ...place, driverVersion: '590.2' }).key).not.toBe(old.key);
  });
});

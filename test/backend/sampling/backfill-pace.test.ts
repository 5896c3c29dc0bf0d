import { FINE_HOURS } from '#backend/sampling/past-grain.ts';
import { describe, expect, it } from 'vitest';
import { backfillFrom } from '#backend/sampling/backfill.ts';
import { pastInWords, pastRead, pastToRead, type PastRead } from '#backend/sampling/backfill-marks.ts';
import { createEngineSpans } from '#backend/sampling/engine-spans.ts';
import { createSampler } from '#backend/sampling/sampler.ts';
import { createSeats } from '#backend/sampling/seats.ts';
import type { History, HistoryFailure, PastStretch } from '#backend/sources/source.ts';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { Scrape } from '#shared/model/sample.ts';
import type { BackfillProgress } from '#shared/model/source-health.ts';
import { NO_TOPOLOGY } from '#shared/model/topology.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';

const HOUR = 3_600_000;
const NOW = epochMs(Date.UTC(2026, 10, 24, 12));

/** A scrape that tells of nothing that Tokenwatt stores: enough to be heard. */
const emptyScrape = (at: EpochMs): Scrape => ({
  target: 'n1',
  at,
  monotonicMs: null,
  intervalSeconds: 60,
  gpus: [],
  engines: [],
  meters: [],
  problems: [],
});

type Answer = (range: TimeRange, question: number) => Result<History, HistoryFailure> | null;

/**
 * A past that is read with a clock that moves when somebody waits, and by a second for each answer. `answer` gives what the
 * server says to a question; null is what it holds, which begins at `since`.
 */
async function readPast(
  answer: Answer,
  {
    hours = 12,
    since = epochMs(0),
    toRead = pastToRead(null, NOW, hours)!,
    store = createMemoryStore(),
    isNear = false,
  } = {},
) {
  const asked: PastStretch[] = [];
  const rests: number[] = [];
  const progress: BackfillProgress[] = [];
  const ending = new AbortController();
  let ms = 0;
  await backfillFrom(
    {
      name: 'server',
      poll: async () => {},
      history: async (range) => {
        asked.push(range);
        if (asked.length > 500) ending.abort();
        ms += 1000;
        const scrapes: Scrape[] = [];
        for (let at = epochMs(Math.max(range.from, since)); at <= range.to; at = plusSeconds(at, 60)) {
          scrapes.push(emptyScrape(at));
        }
        return answer(range, asked.length) ?? succeed({ scrapes, warnings: [] });
      },
      health: () => {
        throw new Error('not asked for');
      },
      close: () => {},
    },
    {
      past: 'server',
      store,
      spans: { seats: createSeats([]), engines: createEngineSpans([]) },
      topology: () => NO_TOPOLOGY,
      clock: {
        now: () => NOW,
        monotonicMs: () => ms,
        sleep: async (restMs) => {
          if (restMs > 0) rests.push(restMs);
          ms += restMs;
        },
      },
      toRead,
      isNear,
      fineHours: FINE_HOURS,
      pollSeconds: 10,
      joining: [],
      live: createSampler({ seats: createSeats([]), engines: createEngineSpans([]) }),
      onFacts: () => {},
      onProgress: (state) => progress.push(state),
      signal: ending.signal,
    },
  );
  const marks = pastRead('server', await store.checkpoints());
  return { asked, rests, progress, last: progress.at(-1)!, marks, store };
}

/** Length of a question without its margins, s. */
const secondsAsked = (asked: readonly TimeRange[]): number[] => asked.map((range) => secondsOf(range) - 540);

describe('the pace of reading a past', () => {
  it('P04 halves a stretch that is too much, and tries longer ones again after four answers', async () => {
    const tooMuch = fail({ kind: 'too-much', message: 'too many samples' } as const);
    const { asked, last } = await readPast((range) => (secondsOf(range) > 1500 ? tooMuch : null), { hours: 5 });
    const lengths = secondsAsked(asked);
    expect(lengths.slice(0, 8)).toEqual([3600, 1800, 900, 900, 900, 900, 1800, 900]);
    expect(last).toMatchObject({ state: 'done', doneShare: 1 });
  });

  it('gives up where even a minute is too much', async () => {
    const { asked, last } = await readPast(() => fail({ kind: 'too-much', message: 'too many samples' }));
    expect(secondsAsked(asked).at(-1)).toBe(60);
    expect(last).toEqual({ state: 'failed', doneShare: 0, message: 'History: too many samples' });
  });

  it('P02 waits for a busy server ever longer, asks for less, and goes on when it answers', async () => {
    const busy = fail({ kind: 'busy', message: '503' } as const);
    const { rests, asked, progress, last } = await readPast((_, question) => (question <= 20 ? busy : null));
    expect(rests.slice(0, 6)).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    expect(secondsAsked(asked)[19]).toBe(60);
    expect(progress[3]).toMatchObject({ state: 'reading', message: 'History: 503' });
    expect(last).toMatchObject({ state: 'done' });
  });

  it('rests after each answer for as long as the answer took', async () => {
    const { rests } = await readPast(() => null, { hours: 4 });
    expect(rests).toEqual([1000, 1000, 1000]);
  });

  it('P01 asks no more when the query itself is refused', async () => {
    const { asked, last } = await readPast(() => fail({ kind: 'refused', message: 'parse error' }));
    expect(asked).toHaveLength(1);
    expect(last).toEqual({ state: 'failed', doneShare: 0, message: 'History: parse error' });
  });

  it('says how far it is, as a share and an instant', async () => {
    const { progress } = await readPast(() => null, { hours: 4 });
    expect(progress.map(({ doneShare }) => doneShare)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(progress[1]!.message).toBe('History is being read, back to 2026-11-24 11:00 UTC so far');
  });

  it('waits for a store that takes nothing, and loses no stretch', async () => {
    const store = createMemoryStore();
    let isFull = true;
    const full = {
      ...store,
      append: async (batch: Parameters<typeof store.append>[0]) => {
        if (!isFull) return await store.append(batch);
        isFull = false;
        return fail({ kind: 'disk-full', message: 'the disk is full' } as const);
      },
    };
    const { asked, progress, last } = await readPast(() => null, { hours: 2, store: full });
    expect(progress[1]).toMatchObject({ state: 'reading', message: 'History: the disk is full' });
    expect(secondsAsked(asked)).toEqual([3600, 3600, 3240]);
    expect(last).toMatchObject({ state: 'done' });
  });
});

describe('a long past', () => {
  it('is read scrape by scrape for its newest 48 hours, and at marks of five minutes before them', async () => {
    const to = epochMs(NOW + 100_000);
    const toRead = pastToRead(null, to, 100)!;
    const { asked, last, marks } = await readPast(() => null, { toRead });
    const fine = asked.filter(({ stepSeconds }) => stepSeconds === null);
    const coarse = asked.filter(({ stepSeconds }) => stepSeconds === 300);
    expect(fine.length + coarse.length).toBe(asked.length);
    expect(fine.at(-1)!.from + 360_000).toBe(NOW - 48 * HOUR);
    expect(coarse.length).toBeLessThan(9);
    // The first coarse stretch ends where the fine part begins, and asks past it to the end of its last interval.
    expect(coarse[0]!.to).toBe(NOW - 48 * HOUR + 600_000);
    for (const { from } of coarse.slice(0, -1)) expect(from % 300_000).toBe(0);
    expect(last).toMatchObject({ state: 'done' });
    expect(marks!.reached).toBe(to - 100 * HOUR);
  });

  it('goes on at marks where it was left at marks', async () => {
    const range = { from: epochMs(NOW - 100 * HOUR), to: NOW };
    const toRead: PastRead = { range, reached: epochMs(NOW - 60 * HOUR), oldest: NOW, partialStretches: 0 };
    const { asked } = await readPast(() => null, { toRead });
    expect(asked.every(({ stepSeconds }) => stepSeconds === 300)).toBe(true);
    expect(asked[0]!.to).toBe(toRead.reached + 600_000);
  });

  it('is asked for with half the rest, and once for each stretch, where the server is on this machine', async () => {
    const { rests, asked, last } = await readPast(() => null, { hours: 4, isNear: true });
    expect(rests).toEqual([6000, 500, 500, 500]);
    expect(secondsAsked(asked)).toEqual([3600, 3600, 3600, 3240]);
    expect(last).toMatchObject({ state: 'done', doneShare: 1 });
  });

  it('is asked for again where the stretch before it could not be kept', async () => {
    const store = createMemoryStore();
    let isFull = true;
    const append: typeof store.append = async (batch) => {
      if (!isFull) return await store.append(batch);
      isFull = false;
      return fail({ kind: 'disk-full', message: 'the disk is full' } as const);
    };
    const { asked, last } = await readPast(() => null, { hours: 2, isNear: true, store: { ...store, append } });
    expect(asked.map(({ to }) => (to - NOW) / HOUR)).toEqual([0.05, -0.95, 0.05, -0.95]);
    expect(last).toMatchObject({ state: 'done' });
  });
});

describe('a partial answer', () => {
  const partial = (scrapes: readonly Scrape[] = []) => succeed({ scrapes, warnings: ['one store is down'] });

  it('P03 is asked for again, and kept as nothing when the whole one comes', async () => {
    const { asked, progress, last } = await readPast((_, question) => (question <= 2 ? partial() : null), { hours: 2 });
    expect(secondsAsked(asked)).toEqual([3600, 3600, 3600, 3240]);
    expect(progress[1]!.message).toContain('one store is down');
    expect(last.message).toBe('History read');
  });

  it('P03 that stays partial is kept, counted and said, also after a restart', async () => {
    const { last, marks } = await readPast((range) => partial([emptyScrape(plusSeconds(range.from, 400))]), {
      hours: 2,
    });
    expect(last.message).toContain('Partial in 2 stretches');
    expect(pastInWords(marks!)).toBe(last.message);
  });
});

describe('P07 a server that keeps less than was asked for', () => {
  it('is read in ever longer stretches where it holds nothing, and the past says since when it is', async () => {
    const since = epochMs(NOW - 3 * HOUR);
    const { asked, last, marks } = await readPast(() => null, { hours: 240, since });
    expect(asked.length).toBeLessThan(24);
    expect(last).toMatchObject({
      state: 'done',
      message: 'History read, only since 2026-11-24 09:00 UTC: the server keeps nothing older',
    });
    expect(pastInWords(marks!)).toBe(last.message);
  });

  it('is not asked again for what it has not, when more hours are wanted', async () => {
    const { marks } = await readPast(() => null, { hours: 24, since: epochMs(NOW - 3 * HOUR) });
    expect(pastToRead(marks, NOW, 240)).toBeNull();
  });

  it('says where it holds nothing at all', async () => {
    const { last } = await readPast(() => succeed({ scrapes: [], warnings: [] }), { hours: 100 });
    expect(last.message).toContain('holds none of these metrics');
  });
});

describe('a past that is known', () => {
  const read: PastRead = {
    range: { from: epochMs(NOW - 10 * HOUR), to: NOW },
    reached: epochMs(NOW - 10 * HOUR),
    oldest: epochMs(NOW - 10 * HOUR),
    partialStretches: 0,
  };

  it('is not read where no hours are wanted, nor again once it is', () => {
    expect(pastToRead(null, NOW, 0)).toBeNull();
    expect(pastToRead(read, epochMs(NOW + 5 * HOUR), 10)).toBeNull();
  });

  it('is read further back when more hours are wanted', () => {
    expect(pastToRead(read, NOW, 48)).toMatchObject({
      range: { from: NOW - 48 * HOUR, to: NOW },
      reached: read.reached,
    });
  });

  it('is kept apart from the past of an address that begins alike', async () => {
    const { store } = await readPast(() => null, { hours: 1 });
    const checkpoints = (await store.checkpoints()).map((mark) => ({
      ...mark,
      thing: mark.thing.replace('server', 'http://a:9090'),
    }));
    expect(pastRead('http://a', checkpoints)).toBeNull();
    expect(pastRead('http://a:9090', checkpoints)).not.toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { bucketStart, bucketStarts, stepFor, STEPS_SECONDS } from '#shared/time/buckets.ts';
import { epochMs, plusSeconds, secondsBetween } from '#shared/time/instant.ts';
import { overlapOf, overlapSeconds, secondsOf } from '#shared/time/time-range.ts';
import { at, createRandom } from '../../backend/store/store-facts.ts';

const range = (from: number, to: number) => ({ from: at(from), to: at(to) });

describe('instants', () => {
  it('move by seconds, and differ by seconds', () => {
    expect(plusSeconds(epochMs(1000), 2.5)).toBe(3500);
    expect(secondsBetween(epochMs(3500), epochMs(1000))).toBe(-2.5);
  });
});

describe('ranges', () => {
  it('are half-open: neighbours do not meet', () => {
    expect(overlapOf(range(0, 10), range(10, 20))).toBeNull();
    expect(overlapSeconds(range(0, 10), range(5, 20))).toBe(5);
    expect(overlapOf(range(0, 10), range(2, 3))).toEqual(range(2, 3));
  });

  it('have no negative length', () => {
    expect(secondsOf(range(5, 2))).toBe(0);
  });
});

describe('buckets', () => {
  it('are aligned to UTC and cover the range', () => {
    expect(bucketStart(at(3599), 3600)).toBe(at(0));
    expect(bucketStart(at(3600), 3600)).toBe(at(3600));
    expect(bucketStarts(range(30, 130), 60)).toEqual([at(0), at(60), at(120)]);
    expect(bucketStarts(range(60, 120), 60)).toEqual([at(60)]);
  });

  it('tile every range at every step', () => {
    const random = createRandom(3);
    for (const step of STEPS_SECONDS) {
      const window = range(random.below(100_000), 100_001 + random.below(300_000));
      const covered = bucketStarts(window, step).map((from) =>
        overlapSeconds({ from, to: plusSeconds(from, step) }, window),
      );
      expect(covered.every((seconds) => seconds > 0)).toBe(true);
      expect(covered.reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(secondsOf(window), 6);
    }
  });

  it('divide a day, so that they start anew at midnight', () => {
    expect(STEPS_SECONDS.filter((step) => 86_400 % step !== 0)).toEqual([]);
  });
});

describe('stepFor', () => {
  it('gives at most the buckets asked for, also where the range begins inside one', () => {
    const random = createRandom(11);
    for (let count = 0; count < 200; count += 1) {
      const from = random.below(100_000);
      const window = range(from, from + 1 + random.below(86_400 * 20));
      const bucketsMax = 21 + random.below(300);
      const step = stepFor(window, { bucketsMax, secondsMin: 1 });
      expect(bucketStarts(window, step).length).toBeLessThanOrEqual(bucketsMax);
    }
  });

  it('gives the smallest that fits, no shorter than the least, and a day at most', () => {
    expect(stepFor(range(0, 3600), { bucketsMax: 60, secondsMin: 10 })).toBe(60);
    expect(stepFor(range(0, 3600), { bucketsMax: 60, secondsMin: 70 })).toBe(300);
    expect(stepFor(range(0, 86_400 * 400), { bucketsMax: 1, secondsMin: 10 })).toBe(86_400);
  });
});

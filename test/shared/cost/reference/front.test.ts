import { describe, expect, it } from 'vitest';
import { paretoFront, throughputAt } from '#shared/cost/reference/front.ts';
import { createRandom } from '../../../backend/store/store-facts.ts';

const point = (interactivity: number, totalPerGpu: number) => ({ interactivity, totalPerGpu });

describe('a front', () => {
  it('leaves out what another point beats on both axes, or equals', () => {
    const points = [point(10, 100), point(20, 90), point(15, 80), point(20, 70), point(30, 90), point(40, 10)];
    expect(paretoFront(points)).toEqual([point(10, 100), point(30, 90), point(40, 10)]);
    expect(paretoFront([])).toEqual([]);
  });
});

describe('throughput between measured points', () => {
  it('passes through them, and along the line where there are two', () => {
    const points = [point(10, 100), point(20, 60), point(40, 20)];
    for (const { interactivity, totalPerGpu } of points) expect(throughputAt(points, interactivity)).toBe(totalPerGpu);
    expect(throughputAt([point(10, 100), point(20, 60)], 15)).toBeCloseTo(80, 12);
  });

  it('follows the cubic of Steffen', () => {
    // widths 10 and 20, secants -4 and -2. Middle: p = (-4 x 20 - 2 x 10) / 30 = -10/3, slope = -2 x min(4, 2, 5/3) = -10/3.
    // Left end: share 1/3, p = -4 x 4/3 + 2 x 1/3 = -14/3, within twice -4. At 15, t = 1/2:
    // 100/2 + 60/2 + 10/8 x (-14/3 + 10/3) = 80 - 5/3
    const points = [point(10, 100), point(20, 60), point(40, 20)];
    expect(throughputAt(points, 15)).toBeCloseTo(80 - 5 / 3, 12);
    // Right end: share 2/3, p = -2 x 5/3 + 4 x 2/3 = -2/3. At 30: 40 + 20/8 x (-10/3 + 2/3) = 40 - 20/3
    expect(throughputAt(points, 30)).toBeCloseTo(40 - 20 / 3, 12);
  });

  it('is absent outside what was measured, on either side, and of no points', () => {
    const points = [point(10, 100), point(20, 60)];
    expect(throughputAt(points, 9.9)).toBeNull();
    expect(throughputAt(points, 20.1)).toBeNull();
    expect(throughputAt([point(10, 100)], 10)).toBe(100);
    expect(throughputAt([point(10, 100)], 11)).toBeNull();
    expect(throughputAt([], 10)).toBeNull();
  });

  it('never rises with interactivity, nor leaves the range of its neighbours', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = createRandom(seed);
      const points = Array.from({ length: 2 + random.below(8) }, () =>
        point(1 + random.next() * 200, random.next() * 5000),
      );
      const front = paretoFront(points);
      const [first, last] = [front[0]!, front.at(-1)!];
      let before = Number.POSITIVE_INFINITY;
      for (let step = 0; step <= 100; step++) {
        const at = Math.min(
          last.interactivity,
          first.interactivity + (step / 100) * (last.interactivity - first.interactivity),
        );
        const value = throughputAt(points, at)!;
        expect(value).toBeLessThanOrEqual(before + 1e-9);
        expect(value).toBeGreaterThanOrEqual(last.totalPerGpu - 1e-9);
        before = value;
      }
      expect(throughputAt(points.toReversed(), first.interactivity)).toBe(first.totalPerGpu);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { sparkOf } from '#renderer/components/spark-path.ts';

const frame = { width: 106, height: 26 };

describe('sparkOf', () => {
  it('breaks at a gap instead of bridging it', () => {
    expect(sparkOf([1, 2, null, 3, 4], frame).lines).toHaveLength(2);
  });

  it('ends at the newest value, highest at the top', () => {
    expect(sparkOf([1, 2], frame).end).toEqual({ x: 103, y: 3 });
  });

  it('keeps a hum of one percent calm', () => {
    const spark = sparkOf([100, 101], frame);
    expect(26 - 3 - (spark.end?.y ?? 0)).toBeLessThan(13);
  });

  it('draws a value that never moves in the middle', () => {
    expect(sparkOf([5, 5], frame).end?.y).toBe(13);
    expect(sparkOf([0, 0], frame).end?.y).toBe(13);
  });

  it('has nothing to draw without values', () => {
    expect(sparkOf([null, null], frame)).toEqual({ lines: [], areas: [], end: null, low: null, high: null });
  });
});

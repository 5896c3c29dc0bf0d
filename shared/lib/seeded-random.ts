/**
 * Numbers in [0, 1) that depend on the seed alone: with the seed stored, a result drawn with them can be drawn again. This
 * is mulberry32 (T. Ettinger, public domain); 2^32 numbers, far more than any draw here takes.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

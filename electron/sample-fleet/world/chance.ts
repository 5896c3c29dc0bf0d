/** A key for `chance` from a seed and a name (FNV-1a): each name draws from a stream of its own. */
export function keyOf(seed: number, name: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return hash | 0;
}

/** A number in [0, 1) that depends on nothing but the key and the index. Mixing steps of MurmurHash3. */
export function chance(key: number, index: number): number {
  let hash = Math.imul(key ^ 0x3243f6a8, 0x85ebca6b) ^ Math.imul((index | 0) + 0x5bd1e995, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296;
}

/** A number in [low, high), drawn once per key. */
export function chanceBetween(key: number, low: number, high: number): number {
  return low + (high - low) * chance(key, 0);
}

/** Smooth noise in [-1, 1]: random values at whole numbers, joined without corners. */
export function smoothNoise(key: number, position: number): number {
  const left = Math.floor(position);
  const part = position - left;
  const ease = part * part * (3 - 2 * part);
  const from = chance(key, left);
  return 2 * (from + (chance(key, left + 1) - from) * ease) - 1;
}

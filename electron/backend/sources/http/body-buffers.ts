import type { Clock } from '#backend/clock.ts';

const POOLED_BYTES_MAX = 256 * 1024 * 1024;
const UNUSED_MS_MAX = 10 * 60 * 1000;
const FIRST_BUFFER_BYTES = 64 * 1024;

/**
 * One body buffer per target, kept from poll to poll: fresh memory for each body costs half as much again in page
 * faults (performance page, section 4). A buffer is out while a request fills it, so two requests never share one.
 */
export type BodyBuffers = {
  /** The target's buffer, or a small new one. */
  take(url: string): Buffer;
  /** Keeps the buffer for the target's next request; drops it when the pool is full of buffers in use. */
  giveBack(url: string, buffer: Buffer): void;
  clear(): void;
};

export function createBodyBuffers(clock: Clock, pooledBytesMax = POOLED_BYTES_MAX): BodyBuffers {
  // A map keeps insertion order, and every use inserts anew: the first entry is the one unused for longest.
  const idle = new Map<string, { readonly buffer: Buffer; readonly sinceMs: number }>();
  let pooledBytes = 0;

  const remove = (url: string): Buffer | undefined => {
    const buffer = idle.get(url)?.buffer;
    idle.delete(url);
    pooledBytes -= buffer?.length ?? 0;
    return buffer;
  };
  const dropUnused = (nowMs: number): void => {
    for (const [url, { sinceMs }] of idle) {
      if (nowMs - sinceMs < UNUSED_MS_MAX) return;
      remove(url);
    }
  };

  return {
    take: (url) => remove(url) ?? Buffer.allocUnsafeSlow(FIRST_BUFFER_BYTES),
    giveBack: (url, buffer) => {
      const nowMs = clock.monotonicMs();
      remove(url);
      if (pooledBytes + buffer.length > pooledBytesMax) dropUnused(nowMs);
      if (pooledBytes + buffer.length > pooledBytesMax) return;
      idle.set(url, { buffer, sinceMs: nowMs });
      pooledBytes += buffer.length;
    },
    clear: () => {
      idle.clear();
      pooledBytes = 0;
    },
  };
}

import type { Store } from '#backend/store/store.ts';
import type { GpuFact } from '#shared/model/fact.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import { epochMs } from '#shared/time/instant.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { missingGpuSums } from './gpu-fact-of.ts';

const MINUTE_SECONDS = 60;

/**
 * Facts of a GPU that its exporter did not list over a window that is stored already: each second in which another GPU
 * of its node was watched is a second in which this one was watched to be missing. It ends where the GPU is heard again.
 */
export async function lostGpuFacts(store: Store, seat: GpuSeat, window: TimeRange): Promise<GpuFact[]> {
  if (secondsOf(window) === 0) return [];
  const rows = await store.gpuFacts({
    window,
    scope: { node: seat.node },
    by: ['gpu'],
    stepSeconds: MINUTE_SECONDS,
    columns: ['observedSeconds'],
  });
  const watched = rows.filter((row) => (row.sums.observedSeconds ?? 0) > 0);
  const returnedAt = Math.min(...watched.filter((row) => row.by[0] === seat.gpu).map((row) => row.start));
  const minutes = Map.groupBy(
    watched.filter((row) => row.start < returnedAt),
    (row) => row.start,
  );
  return [...minutes].map(([minute, others]) => {
    const seconds = Math.max(...others.map((row) => row.sums.observedSeconds ?? 0));
    const start = epochMs(Math.max(minute, window.from));
    return { seat: seat.key, start, seconds, state: 'unhealthy', placement: null, ...missingGpuSums(seconds) };
  });
}

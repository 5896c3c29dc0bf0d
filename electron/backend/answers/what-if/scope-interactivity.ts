import type { Store } from '#backend/store/store.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import { medianOfBins } from '#shared/cost/reference/latency-bins.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { engineScopeOf } from '../engine-work.ts';

/** Tokens per second and user of a scope: 1 / median time between tokens; null where no engine told. */
export async function interactivityOf(
  store: Store,
  { window, scope }: { readonly window: TimeRange; readonly scope: CallScope },
): Promise<number | null> {
  const rows = await store.latencies({ window, scope: engineScopeOf(scope), by: [], stepSeconds: null });
  const median = medianOfBins(rows.filter((row) => row.measure === 'interToken'));
  return median === null || median.seconds <= 0 ? null : 1 / median.seconds;
}

import { sumOf } from '#shared/lib/sum.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { WorkRow } from './work-row.ts';

/** What a deployment paid and did in one window of five minutes under equal conditions. */
export type WorkWindow = {
  readonly start: EpochMs;
  /** Day in the fleet's zone, such as `2026-08-14`. */
  readonly day: string;
  /** The conditions (`stratumOf`). */
  readonly stratum: string;
  /** Of all GPUs placed, whatever their state: they are paid. */
  readonly gpuSeconds: number;
  /** Energy of the GPU boards; null where it was not measured for the whole window. */
  readonly joules: number | null;
  readonly weightedTokens: number;
  /** Requests in flight integrated over the window, s; null where nobody told. */
  readonly requestSeconds: number | null;
  readonly inputTokensPerRequest: number | null;
  readonly outputTokensPerRequest: number | null;
  /** Cached share of input tokens. */
  readonly cacheHitRate: number | null;
};

/** Windows of one side of a change, or of a control on that side. */
export type WindowsOfSides = { readonly before: readonly WorkWindow[]; readonly after: readonly WorkWindow[] };

/** Requests in flight per GPU; null where nobody told, or no GPU was paid. */
export function concurrencyOf({ requestSeconds, gpuSeconds }: WorkWindow): number | null {
  return requestSeconds === null || gpuSeconds <= 0 ? null : requestSeconds / gpuSeconds;
}

/** What is spent: GPU time paid, s, or energy, J. */
export type Spending = 'gpu-seconds' | 'joules';

/** Windows added up by day and stratum. Windows whose spending is not known are left out, tokens and all. */
export function workRowsOf(windows: readonly WorkWindow[], spending: Spending): WorkRow[] {
  const spentOf = (window: WorkWindow): number | null => (spending === 'joules' ? window.joules : window.gpuSeconds);
  const known = windows.filter((window) => spentOf(window) !== null);
  const cells = Map.groupBy(known, ({ day, stratum }) => `${day} ${stratum}`);
  return [...cells.values()].flatMap((cell) => {
    const [first] = cell;
    if (first === undefined) return [];
    const isLoadKnown = cell.every((window) => window.requestSeconds !== null);
    return {
      day: first.day,
      stratum: first.stratum,
      spent: sumOf(cell, (window) => spentOf(window) ?? 0),
      weightedTokens: sumOf(cell, (window) => window.weightedTokens),
      windows: cell.length,
      load: isLoadKnown
        ? {
            requestSeconds: sumOf(cell, (window) => window.requestSeconds ?? 0),
            gpuSeconds: sumOf(cell, (window) => window.gpuSeconds),
          }
        : null,
    };
  });
}

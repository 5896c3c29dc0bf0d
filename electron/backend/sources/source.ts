import type { Result } from '#shared/lib/result.ts';
import type { Scrape } from '#shared/model/sample.ts';
import type { SourceHealth } from '#shared/model/source-health.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';

/** A place that readings come from. It knows formats, not meanings; it fails alone, and says why. */
export type Source = {
  readonly name: string;
  /** Asks every target once, and hands over each answer as it comes. Never throws: trouble shows in `health`. */
  poll(deliver: (scrape: Scrape) => void, signal: AbortSignal): Promise<void>;
  /** Reads one stretch of the past, in order of time; null where the source has none. */
  readonly history: ((stretch: PastStretch, signal: AbortSignal) => Promise<Result<History, HistoryFailure>>) | null;
  health(now: EpochMs): SourceHealth;
  close(): void;
};

/** A stretch of the past: every scrape in it, or the last one before each mark, `stepSeconds` apart and aligned to UTC. */
export type PastStretch = TimeRange & { readonly stepSeconds: number | null };

/** Scrapes of one stretch of history. Warnings are the server's own: the answer may be partial. */
export type History = { readonly scrapes: readonly Scrape[]; readonly warnings: readonly string[] };

export type HistoryFailure = {
  /** `too-much`: ask for a shorter stretch. `busy`: ask again later. `refused`: asking again is no use. */
  readonly kind: 'too-much' | 'busy' | 'refused';
  readonly message: string;
};

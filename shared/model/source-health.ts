import type { EpochMs } from '#shared/time/instant.ts';

/**
 * `waiting`: not answered yet since start. `fresh`: heard within 1.5 poll intervals. `late`: within 3. `stale`: longer
 * ago. `down`: the last attempt failed. `paused`: not asked, because the operator wants it so.
 */
export type SourceState = 'waiting' | 'fresh' | 'late' | 'stale' | 'down' | 'paused';

export type SourceKind = 'scrape' | 'discovery' | 'prometheus' | 'local-gpus' | 'file';

export type SourceHealth = {
  readonly name: string;
  readonly kind: SourceKind;
  readonly address: string;
  readonly state: SourceState;
  /** Why it is not fresh, as a sentence with the next step; null when fresh. */
  readonly reason: string | null;
  readonly since: EpochMs | null;
  /**
   * What has to be known beside its figures, whatever its state, as sentences: certificates that nobody checks, a past that
   * reaches less far than asked, an answer that is partial, a clock that is off.
   */
  readonly notes: readonly string[];
  readonly backfill: BackfillProgress | null;
  readonly targets: readonly TargetHealth[];
};

/** Progress of reading a server's history, newest first: the share that is read, 0 to 1, and a sentence. */
export type BackfillProgress = {
  readonly state: 'reading' | 'done' | 'failed';
  readonly doneShare: number;
  readonly message: string;
};

export type TargetHealth = {
  readonly name: string;
  readonly address: string;
  readonly signal: 'gpu' | 'engine' | 'power' | 'unknown';
  readonly state: SourceState;
  readonly reason: string | null;
  readonly lastHeard: EpochMs | null;
  readonly since: EpochMs | null;
  /** Series in the last good answer. */
  readonly samples: number;
  /** Values held out since start, and the newest reason. */
  readonly heldOut: number;
  readonly heldOutReason: string | null;
};

/** Waits between restarts of a process that ended, ms. After the last one nothing more is tried. */
export const RESTART_WAITS_MS = [1000, 2000, 5000, 15_000] as const;

/** A process that lived this long was well: its end is the first of a new row of failures. */
const WELL_AFTER_MS = 60_000;

export type Restart =
  | { readonly kind: 'restart'; readonly afterMs: number; readonly failures: number }
  | { readonly kind: 'give-up'; readonly failures: number };

/** What to do after a process ended: `failures` counts the ends in a row before this one. */
export function nextRestart({ failures, livedMs }: { readonly failures: number; readonly livedMs: number }): Restart {
  const before = livedMs >= WELL_AFTER_MS ? 0 : failures;
  const afterMs = RESTART_WAITS_MS[before];
  return afterMs === undefined
    ? { kind: 'give-up', failures: before + 1 }
    : { kind: 'restart', afterMs, failures: before + 1 };
}

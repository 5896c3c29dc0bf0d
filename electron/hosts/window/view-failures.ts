/** More ends of the view's process than this within a minute, and reloading is not the cure. */
const RELOADS_MAX = 3;
const WITHIN_MS = 60_000;

/** Whether to load the view again after its process ended at these instants (ms, the last one is now). */
export function isReloadWorthwhile(endedMs: readonly number[]): boolean {
  const last = endedMs.at(-1) ?? 0;
  return endedMs.filter((ended) => last - ended < WITHIN_MS).length < RELOADS_MAX;
}

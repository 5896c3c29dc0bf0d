/** What a pool spent and did on one day in one stratum: windows of equal work conditions, added up. */
export type WorkRow = {
  /** Day in the fleet's time zone, such as `2026-08-14`. */
  readonly day: string;
  /** Model, product, recipe and load conditions (`stratumOf`): only equal ones are compared. */
  readonly stratum: string;
  /** GPU-seconds paid, or joules: what a saving saves. */
  readonly spent: number;
  readonly weightedTokens: number;
  /** Five-minute windows that were added into this row. */
  readonly windows: number;
  /** The load that the work was done under; null where nobody told how many requests ran. */
  readonly load: WorkLoad | null;
};

/** Requests in flight integrated over time [s], and the GPU-seconds paid beside them: their ratio is concurrency per GPU. */
export type WorkLoad = { readonly requestSeconds: number; readonly gpuSeconds: number };

/** Rows on both sides of a change. */
export type BeforeAndAfter = { readonly before: readonly WorkRow[]; readonly after: readonly WorkRow[] };

const inOrder = new Intl.Collator('en', { numeric: true });

/** Days that rows name, each once, in order: `d9` before `d10`, as dates are. */
export function daysOf(rows: readonly WorkRow[]): string[] {
  return [...new Set(rows.map((row) => row.day))].toSorted((one, other) => inOrder.compare(one, other));
}

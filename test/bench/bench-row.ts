/** One line of a benchmark's table. `met` is null where the line has no target, or where it could not be measured. */
export type BenchRow = {
  readonly name: string;
  readonly ours: string;
  readonly reference: string;
  readonly ratio: string;
  readonly target: string;
  readonly met: boolean | null;
};

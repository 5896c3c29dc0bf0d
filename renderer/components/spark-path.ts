/** Geometry of a small line: values over equal steps, nulls as breaks. */
export type SparkFrame = {
  readonly width: number;
  readonly height: number;
  readonly low?: number;
  readonly high?: number;
};

export type Spark = {
  /** One path per run between gaps. */
  readonly lines: readonly string[];
  readonly areas: readonly string[];
  /** The newest value's place, or null without values. */
  readonly end: { readonly x: number; readonly y: number } | null;
  readonly low: number | null;
  readonly high: number | null;
};

type Point = { readonly x: number; readonly y: number };

const MARGIN = 3;
const LEAST_SPAN = 0.1;

export function sparkOf(values: readonly (number | null)[], frame: SparkFrame): Spark {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return { lines: [], areas: [], end: null, low: null, high: null };
  const low = Math.min(...known);
  const high = Math.max(...known);
  // A scale of at least a tenth of the value: else a hum of one percent looks like an earthquake.
  const slack = Math.max(0, LEAST_SPAN * Math.max(Math.abs(low), Math.abs(high)) - (high - low)) / 2;
  const bottom = frame.low ?? low - slack;
  const span = (frame.high ?? high + slack) - bottom;

  const x = (index: number): number => MARGIN + (index / Math.max(1, values.length - 1)) * (frame.width - 2 * MARGIN);
  // A value that never moves lies in the middle: at the floor it would read as nothing.
  const y = (value: number): number =>
    frame.height - MARGIN - (span > 0 ? (value - bottom) / span : 0.5) * (frame.height - 2 * MARGIN);
  const runs = runsOf(values.map((value, index) => (value === null ? null : { x: x(index), y: y(value) })));
  return {
    lines: runs.map(pathOf),
    areas: runs.map(
      (run) => `${pathOf(run)}L${run.at(-1)?.x.toFixed(1)} ${frame.height}L${run[0]?.x.toFixed(1)} ${frame.height}Z`,
    ),
    end: runs.at(-1)?.at(-1) ?? null,
    low,
    high,
  };
}

function runsOf(points: readonly (Point | null)[]): readonly (readonly Point[])[] {
  const runs: Point[][] = [];
  points.forEach((point, index) => {
    if (point === null) return;
    const last = runs.at(-1);
    if (last === undefined || points[index - 1] === null) runs.push([point]);
    else last.push(point);
  });
  return runs;
}

function pathOf(run: readonly Point[]): string {
  const path = run
    .map((point, index) => `${index === 0 ? 'M' : 'L'}${point.x.toFixed(1)} ${point.y.toFixed(1)}`)
    .join('');
  // A lone point has no length: half a pixel makes its round cap visible.
  return run.length === 1 ? `${path}h0.5` : path;
}

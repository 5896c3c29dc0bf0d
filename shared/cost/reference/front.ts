/** A point of a front: what is gained on one axis is lost on the other. */
type Point = { readonly interactivity: number; readonly totalPerGpu: number };

/** Points that no other beats on both axes, in ascending order of interactivity. */
export function paretoFront<Of extends Point>(points: readonly Of[]): Of[] {
  const fastFirst = points.toSorted(
    (one, other) => other.interactivity - one.interactivity || other.totalPerGpu - one.totalPerGpu,
  );
  let best = Number.NEGATIVE_INFINITY;
  const front = fastFirst.filter((point) => {
    const isBetter = point.totalPerGpu > best;
    if (isBetter) best = point.totalPerGpu;
    return isBetter;
  });
  return front.toReversed();
}

/**
 * Tokens per second and GPU at an interactivity, on a monotone cubic through the front; null outside the measured range, on
 * either side. Cost and energy follow from this throughput, never from interpolated costs.
 *
 * Interpolation: M. Steffen, "A simple method for monotonic interpolation in one dimension", Astronomy and Astrophysics 239
 * (1990). Source of the rule: economics reference, section 1.1.
 */
export function throughputAt(points: readonly Point[], interactivity: number): number | null {
  const front = paretoFront(points);
  const last = front.at(-1);
  const after = front.findIndex((point) => point.interactivity >= interactivity);
  if (last === undefined || after === -1) return null;
  const right = front[after] ?? last;
  if (right.interactivity === interactivity) return right.totalPerGpu;
  const left = front[after - 1];
  if (left === undefined) return null;
  const [from, to] = [slopeAt(front, after - 1), slopeAt(front, after)];
  return Math.max(0, cubicBetween(left, right, { from, to, at: interactivity }));
}

/** Hermite cubic of two points and their slopes. */
function cubicBetween(
  left: Point,
  right: Point,
  { from, to, at }: { readonly from: number; readonly to: number; readonly at: number },
): number {
  const width = right.interactivity - left.interactivity;
  const slope = (right.totalPerGpu - left.totalPerGpu) / width;
  const cubic = (from + to - 2 * slope) / width ** 2;
  const square = (3 * slope - 2 * from - to) / width;
  const along = at - left.interactivity;
  return ((cubic * along + square) * along + from) * along + left.totalPerGpu;
}

/**
 * Steffen's slope at a point: h widths and s secants of the intervals beside it,
 *
 *   p = (s_left x h_right + s_right x h_left) / (h_left + h_right)
 *   slope = (sign s_left + sign s_right) x min(|s_left|, |s_right|, |p| / 2)
 *
 * and at an end p = s x (1 + h / (h + h_next)) - s_next x h / (h + h_next), no steeper than twice s and never against it.
 */
function slopeAt(front: readonly Point[], at: number): number {
  const left = secant(front, at - 1);
  const right = secant(front, at);
  if (left !== null && right !== null) {
    const middle = (left.slope * right.width + right.slope * left.width) / (left.width + right.width);
    const flattest = Math.min(Math.abs(left.slope), Math.abs(right.slope), Math.abs(middle) / 2);
    return (Math.sign(left.slope) + Math.sign(right.slope)) * flattest;
  }
  const own = left ?? right;
  const next = left === null ? secant(front, at + 1) : secant(front, at - 2);
  if (own === null) return 0;
  if (next === null) return own.slope;
  const share = own.width / (own.width + next.width);
  const end = own.slope * (1 + share) - next.slope * share;
  if (end * own.slope <= 0) return 0;
  return Math.abs(end) > 2 * Math.abs(own.slope) ? 2 * own.slope : end;
}

type Secant = { readonly slope: number; readonly width: number };

/** Slope and width of the interval that begins at a point; null where there is none. */
function secant(front: readonly Point[], at: number): Secant | null {
  const [from, to] = [at < 0 ? undefined : front[at], front[at + 1]];
  if (from === undefined || to === undefined) return null;
  const width = to.interactivity - from.interactivity;
  return { slope: (to.totalPerGpu - from.totalPerGpu) / width, width };
}

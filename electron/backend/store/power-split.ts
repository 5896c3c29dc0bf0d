import type { MeterBoundary, PowerBoundary } from '#shared/model/power-boundary.ts';
import { assert } from '#shared/lib/assert.ts';
import { stepFor } from '#shared/time/buckets.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';

/** A boundary, measured for a node or for a rack. */
export type Rung = { readonly boundary: MeterBoundary; readonly place: 'node' | 'rack' };

/**
 * How GPU facts are divided between power boundaries. Time is cut into cells; in each cell, each node, on its own:
 *
 *   share of a boundary = seconds that its meter measured / seconds that the boards' energy covers, at most 1
 *
 * The widest boundary takes its share first, a narrower one what it covers beyond that, and what is left rests on the
 * boards. Of what a meter measured, only the time counts in which the GPUs were watched as well:
 *
 *   energy to share = energy of the meter x (seconds of the boards / seconds of the meter, at most 1)
 *   energy of a GPU = energy to share x energy of its board / energy of all boards in the place
 *
 * By GPU-seconds where no board measures energy. A meter that reads less than the boards that it holds is not believed.
 */
export const METER_LADDER: readonly Rung[] = [
  { boundary: 'wall', place: 'rack' },
  { boundary: 'wall', place: 'node' },
  { boundary: 'rack', place: 'rack' },
  { boundary: 'node', place: 'node' },
  { boundary: 'module', place: 'node' },
  { boundary: 'cpu', place: 'node' },
];

/** Sensors err by some percent (telemetry reference, section 2.7): a meter this little below its boards is believed. */
export const PLAUSIBLE_SHARE_MIN = 0.95;

/** Shares nearer than this to none or all are rounding. */
export const SHARE_ROUNDING = 1e-6;

/** Up to this length of a window cells are five minutes, beyond it hours and more: such are read from hour tables. */
const SHORT_WINDOW_SECONDS = 7200;
const CELL_SECONDS_MIN = 300;
const LONG_CELL_SECONDS_MIN = 3600;
const CELLS_MAX = 60;

/** Width of the cells of a window, s: energy counters that are read every half minute show no more than minutes. */
export function cellSecondsOf(window: TimeRange, stepSeconds: number | null): number {
  const secondsMin = secondsOf(window) <= SHORT_WINDOW_SECONDS ? CELL_SECONDS_MIN : LONG_CELL_SECONDS_MIN;
  const cell = stepFor(window, { bucketsMax: CELLS_MAX, secondsMin });
  const nests = stepSeconds === null || stepSeconds % cell === 0 || cell % stepSeconds === 0;
  assert(nests, 'a step of power facts is one of the listed steps');
  return cell;
}

/** What the boards of a place drew in a cell. */
export type BoardCell = {
  readonly energyJoules: number;
  readonly energySeconds: number;
  readonly gpuSeconds: number;
  readonly observedSeconds: number;
};

export type MeterCell = { readonly seconds: number; readonly joules: number; readonly integratedJoules: number };

/** A share of the facts of a node in a cell: what is measured there per joule, or GPU-second, of its facts. */
export type PowerShare = {
  readonly boundary: PowerBoundary;
  readonly share: number;
  readonly perJoule: number;
  readonly perGpuSecond: number;
  readonly integratedShare: number;
};

/** The shares of one node in one cell, in the order of the ladder. They add to 1. */
export function powerSharesOf(
  meters: readonly (MeterCell | null)[],
  boards: { readonly [Place in 'node' | 'rack']: BoardCell },
): PowerShare[] {
  let covered = 0;
  const shares = METER_LADDER.flatMap(({ boundary, place }, rung) => {
    const whole = wholeShareOf(boundary, meters[rung] ?? null, boards[place]);
    const share = Math.max(0, (whole?.share ?? 0) - covered);
    covered = Math.max(covered, whole?.share ?? 0);
    return whole === null || share <= 0 ? [] : [{ ...whole, share }];
  });
  const left = 1 - covered;
  return left <= 0
    ? shares
    : [...shares, { boundary: 'board', share: left, perJoule: 0, perGpuSecond: 0, integratedShare: 0 }];
}

/** The share that a boundary could take of a cell if no wider one took any; null for none. */
function wholeShareOf(boundary: MeterBoundary, meter: MeterCell | null, board: BoardCell): PowerShare | null {
  const byEnergy = board.energyJoules > 0 && board.energySeconds > 0;
  const weight = byEnergy ? board.energyJoules : board.gpuSeconds;
  const seconds = byEnergy ? board.energySeconds : board.observedSeconds;
  if (meter === null || meter.seconds <= 0 || weight <= 0 || seconds <= 0) return null;
  const share = rounded(meter.seconds / seconds);
  const measured = meter.joules * Math.min(1, seconds / meter.seconds);
  const boards = byEnergy ? weight * share : 0;
  if (share === 0 || (boundary !== 'cpu' && measured < boards * PLAUSIBLE_SHARE_MIN)) return null;
  // CPU sockets stand beside the boards, all others hold them.
  const per = (boundary === 'cpu' ? boards + measured : measured) / (weight * share);
  return {
    boundary,
    share,
    perJoule: byEnergy ? per : 0,
    perGpuSecond: byEnergy ? 0 : per,
    integratedShare: meter.joules === 0 ? 0 : meter.integratedJoules / meter.joules,
  };
}

function rounded(share: number): number {
  if (share >= 1 - SHARE_ROUNDING) return 1;
  return share <= SHARE_ROUNDING ? 0 : share;
}

import { GPU_FACT_COLUMNS, type Aggregation, type GpuFact } from '#shared/model/fact.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { isBridged, lengthMicrosOf, splitAtMinutes, startMicrosOf } from './whole-facts.ts';

/** Columns of a board fact: the GPUs of one node together, over one interval. */
export const BOARD_FACT_COLUMNS = {
  /** Energy of all boards, J. */
  energyJoules: 'sum',
  /** Seconds that it covers: those of the board that is covered longest. */
  energySeconds: 'sum',
  /** GPU-seconds watched. */
  gpuSeconds: 'sum',
  /** Seconds in which any of the GPUs was watched. */
  observedSeconds: 'sum',
} as const satisfies Record<string, Aggregation>;

type BoardFactSums = { readonly [Column in keyof typeof BOARD_FACT_COLUMNS]: number | null };

/**
 * What the boards of one place (a node in a rack) drew together. Stores derive it from GPU facts as they come in, because
 * every share of a meter's energy is a share of this, and adding it up anew would read all facts a second time.
 */
export type BoardFact = BoardFactSums & {
  /** A seat in this place: it says node and rack. */
  readonly seat: string;
  readonly start: EpochMs;
  readonly seconds: number;
};

const GPU_SUMS = Object.keys(GPU_FACT_COLUMNS).filter(
  (name) => GPU_FACT_COLUMNS[name as keyof typeof GPU_FACT_COLUMNS] === 'sum',
);

/**
 * The board facts of a batch, none longer than a minute. GPUs of one exporter share their intervals, so that a node has
 * one fact an interval. Bridged facts have none: what a node drew while nobody watched its GPUs is no share of a meter's.
 */
export function boardFactsOf(
  facts: readonly GpuFact[],
  seatOf: (key: string) => Pick<GpuSeat, 'node' | 'rack'>,
): BoardFact[] {
  const boards = new Map<string, BoardFact>();
  for (const fact of facts) {
    const { node, rack } = seatOf(fact.seat);
    if (node === null || isBridged(fact)) continue;
    for (const part of splitAtMinutes(fact, GPU_SUMS)) {
      const key = JSON.stringify([node, rack, startMicrosOf(part), lengthMicrosOf(part)]);
      boards.set(key, added(boards.get(key), part));
    }
  }
  return [...boards.values()];
}

function added(known: BoardFact | undefined, fact: GpuFact): BoardFact {
  const hasEnergy = fact.energyJoules !== null;
  const observed = fact.observedSeconds ?? 0;
  return {
    seat: known?.seat ?? fact.seat,
    start: fact.start,
    seconds: fact.seconds,
    energyJoules: hasEnergy ? (known?.energyJoules ?? 0) + (fact.energyJoules ?? 0) : (known?.energyJoules ?? null),
    energySeconds: hasEnergy
      ? Math.max(known?.energySeconds ?? 0, fact.energySeconds ?? 0)
      : (known?.energySeconds ?? null),
    gpuSeconds: (known?.gpuSeconds ?? 0) + observed,
    observedSeconds: Math.max(known?.observedSeconds ?? 0, observed),
  };
}

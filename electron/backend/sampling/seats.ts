import type { GpuSeat } from '#shared/model/gpu.ts';
import { createSpanRegistry, type Span, type SpanRegistry } from './spans.ts';

const DESCRIBED = ['sku', 'index', 'site', 'rack', 'pool', 'node'] as const;

/** Seats of GPUs: a GPU that moves, or that is described otherwise, takes another seat. */
export function createSeats(known: readonly GpuSeat[]): SpanRegistry<GpuSeat> {
  return createSpanRegistry<GpuSeat>(known, (seat) => seat.gpu, compareSeat);
}

/**
 * What a reading leaves out does not contradict the seat: two routes to one GPU may tell more and less about its place,
 * and must not take turns in moving it.
 */
function compareSeat(seat: GpuSeat, sample: Omit<GpuSeat, keyof Span>): 'same' | 'refined' | 'other' {
  if (DESCRIBED.some((name) => seat[name] !== null && sample[name] !== null && seat[name] !== sample[name])) {
    return 'other';
  }
  return DESCRIBED.some((name) => seat[name] === null && sample[name] !== null) ? 'refined' : 'same';
}

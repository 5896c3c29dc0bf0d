import { rackOfDomain } from '#shared/model/gpu-place.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { GpuSample } from '#shared/model/sample.ts';
import { createSpanRegistry, type Span, type SpanRegistry } from './spans.ts';

const DESCRIBED = [
  'sku',
  'index',
  'site',
  'rack',
  'pool',
  'node',
  'domain',
  'tray',
  'driverVersion',
  'cudaVersion',
] as const;

/**
 * Seats of GPUs: a GPU that moves, or that is described otherwise, takes another seat. In the registry a rack is only
 * what somebody named; `storedSeat` adds the one that the NVLink domain tells, so that a name never contradicts it.
 */
export function createSeats(known: readonly GpuSeat[]): SpanRegistry<GpuSeat> {
  return createSpanRegistry<GpuSeat>(known.map(withNamedRack), (seat) => seat.gpu, compareSeat);
}

export function describedGpu(sample: GpuSample): Omit<GpuSeat, keyof Span> {
  const { gpu, sku, index, site, rack, pool, node, domain, tray, driverVersion, cudaVersion } = sample;
  return { gpu, sku, index, site, rack, pool, node, domain, tray, driverVersion, cudaVersion };
}

/** The seat as the store keeps it: in the rack that somebody named, else in the one of its NVLink domain. */
export function storedSeat(seat: GpuSeat): GpuSeat {
  return { ...seat, rack: seat.rack ?? rackOfDomain(seat.domain) };
}

function withNamedRack(seat: GpuSeat): GpuSeat {
  return seat.rack === rackOfDomain(seat.domain) ? { ...seat, rack: null } : seat;
}

/**
 * What a reading leaves out does not contradict the seat: two routes to one GPU may tell more and less about its place,
 * and must not take turns in moving it.
 */
function compareSeat(seat: GpuSeat, sample: Omit<GpuSeat, keyof Span>): 'same' | 'refined' | 'other' {
  if (DESCRIBED.some((name) => contradicts(name, seat[name], sample[name]))) return 'other';
  return DESCRIBED.some((name) => seat[name] === null && sample[name] !== null) ? 'refined' : 'same';
}

/** A tray told by its index alone and one told with its chassis may be the same one. */
function contradicts(name: (typeof DESCRIBED)[number], one: string | null, other: string | null): boolean {
  if (one === null || other === null || one === other) return false;
  return name !== 'tray' || one.startsWith('tray ') === other.startsWith('tray ');
}

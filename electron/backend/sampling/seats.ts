import { isRackOfDomain, rackOfDomain } from '#shared/model/gpu-place.ts';
import { UNKNOWN_SKU, type GpuSeat } from '#shared/model/gpu.ts';
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

/** What a reading says of a GPU's seat. A route that does not know the product takes nothing from the seat that does. */
export function describedGpu(sample: GpuSample, current: GpuSeat | null): Omit<GpuSeat, keyof Span> {
  const { gpu, index, site, rack, pool, node, domain, tray, driverVersion, cudaVersion } = sample;
  const sku = sample.sku === UNKNOWN_SKU ? (current?.sku ?? UNKNOWN_SKU) : sample.sku;
  return { gpu, sku, index, site, rack, pool, node, domain, tray, driverVersion, cudaVersion };
}

/** The seat as the store keeps it: in the rack that somebody named, else in the one of its NVLink domain. */
export function storedSeat(seat: GpuSeat): GpuSeat {
  return { ...seat, rack: seat.rack ?? rackOfDomain(seat.domain) };
}

function withNamedRack(seat: GpuSeat): GpuSeat {
  return isRackOfDomain(seat.rack) ? { ...seat, rack: null } : seat;
}

/**
 * What a reading leaves out does not contradict the seat: two routes to one GPU may tell more and less about its place,
 * and must not take turns in moving it.
 */
function compareSeat(seat: GpuSeat, sample: Omit<GpuSeat, keyof Span>): 'same' | 'refined' | 'other' {
  if (DESCRIBED.some((name) => contradicts(name, seat[name], sample[name]))) return 'other';
  const isRefined = DESCRIBED.some((name) => isUnknown(name, seat[name]) && !isUnknown(name, sample[name]));
  return isRefined ? 'refined' : 'same';
}

type Described = (typeof DESCRIBED)[number];

function isUnknown(name: Described, value: string | null): boolean {
  return value === null || (name === 'sku' && value === UNKNOWN_SKU);
}

/** Two routes may tell one thing in two forms: a tray by its index alone, a node with its domain. */
function contradicts(name: Described, one: string | null, other: string | null): boolean {
  if (one === null || other === null || one === other) return false;
  if (isUnknown(name, one) || isUnknown(name, other)) return false;
  if (name === 'tray') return one.startsWith('tray ') === other.startsWith('tray ');
  return name !== 'node' || !isSameNode(one, other);
}

/** Whether two names mean one node: one of them with its domain, the other without. */
export function isSameNode(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.toLowerCase() === long.toLowerCase() || long.toLowerCase().startsWith(`${short.toLowerCase()}.`);
}

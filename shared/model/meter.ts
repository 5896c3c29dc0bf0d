import type { EpochMs } from '#shared/time/instant.ts';
import type { Location } from './gpu.ts';
import type { MeterBoundary } from './power-boundary.ts';
import type { MeterOrigin } from './sample.ts';

/**
 * A meter in one place for a span of time. `node` is the node whose power it measures, named as its GPUs name it where
 * they are known, and null for the meter of a rack.
 */
export type Meter = Location & {
  /** Key of this span: unique over all spans of all meters. */
  readonly key: string;
  /** What stays the same while the description changes: the place as told, boundary and origin. */
  readonly meter: string;
  readonly boundary: MeterBoundary;
  readonly origin: MeterOrigin;
  /** Sockets, supplies or feeds that add to it: with fewer of them a reading is not whole. */
  readonly parts: number;
  readonly since: EpochMs;
  readonly until: EpochMs | null;
};

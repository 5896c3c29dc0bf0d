import type { Location } from '#shared/model/gpu.ts';
import type { MeterMapping } from '#shared/model/power-boundary.ts';
import type { MeterSample } from '#shared/model/sample.ts';

/** A series of one part of a meter, and the one that shows when it is not measured though it reads zero. */
type MeterPart = { readonly series: number; readonly name: string; readonly contradictedBy: number | null };

/** What one metric of a scrape says of one place. */
export type MeterPlan = {
  readonly described: Pick<MeterSample, keyof Location | 'meter' | 'boundary' | 'origin'>;
  /** `sum`: parts that add. `largest`: layers of each other, of which the largest is the whole. */
  readonly combine: 'sum' | 'largest';
  readonly quantity: MeterMapping['quantity'];
  /** Factor to W or J. */
  readonly scale: number;
  /** Largest believable power of a part, W. */
  readonly wattsMax: number;
  readonly parts: readonly MeterPart[];
};

export type MeterReaderOptions = {
  readonly targetLabels: Readonly<Record<string, string>>;
  /** Address of the target: it tells apart the meters that operators map. */
  readonly address: string;
  readonly mappings: readonly MeterMapping[];
};

import type { Fabric, Mounting } from '#shared/model/gpu-place.ts';
import type { GpuOrigin, GpuSample } from '#shared/model/sample.ts';
import type { Labels } from '../label-reader.ts';
import type { GpuReadings } from '../believable-readings.ts';

/** What a metric can tell of a GPU: a reading, a part of one, or a version and a place where they come as values instead of labels. */
export type GpuReading =
  | Exclude<keyof GpuReadings, 'nvlinkBytes' | 'nvlinkBytesPerSecond' | 'pcieBytesPerSecond'>
  | 'graphicsActive'
  | 'memoryFreeBytes'
  | 'memoryReservedBytes'
  | 'hardwareHeldSeconds'
  | 'brakeHeldSeconds'
  | 'nvlinkSentBytes'
  | 'nvlinkReceivedBytes'
  | 'nvlinkSentPerSecond'
  | 'nvlinkReceivedPerSecond'
  | 'pcieSentPerSecond'
  | 'pcieReceivedPerSecond'
  | 'cudaVersion'
  | 'boardSerial'
  | 'cliqueId'
  | 'chassisSerial'
  | 'slotNumber'
  | 'trayIndex'
  | 'hostId';

/** A metric by its name, what it tells, and how many of our base unit one of its own is. */
export type GpuField = { readonly name: string; readonly reading: GpuReading; readonly scale: number };

/** What labels say of a GPU. */
export type GpuLabels = Pick<GpuSample, 'sku' | 'index' | 'driverVersion' | 'cudaVersion' | 'boardSerial'> & {
  readonly fabric: Fabric;
  readonly mounting: Mounting;
};

/** How one exporter writes GPUs. Names of a reading stand in order of preference: the first that a card has is used. */
export type GpuTable = {
  readonly origin: GpuOrigin;
  readonly fields: readonly GpuField[];
  /** A metric whose labels describe a GPU, and whose value says nothing; null where every series describes its own. */
  readonly infoMetric: string | null;
  readonly uuidOf: (labels: Labels) => string | null;
  readonly labelsOf: (labels: Labels) => GpuLabels;
  /** Whether a value stands for no value. */
  readonly isBlank: (value: number) => boolean;
};

/** What labels say that say nothing of a GPU's place. */
export const NO_PLACE = {
  fabric: { clusterUuid: null, cliqueId: null },
  mounting: { chassisSerial: null, slot: null, host: null, trayIndex: null },
} as const satisfies Pick<GpuLabels, 'fabric' | 'mounting'>;

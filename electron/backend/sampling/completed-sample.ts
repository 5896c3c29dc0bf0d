import { UNKNOWN_SKU } from '#shared/model/gpu.ts';
import type { GpuSample } from '#shared/model/sample.ts';

/** What another source may add. Counters are not among them: a counter of one source goes on from its own level only. */
const ADDED = [
  'index',
  'driverVersion',
  'cudaVersion',
  'boardSerial',
  'domain',
  'tray',
  'site',
  'rack',
  'pool',
  'node',
  'migDevices',
  'processes',
  'powerWatts',
  'moduleWatts',
  'powerLimitWatts',
  'utilisation',
  'smActive',
  'tensorActive',
  'dramActive',
  'memoryUsedBytes',
  'smClockHertz',
  'temperatureCelsius',
  'clockEventReasons',
  'powerHeldSeconds',
  'heatHeldSeconds',
  'nvlinkBytesPerSecond',
  'pcieBytesPerSecond',
  'xid',
] as const satisfies readonly (keyof GpuSample)[];

/** A sample with what it leaves out from other samples of the same GPU, the first that tells it. */
export function completedSample(sample: GpuSample, others: readonly GpuSample[]): GpuSample {
  if (others.length === 0) return sample;
  const added = ADDED.filter((name) => sample[name] === null).flatMap((name) => {
    const found = others.find((other) => other[name] !== null);
    return found === undefined ? [] : [[name, found[name]] as const];
  });
  return {
    ...sample,
    ...Object.fromEntries(added),
    sku: sample.sku === UNKNOWN_SKU ? (others.find(({ sku }) => sku !== UNKNOWN_SKU)?.sku ?? sample.sku) : sample.sku,
    workloads:
      sample.workloads.length > 0
        ? sample.workloads
        : (others.find(({ workloads }) => workloads.length > 0)?.workloads ?? []),
  };
}

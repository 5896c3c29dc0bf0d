import { chassisSerialOf, nvlinkDomainOf, trayOf } from '#shared/model/gpu-place.ts';
import type { GpuSample } from '#shared/model/sample.ts';
import { believableReadings } from '../believable-readings.ts';
import { cudaVersionOf } from '../dcgm/dcgm-table.ts';
import type { Series } from '../prometheus/series.ts';
import type { ProblemList, SeriesValues } from '../read-value.ts';
import { cardPlans, type CardPlan } from './card-plan.ts';
import type { GpuReading } from './gpu-table.ts';
import { GPU_TABLES } from './gpu-tables.ts';
import { migDevicesOf } from './mig-devices.ts';
import { readSlot } from './read-slot.ts';

/**
 * Finds the GPUs in a list of series, once per layout, and gives a function that reads their samples from the values of
 * one scrape. A reading repeated in several series of one GPU (MIG instances, sharing pods, HPC jobs) is taken once.
 */
export function createGpuReader(
  series: readonly Series[],
  targetLabels: Readonly<Record<string, string>>,
): (values: SeriesValues, problems: ProblemList) => GpuSample[] {
  const planByGpu = new Map<string, CardPlan>();
  for (const table of GPU_TABLES) {
    for (const plan of cardPlans(table, series, targetLabels))
      if (!planByGpu.has(plan.gpu)) planByGpu.set(plan.gpu, plan);
  }
  const plans = [...planByGpu.values()];
  return (values, problems) =>
    plans.filter((plan) => isPresent(plan, values)).map((plan) => gpuSample(plan, values, problems));
}

/** A server's series outlive the GPU behind them: without a single value in this scrape, the GPU was not in it. */
function isPresent({ rows }: CardPlan, values: SeriesValues): boolean {
  return rows.some((series) => values(series) !== undefined);
}

function gpuSample(plan: CardPlan, values: SeriesValues, problems: ProblemList): GpuSample {
  const read = (reading: GpuReading): number | null => readSlot(plan, reading, values, problems);
  const { gpu, origin, workloads, location } = plan;
  const raw = {
    energyCounterJoules: read('energyCounterJoules'),
    powerWatts: read('powerWatts'),
    moduleWatts: read('moduleWatts'),
    powerLimitWatts: read('powerLimitWatts'),
    utilisation: read('utilisation') ?? read('graphicsActive'),
    smActive: read('smActive'),
    tensorActive: read('tensorActive'),
    dramActive: read('dramActive'),
    memoryUsedBytes: read('memoryUsedBytes'),
    smClockHertz: read('smClockHertz'),
    temperatureCelsius: read('temperatureCelsius'),
    clockEventReasons: read('clockEventReasons'),
    // Each cause has a counter of its own; they rarely hold at once.
    powerHeldSeconds: added(read('powerHeldSeconds'), read('brakeHeldSeconds')),
    heatHeldSeconds: added(read('heatHeldSeconds'), read('hardwareHeldSeconds')),
    nvlinkBytes: both(read('nvlinkSentBytes'), read('nvlinkReceivedBytes')),
    nvlinkBytesPerSecond: both(read('nvlinkSentPerSecond'), read('nvlinkReceivedPerSecond')),
    pcieBytesPerSecond: both(read('pcieSentPerSecond'), read('pcieReceivedPerSecond')),
    xid: read('xid'),
  };
  return {
    gpu,
    origin,
    ...aboutOf(plan, read),
    ...location,
    workloads,
    migDevices: migDevicesOf(plan, values),
    processes: null,
    ...believableReadings(gpu, raw, problems),
  };
}

/** The sum of what is told; null where neither is. */
function added(one: number | null, other: number | null): number | null {
  return one === null && other === null ? null : (one ?? 0) + (other ?? 0);
}

/** Traffic both ways; null where one way is not told: half of it would read like all. */
function both(sent: number | null, received: number | null): number | null {
  return sent === null || received === null ? null : sent + received;
}

/** What a GPU is and where, from labels, else from values: which of them it is, is the operator's choice. */
function aboutOf(
  { labels }: CardPlan,
  read: (reading: GpuReading) => number | null,
): Pick<GpuSample, 'sku' | 'index' | 'driverVersion' | 'cudaVersion' | 'boardSerial' | 'domain' | 'tray'> {
  const { fabric, mounting, sku, index, driverVersion } = labels;
  const written = (reading: GpuReading): string | null => read(reading)?.toFixed(0) ?? null;
  return {
    sku,
    index,
    driverVersion,
    cudaVersion: labels.cudaVersion ?? cudaVersionOf(read('cudaVersion') ?? Number.NaN),
    boardSerial: nonZero(labels.boardSerial ?? written('boardSerial')),
    domain: nvlinkDomainOf({ ...fabric, cliqueId: fabric.cliqueId ?? written('cliqueId') }),
    tray: trayOf({
      chassisSerial: mounting.chassisSerial ?? chassisSerialOf(written('chassisSerial')),
      slot: mounting.slot ?? written('slotNumber'),
      trayIndex: mounting.trayIndex ?? written('trayIndex'),
      host: mounting.host ?? written('hostId'),
    }),
  };
}

/** A board without a serial number of its own says only zeros. */
function nonZero(serial: string | null): string | null {
  return serial === null || /^0*$/.test(serial) ? null : serial;
}

import type { GpuSample } from '#shared/model/sample.ts';
import { measured, type ProblemList } from '../read-value.ts';

/** What the driver of this machine says of one GPU, in base units. */
export type LocalGpu = Pick<
  GpuSample,
  | 'energyCounterJoules'
  | 'powerWatts'
  | 'powerLimitWatts'
  | 'utilisation'
  | 'memoryUsedBytes'
  | 'smClockHertz'
  | 'temperatureCelsius'
  | 'clockEventReasons'
  | 'index'
  | 'driverVersion'
  | 'cudaVersion'
  | 'boardSerial'
  | 'domain'
  | 'tray'
  | 'migDevices'
  | 'processes'
  | 'moduleWatts'
  | 'node'
> & { readonly uuid: string; readonly productName: string };

/** Largest believable board power where the limit is unknown, W (policy table of the faults reference, section 3). */
const POWER_MAX_WATTS = 2500;

/** Largest believable power of a module of GPUs, CPU and memory, W: 1.5 times the limit of a GB300's, rounded up. */
const MODULE_POWER_MAX_WATTS = 4500;

/** No board has a power limit beyond this, W. */
const POWER_LIMIT_MAX_WATTS = 10_000;

/** Power may stand above the limit for moments: a reading beyond this multiple of it is not believed. */
const POWER_OVER_LIMIT_MAX = 1.5;

/** Shares of time are 0 to 1; rounding may push one a little over. */
const SHARE_MAX = 1.01;

/**
 * The sample of a GPU that the driver described, without what cannot be true. Profiling activity and XIDs are not read
 * here: they need DCGM.
 */
export function believableGpu(gpu: LocalGpu, problems: ProblemList): GpuSample {
  const upTo = (value: number | null, most: number, name: string): number | null => {
    const known = value === null ? null : measured(value, `${name} of ${gpu.uuid}`, problems);
    if (known === null || known <= most) return known;
    problems.add({ kind: 'implausible', message: `${name} of ${gpu.uuid} reads ${known}, above ${most}: held out` });
    return null;
  };
  const powerLimitWatts = upTo(gpu.powerLimitWatts, POWER_LIMIT_MAX_WATTS, 'power limit, W,');
  const powerMax =
    powerLimitWatts === null || powerLimitWatts === 0 ? POWER_MAX_WATTS : powerLimitWatts * POWER_OVER_LIMIT_MAX;
  return {
    gpu: gpu.uuid,
    // Spelled as dcgm-exporter's reader spells it, so that a GPU seen by both stays in one seat.
    sku: gpu.productName.replaceAll('-', ' '),
    index: gpu.index,
    driverVersion: gpu.driverVersion,
    cudaVersion: gpu.cudaVersion,
    boardSerial: gpu.boardSerial,
    domain: gpu.domain,
    tray: gpu.tray,
    workloads: [],
    migDevices: gpu.migDevices,
    processes: gpu.processes,
    site: null,
    rack: null,
    pool: null,
    node: gpu.node,
    energyCounterJoules: upTo(gpu.energyCounterJoules, Infinity, 'energy'),
    powerWatts: upTo(gpu.powerWatts, powerMax, 'power, W,'),
    moduleWatts: upTo(gpu.moduleWatts, MODULE_POWER_MAX_WATTS, 'module power, W,'),
    powerLimitWatts,
    utilisation: upTo(gpu.utilisation, SHARE_MAX, 'utilisation'),
    smActive: null,
    tensorActive: null,
    dramActive: null,
    memoryUsedBytes: upTo(gpu.memoryUsedBytes, Infinity, 'memory used'),
    smClockHertz: upTo(gpu.smClockHertz, Infinity, 'SM clock'),
    temperatureCelsius: gpu.temperatureCelsius,
    clockEventReasons: gpu.clockEventReasons,
    xid: null,
  };
}

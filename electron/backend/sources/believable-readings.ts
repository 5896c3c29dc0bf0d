import type { GpuSample } from '#shared/model/sample.ts';
import { measured, type ProblemList } from './read-value.ts';

/** What is measured of a GPU, whoever tells it, in base units. */
export type GpuReadings = Pick<
  GpuSample,
  | 'energyCounterJoules'
  | 'powerWatts'
  | 'moduleWatts'
  | 'powerLimitWatts'
  | 'utilisation'
  | 'smActive'
  | 'tensorActive'
  | 'dramActive'
  | 'memoryUsedBytes'
  | 'smClockHertz'
  | 'temperatureCelsius'
  | 'clockEventReasons'
  | 'powerHeldSeconds'
  | 'heatHeldSeconds'
  | 'nvlinkBytes'
  | 'nvlinkBytesPerSecond'
  | 'pcieBytesPerSecond'
  | 'xid'
>;

/** Largest believable board power where the limit is unknown, W (policy table of the faults reference, section 3). */
const POWER_MAX_WATTS = 2500;

/** No board has a power limit beyond this, W: a larger one is in milliwatts, and would believe any power. */
const POWER_LIMIT_MAX_WATTS = 10_000;

/** Largest believable power of a module of GPUs, CPU and memory, W: 1.5 times the limit of a GB300's, rounded up. */
const MODULE_POWER_MAX_WATTS = 4500;

/** Power may stand above the limit for moments: a reading beyond this multiple of it is not believed. */
const POWER_OVER_LIMIT_MAX = 1.5;

/** Beyond these, bytes per second both ways, no link of this decade goes: twice NVLink 5 of one GPU, and twice PCIe 6 x16. */
const NVLINK_MAX_BYTES_PER_SECOND = 3.6e12;
const PCIE_MAX_BYTES_PER_SECOND = 5.2e11;

/** Shares of time are 0 to 1; rounding may push one a little over. */
const SHARE_MAX = 1.01;

/** Readings without what cannot be true: each value that is held out is a problem with its reason. */
export function believableReadings(gpu: string, raw: GpuReadings, problems: ProblemList): GpuReadings {
  const upTo = (value: number | null, most: number, name: string): number | null => {
    const known = value === null ? null : measured(value, `${name} of ${gpu}`, problems);
    if (known === null || known <= most) return known;
    problems.add({ kind: 'implausible', message: `${name} of ${gpu} reads ${known}, above ${most}: check the unit` });
    return null;
  };
  const powerLimitWatts = upTo(raw.powerLimitWatts, POWER_LIMIT_MAX_WATTS, 'power limit, W,');
  const isLimited = powerLimitWatts !== null && powerLimitWatts > 0;
  const powerMax = isLimited ? powerLimitWatts * POWER_OVER_LIMIT_MAX : POWER_MAX_WATTS;
  return {
    energyCounterJoules: upTo(raw.energyCounterJoules, Infinity, 'energy'),
    powerWatts: upTo(raw.powerWatts, powerMax, 'power, W,'),
    moduleWatts: upTo(raw.moduleWatts, MODULE_POWER_MAX_WATTS, 'module power, W,'),
    powerLimitWatts,
    utilisation: upTo(raw.utilisation, SHARE_MAX, 'utilisation'),
    smActive: upTo(raw.smActive, SHARE_MAX, 'smActive'),
    tensorActive: upTo(raw.tensorActive, SHARE_MAX, 'tensorActive'),
    dramActive: upTo(raw.dramActive, SHARE_MAX, 'dramActive'),
    memoryUsedBytes: upTo(raw.memoryUsedBytes, Infinity, 'memory used'),
    smClockHertz: upTo(raw.smClockHertz, Infinity, 'SM clock'),
    temperatureCelsius: raw.temperatureCelsius,
    clockEventReasons: raw.clockEventReasons,
    powerHeldSeconds: raw.powerHeldSeconds,
    heatHeldSeconds: raw.heatHeldSeconds,
    nvlinkBytes: raw.nvlinkBytes,
    nvlinkBytesPerSecond: upTo(raw.nvlinkBytesPerSecond, NVLINK_MAX_BYTES_PER_SECOND, 'NVLink traffic, B/s,'),
    pcieBytesPerSecond: upTo(raw.pcieBytesPerSecond, PCIE_MAX_BYTES_PER_SECOND, 'PCIe traffic, B/s,'),
    xid: raw.xid,
  };
}

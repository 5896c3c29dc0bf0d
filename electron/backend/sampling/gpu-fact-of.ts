import type { GpuFactSums } from '#shared/model/fact.ts';
import type { GpuSample } from '#shared/model/sample.ts';
import type { CounterChange } from './counter-difference.ts';
import type { Interval } from './interval.ts';

/** Power beyond the limit for moments is real; energy over an interval beyond this multiple of limit x time is not. */
const ENERGY_OVER_LIMIT_MAX = 1.2;

const BOARD_LIMIT_MAX_WATTS = 2500;

/** Largest believable energy, J, of a GPU over a time, s: 1.2 x limit x time (policy table of the faults reference). */
export function energyMaxJoules(sample: GpuSample, seconds: number): number {
  const limit = sample.powerLimitWatts ?? 0;
  return (limit > 0 ? limit : BOARD_LIMIT_MAX_WATTS) * ENERGY_OVER_LIMIT_MAX * seconds;
}

/**
 * Sums of one watched interval between two readings of one GPU. Energy comes from its counter; where that has no word,
 * from the mean of both power readings, kept apart as integrated. Gauges count as the mean of both readings.
 */
export function watchedGpuSums(
  previous: GpuSample | null,
  now: GpuSample,
  interval: Interval,
  energy: CounterChange,
): GpuFactSums {
  const seconds = interval.seconds;
  const mean = (read: (sample: GpuSample) => number | null): number | null => {
    const after = read(now);
    const before = previous === null ? after : read(previous);
    return after === null || before === null ? null : (after + before) / 2;
  };
  const integral = (read: (sample: GpuSample) => number | null): number | null => {
    const value = mean(read);
    return value === null ? null : value * seconds;
  };
  const integrated = integral((sample) => sample.powerWatts);
  const counted = energy.kind === 'grown' ? energy.amount : null;
  return {
    observedSeconds: seconds,
    bridgedSeconds: null,
    energyJoules: counted ?? integrated,
    energyIntegratedJoules: counted === null ? integrated : 0,
    energySeconds: counted === null && integrated === null ? null : seconds,
    utilisationSeconds: integral((sample) => sample.utilisation),
    smActiveSeconds: integral((sample) => sample.smActive),
    tensorActiveSeconds: integral((sample) => sample.tensorActive),
    dramActiveSeconds: integral((sample) => sample.dramActive),
    memoryUsedByteSeconds: integral((sample) => sample.memoryUsedBytes),
    smCycles: integral((sample) => sample.smClockHertz),
    powerWattsMin: now.powerWatts,
    powerWattsMax: now.powerWatts,
    temperatureCelsiusMax: now.temperatureCelsius,
    powerCappedSeconds: null,
    heatCappedSeconds: null,
    powerLimitWattSeconds: integral((sample) => sample.powerLimitWatts),
    nvlinkBytes: null,
    pcieBytes: null,
  };
}

const NOTHING: GpuFactSums = {
  observedSeconds: 0,
  bridgedSeconds: null,
  energyJoules: null,
  energyIntegratedJoules: null,
  energySeconds: null,
  utilisationSeconds: null,
  smActiveSeconds: null,
  tensorActiveSeconds: null,
  dramActiveSeconds: null,
  memoryUsedByteSeconds: null,
  smCycles: null,
  powerWattsMin: null,
  powerWattsMax: null,
  temperatureCelsiusMax: null,
  powerCappedSeconds: null,
  heatCappedSeconds: null,
  powerLimitWattSeconds: null,
  nvlinkBytes: null,
  pcieBytes: null,
};

/** Sums of a gap whose energy counter survived: the energy is known as a whole, nothing else is. */
export function bridgedGpuSums(energyJoules: number, seconds: number): GpuFactSums {
  return { ...NOTHING, bridgedSeconds: seconds, energyJoules, energyIntegratedJoules: 0, energySeconds: seconds };
}

/** Sums of an interval in which a GPU was watched to be missing: its time is observed, its energy is not. */
export function missingGpuSums(seconds: number): GpuFactSums {
  return { ...NOTHING, observedSeconds: seconds };
}

import type { GpuFactSums } from '#shared/model/fact.ts';
import type { GpuSample } from '#shared/model/sample.ts';
import type { CounterChange } from './counter-difference.ts';
import { HEAT_BITS, POWER_BITS } from './gpu-state-of.ts';
import type { Interval } from './interval.ts';

/** Power beyond the limit for moments is real; energy over an interval beyond this multiple of limit x time is not. */
const ENERGY_OVER_LIMIT_MAX = 1.2;

const BOARD_LIMIT_MAX_WATTS = 2500;

/** An exporter collects every 30 s by default: its counters stand still and then catch up by so much. */
const COLLECTION_SECONDS = 30;

/** Twice what NVLink 5 carries both ways on one GPU. */
const NVLINK_MAX_BYTES_PER_SECOND = 3.6e12;

/** How far a counter rose; null where it is not told, fell (a driver reload), or rose beyond belief. */
function grown(counter: { readonly before: number | null; readonly now: number | null }, most: number): number | null {
  if (counter.before === null || counter.now === null) return null;
  const amount = counter.now - counter.before;
  return amount >= 0 && amount <= most ? amount : null;
}

/** 1 where a reason of the moment is among the bits, else 0; null where no reasons are told. */
function isSet({ clockEventReasons }: GpuSample, bits: number): number | null {
  if (clockEventReasons === null) return null;
  return (clockEventReasons & bits) === 0 ? 0 : 1;
}

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
  const held = (read: (sample: GpuSample) => number | null, bits: number): number | null => {
    const counter = { before: previous === null ? null : read(previous), now: read(now) };
    return grown(counter, seconds + COLLECTION_SECONDS) ?? integral((sample) => isSet(sample, bits));
  };
  const links = { before: previous?.nvlinkBytes ?? null, now: now.nvlinkBytes };
  const nvlink = grown(links, NVLINK_MAX_BYTES_PER_SECOND * (seconds + COLLECTION_SECONDS));
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
    powerCappedSeconds: held((sample) => sample.powerHeldSeconds, POWER_BITS),
    heatCappedSeconds: held((sample) => sample.heatHeldSeconds, HEAT_BITS),
    powerLimitWattSeconds: integral((sample) => sample.powerLimitWatts),
    nvlinkBytes: nvlink ?? integral((sample) => sample.nvlinkBytesPerSecond),
    pcieBytes: integral((sample) => sample.pcieBytesPerSecond),
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

import { NVML } from './nvml-codes.ts';
import { MEMORY, MEMORY_OLD, TEMPERATURE } from './nvml-layouts.ts';
import type { NvmlGpu } from './nvml-messages.ts';
import type { NvmlLibrary } from './nvml-library.ts';
import type { DeviceAbout } from './read-about.ts';
import { createPowerReader } from './read-power.ts';
import { createSliceReader } from './read-slices.ts';

/** What NVML tells of one GPU at one instant. */
export type DeviceReadings = Omit<
  NvmlGpu,
  'uuid' | 'productName' | 'index' | 'driverVersion' | 'cudaVersion' | keyof DeviceAbout
>;

/** Codes after which a GPU says nothing more. */
const DEAD: ReadonlySet<number> = new Set([NVML.gpuLost, NVML.resetRequired]);

const SM_CLOCK = 1;
const GPU_SENSOR = 0;

/**
 * Reads a device into plain numbers in base units; null readings where the GPU is lost. The buffers are made once: a poll
 * makes no garbage but its result.
 */
export function createDeviceReader(
  nvml: NvmlLibrary,
): (handle: number) => { readonly code: number; readonly readings: DeviceReadings | null } {
  const word = Buffer.alloc(16);
  const pending = Buffer.alloc(4);
  const memory = Buffer.alloc(MEMORY.size);
  const temperature = Buffer.alloc(TEMPERATURE.size);
  const readPower = createPowerReader(nvml);
  const readSlices = createSliceReader(nvml);
  let dead: number = NVML.ok;

  const isGiven = (code: number): boolean => {
    if (DEAD.has(code)) dead = code;
    return code === NVML.ok;
  };
  const uintOf = (code: number, scale: number): number | null => (isGiven(code) ? word.readUInt32LE(0) * scale : null);

  function memoryUsed(handle: number): number | null {
    memory.writeUInt32LE(MEMORY.version, 0);
    if (isGiven(nvml.memory(handle, memory))) return Number(memory.readBigUInt64LE(MEMORY.used));
    // The first form counts the driver's reserved part as used, some hundred MiB.
    return isGiven(nvml.memoryOld(handle, memory)) ? Number(memory.readBigUInt64LE(MEMORY_OLD.used)) : null;
  }

  function celsius(handle: number): number | null {
    temperature.writeUInt32LE(TEMPERATURE.version, 0);
    temperature.writeUInt32LE(GPU_SENSOR, TEMPERATURE.sensor);
    if (isGiven(nvml.temperature(handle, temperature))) return temperature.readInt32LE(TEMPERATURE.celsius);
    return isGiven(nvml.temperatureOld(handle, GPU_SENSOR, word)) ? word.readInt32LE(0) : null;
  }

  function readings(handle: number): DeviceReadings {
    const { code, power } = readPower(handle);
    isGiven(code);
    const { gpuWatts, moduleWatts } = power;
    const isModuleOnly = gpuWatts === null && moduleWatts !== null;
    const isMig = isGiven(nvml.migMode(handle, word, pending)) && word.readUInt32LE(0) === 1;
    return {
      migDevices: isMig ? readSlices(handle) : [],
      isModuleOnly,
      energyCounterJoules:
        isGiven(nvml.energy(handle, word)) && !isModuleOnly ? Number(word.readBigUInt64LE(0)) / 1000 : null,
      powerWatts: isModuleOnly ? null : (gpuWatts ?? uintOf(nvml.power(handle, word), 0.001)),
      moduleWatts,
      powerLimitWatts: isModuleOnly ? null : uintOf(nvml.powerLimit(handle, word), 0.001),
      // Divided among slices, the card has no utilisation of its own.
      utilisation: isMig ? null : uintOf(nvml.utilisation(handle, word), 0.01),
      memoryUsedBytes: memoryUsed(handle),
      smClockHertz: uintOf(nvml.clock(handle, SM_CLOCK, word), 1e6),
      temperatureCelsius: celsius(handle),
      clockEventReasons: isGiven(nvml.clockEventReasons(handle, word)) ? Number(word.readBigUInt64LE(0)) : null,
      // The reasons of the moment are read, and no counters: their fields differ by driver.
      powerHeldSeconds: null,
      heatHeldSeconds: null,
    };
  }

  return (handle) => {
    dead = NVML.ok;
    const read = readings(handle);
    return { code: dead, readings: dead === NVML.ok ? read : null };
  };
}

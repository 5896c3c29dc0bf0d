import { NVML } from './nvml-codes.ts';
import type { NvmlGpu } from './nvml-messages.ts';
import type { NvmlLibrary } from './nvml-library.ts';

/** What NVML tells of one GPU at one instant. */
type DeviceReadings = Omit<NvmlGpu, 'uuid' | 'productName' | 'index' | 'driverVersion' | 'cudaVersion'>;

/** Codes after which a GPU says nothing more. */
const DEAD: ReadonlySet<number> = new Set([NVML.gpuLost, NVML.resetRequired]);

const SM_CLOCK = 1;
const GPU_SENSOR = 0;

/** Layouts of NVML's structures, in bytes; the version word is size | version << 24. Source: telemetry reference, 2.2. */
const MEMORY = { size: 40, version: 0x02000028, used: 32 };
const MEMORY_OLD = { size: 24, used: 16 };
const TEMPERATURE = { size: 12, version: 0x0100000c, sensor: 4, celsius: 8 };
const FIELD = { size: 40, id: 0, scope: 4, type: 24, code: 28, value: 32 };

/** Power of the last second and power now, of the GPU (scope 0) and of the module it shares with a CPU (scope 1), mW. */
const POWER_FIELDS = [
  { id: 185, scope: 0 },
  { id: 186, scope: 0 },
  { id: 185, scope: 1 },
] as const;

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
  const fields = Buffer.alloc(FIELD.size * POWER_FIELDS.length);
  let dead: number = NVML.ok;

  const isGiven = (code: number): boolean => {
    if (DEAD.has(code)) dead = code;
    return code === NVML.ok;
  };
  const uintOf = (code: number, scale: number): number | null => (isGiven(code) ? word.readUInt32LE(0) * scale : null);

  function powers(handle: number): { readonly gpuWatts: number | null; readonly moduleWatts: number | null } {
    for (const [row, { id, scope }] of POWER_FIELDS.entries()) {
      fields.fill(0, row * FIELD.size, (row + 1) * FIELD.size);
      fields.writeUInt32LE(id, row * FIELD.size + FIELD.id);
      fields.writeUInt32LE(scope, row * FIELD.size + FIELD.scope);
    }
    if (!isGiven(nvml.fieldValues(handle, POWER_FIELDS.length, fields))) return { gpuWatts: null, moduleWatts: null };
    const [average, instant, module] = POWER_FIELDS.map((_, row) => fieldValue(fields, row * FIELD.size));
    return { gpuWatts: wattsOf(average ?? instant), moduleWatts: wattsOf(module) };
  }

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
    const { gpuWatts, moduleWatts } = powers(handle);
    const isModuleOnly = gpuWatts === null && moduleWatts !== null;
    const isMig = isGiven(nvml.migMode(handle, word, pending)) && word.readUInt32LE(0) === 1;
    return {
      isModuleOnly,
      energyCounterJoules:
        isGiven(nvml.energy(handle, word)) && !isModuleOnly ? Number(word.readBigUInt64LE(0)) / 1000 : null,
      powerWatts: isModuleOnly ? null : (gpuWatts ?? uintOf(nvml.power(handle, word), 0.001)),
      moduleWatts,
      boardSerial: null,
      domain: null,
      tray: null,
      migDevices: null,
      processes: null,
      powerLimitWatts: isModuleOnly ? null : uintOf(nvml.powerLimit(handle, word), 0.001),
      // Divided among slices, the card has no utilisation of its own.
      utilisation: isMig ? null : uintOf(nvml.utilisation(handle, word), 0.01),
      memoryUsedBytes: memoryUsed(handle),
      smClockHertz: uintOf(nvml.clock(handle, SM_CLOCK, word), 1e6),
      temperatureCelsius: celsius(handle),
      clockEventReasons: isGiven(nvml.clockEventReasons(handle, word)) ? Number(word.readBigUInt64LE(0)) : null,
    };
  }

  return (handle) => {
    dead = NVML.ok;
    const read = readings(handle);
    return { code: dead, readings: dead === NVML.ok ? read : null };
  };
}

function wattsOf(milliwatts: number | null | undefined): number | null {
  return milliwatts === null || milliwatts === undefined ? null : milliwatts / 1000;
}

/** The number of one entry of nvmlDeviceGetFieldValues, or null: each entry has a status of its own. */
function fieldValue(fields: Buffer, at: number): number | null {
  if (fields.readInt32LE(at + FIELD.code) !== NVML.ok) return null;
  const value = at + FIELD.value;
  switch (fields.readUInt32LE(at + FIELD.type)) {
    case 0:
      return fields.readDoubleLE(value);
    case 1:
      return fields.readUInt32LE(value);
    case 2:
    case 3:
      return Number(fields.readBigUInt64LE(value));
    case 4:
      return Number(fields.readBigInt64LE(value));
    case 5:
      return fields.readInt32LE(value);
    case 6:
      return fields.readUInt16LE(value);
    default:
      return null;
  }
}

import type { MigDevice } from '#shared/model/sample.ts';
import { NVML } from './nvml-codes.ts';
import { MEMORY } from './nvml-layouts.ts';
import type { NvmlLibrary } from './nvml-library.ts';

/** No card has more slices. Source: NVIDIA MIG user guide, supported profiles. */
const MIG_DEVICES_MAX = 16;

/** Lists the slices of a card that is divided by MIG. Slots may be empty. */
export function createSliceReader(nvml: NvmlLibrary): (handle: number) => readonly MigDevice[] {
  const word = Buffer.alloc(16);
  const memory = Buffer.alloc(MEMORY.size);
  const uintOf = (code: number): number | null => (code === NVML.ok ? word.readUInt32LE(0) : null);

  function migDeviceAt(handle: number, slot: number): MigDevice | null {
    if (nvml.migDevice(handle, slot, word) !== NVML.ok) return null;
    const slice = Number(word.readBigUInt64LE(0));
    const gpuInstance = uintOf(nvml.gpuInstance(slice, word));
    if (gpuInstance === null) return null;
    const computeInstance = uintOf(nvml.computeInstance(slice, word));
    memory.writeUInt32LE(MEMORY.version, 0);
    const isGiven = nvml.memory(slice, memory) === NVML.ok;
    return {
      gpuInstance: String(gpuInstance),
      computeInstance: computeInstance === null ? null : String(computeInstance),
      memoryUsedBytes: isGiven ? Number(memory.readBigUInt64LE(MEMORY.used)) : null,
      memoryTotalBytes: isGiven ? Number(memory.readBigUInt64LE(MEMORY.total)) : null,
    };
  }

  return (handle) => {
    const slots = Math.min(uintOf(nvml.migDevicesMax(handle, word)) ?? 0, MIG_DEVICES_MAX);
    return Array.from({ length: slots }, (_, slot) => migDeviceAt(handle, slot)).filter((device) => device !== null);
  };
}

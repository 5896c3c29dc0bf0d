import koffi from 'koffi';
import { NVML } from './nvml-codes.ts';

/**
 * Functions of NVML by our name: the exported names, newest first, and what they take. A device handle is a pointer passed
 * by value; everything else that is a pointer gets a Buffer of ours. Source: telemetry reference, section 2.1.
 */
const FUNCTIONS = {
  init: { names: ['nvmlInit_v2', 'nvmlInit'], takes: [] },
  shutdown: { names: ['nvmlShutdown'], takes: [] },
  driverVersion: { names: ['nvmlSystemGetDriverVersion'], takes: ['void *', 'uint32_t'] },
  cudaVersion: { names: ['nvmlSystemGetCudaDriverVersion_v2'], takes: ['void *'] },
  count: { names: ['nvmlDeviceGetCount_v2'], takes: ['void *'] },
  handle: { names: ['nvmlDeviceGetHandleByIndex_v2'], takes: ['uint32_t', 'void *'] },
  name: { names: ['nvmlDeviceGetName'], takes: ['uintptr_t', 'void *', 'uint32_t'] },
  uuid: { names: ['nvmlDeviceGetUUID'], takes: ['uintptr_t', 'void *', 'uint32_t'] },
  serial: { names: ['nvmlDeviceGetSerial'], takes: ['uintptr_t', 'void *', 'uint32_t'] },
  fabric: { names: ['nvmlDeviceGetGpuFabricInfoV'], takes: ['uintptr_t', 'void *'] },
  fabricOld: { names: ['nvmlDeviceGetGpuFabricInfo'], takes: ['uintptr_t', 'void *'] },
  platform: { names: ['nvmlDeviceGetPlatformInfo'], takes: ['uintptr_t', 'void *'] },
  energy: { names: ['nvmlDeviceGetTotalEnergyConsumption'], takes: ['uintptr_t', 'void *'] },
  power: { names: ['nvmlDeviceGetPowerUsage'], takes: ['uintptr_t', 'void *'] },
  powerLimit: { names: ['nvmlDeviceGetEnforcedPowerLimit'], takes: ['uintptr_t', 'void *'] },
  fieldValues: { names: ['nvmlDeviceGetFieldValues'], takes: ['uintptr_t', 'int', 'void *'] },
  utilisation: { names: ['nvmlDeviceGetUtilizationRates'], takes: ['uintptr_t', 'void *'] },
  memory: { names: ['nvmlDeviceGetMemoryInfo_v2'], takes: ['uintptr_t', 'void *'] },
  memoryOld: { names: ['nvmlDeviceGetMemoryInfo'], takes: ['uintptr_t', 'void *'] },
  clock: { names: ['nvmlDeviceGetClockInfo'], takes: ['uintptr_t', 'int', 'void *'] },
  temperature: { names: ['nvmlDeviceGetTemperatureV'], takes: ['uintptr_t', 'void *'] },
  temperatureOld: { names: ['nvmlDeviceGetTemperature'], takes: ['uintptr_t', 'int', 'void *'] },
  clockEventReasons: {
    names: ['nvmlDeviceGetCurrentClocksEventReasons', 'nvmlDeviceGetCurrentClocksThrottleReasons'],
    takes: ['uintptr_t', 'void *'],
  },
  migMode: { names: ['nvmlDeviceGetMigMode'], takes: ['uintptr_t', 'void *', 'void *'] },
  migDevicesMax: { names: ['nvmlDeviceGetMaxMigDeviceCount'], takes: ['uintptr_t', 'void *'] },
  migDevice: { names: ['nvmlDeviceGetMigDeviceHandleByIndex'], takes: ['uintptr_t', 'uint32_t', 'void *'] },
  gpuInstance: { names: ['nvmlDeviceGetGpuInstanceId'], takes: ['uintptr_t', 'void *'] },
  computeInstance: { names: ['nvmlDeviceGetComputeInstanceId'], takes: ['uintptr_t', 'void *'] },
  // Both forms write structures of 24 bytes; the first form wrote shorter ones.
  processes: {
    names: ['nvmlDeviceGetComputeRunningProcesses_v3', 'nvmlDeviceGetComputeRunningProcesses_v2'],
    takes: ['uintptr_t', 'void *', 'void *'],
  },
} as const satisfies Readonly<Record<string, { readonly names: readonly string[]; readonly takes: readonly string[] }>>;

type NvmlCall = (...values: readonly (number | Buffer)[]) => number;

/** Every function returns NVML's code; one that this driver lacks returns "function not found". */
export type NvmlLibrary = { readonly [Name in keyof typeof FUNCTIONS]: NvmlCall };

const FILE = process.platform === 'win32' ? 'nvml.dll' : 'libnvidia-ml.so.1';

/** Loads NVML into this process, which a driver's fault may then end. Throws where the library is not there. */
export function loadNvml(): NvmlLibrary {
  const library = koffi.load(FILE);
  const bind = ({ names, takes }: (typeof FUNCTIONS)[keyof typeof FUNCTIONS]): NvmlCall => {
    for (const name of names) {
      try {
        return library.func(name, 'int', [...takes]);
      } catch {
        // An older driver: the next name, or none.
      }
    }
    return () => NVML.functionNotFound;
  };
  return Object.fromEntries(Object.entries(FUNCTIONS).map(([name, spec]) => [name, bind(spec)])) as NvmlLibrary;
}

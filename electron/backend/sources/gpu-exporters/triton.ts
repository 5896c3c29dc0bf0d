import { UNKNOWN_SKU } from '#shared/model/gpu.ts';
import { NO_PLACE, type GpuTable } from './gpu-table.ts';

/**
 * The GPUs that a Triton server writes beside its own metrics: those it uses itself, without name, node or driver. Its
 * energy counter starts with the server, not with the driver. Source: engine reference, section on Triton.
 */
export const TRITON_TABLE: GpuTable = {
  origin: 'triton',
  infoMetric: null,
  fields: [
    { name: 'nv_energy_consumption', reading: 'energyCounterJoules', scale: 1 },
    { name: 'nv_gpu_power_usage', reading: 'powerWatts', scale: 1 },
    { name: 'nv_gpu_power_limit', reading: 'powerLimitWatts', scale: 1 },
    { name: 'nv_gpu_utilization', reading: 'utilisation', scale: 1 },
    { name: 'nv_gpu_memory_used_bytes', reading: 'memoryUsedBytes', scale: 1 },
  ],
  uuidOf: (labels) => labels('gpu_uuid'),
  labelsOf: () => ({
    sku: UNKNOWN_SKU,
    index: null,
    driverVersion: null,
    cudaVersion: null,
    boardSerial: null,
    ...NO_PLACE,
  }),
  isBlank: () => false,
};

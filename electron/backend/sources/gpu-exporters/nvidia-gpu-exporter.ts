import { UNKNOWN_SKU } from '#shared/model/gpu.ts';
import { NO_PLACE, type GpuTable } from './gpu-table.ts';

/**
 * nvidia_gpu_exporter (utkuozdemir), which asks nvidia-smi: names are nvidia-smi's query fields with their base unit. It
 * has no energy counter, writes UUIDs without `GPU-`, and describes a GPU in the labels of one metric.
 * Source: outputs of eight machines in the published test data of the exporter, drivers 590 to 610.
 */
export const NVIDIA_GPU_EXPORTER_TABLE: GpuTable = {
  origin: 'nvidia-gpu-exporter',
  infoMetric: 'nvidia_smi_gpu_info',
  fields: [
    // The plain name is the average on boards that have one, and the instant on the others.
    { name: 'nvidia_smi_power_draw_average_watts', reading: 'powerWatts', scale: 1 },
    { name: 'nvidia_smi_power_draw_watts', reading: 'powerWatts', scale: 1 },
    { name: 'nvidia_smi_power_draw_instant_watts', reading: 'powerWatts', scale: 1 },
    { name: 'nvidia_smi_module_power_draw_average_watts', reading: 'moduleWatts', scale: 1 },
    { name: 'nvidia_smi_module_power_draw_instant_watts', reading: 'moduleWatts', scale: 1 },
    { name: 'nvidia_smi_enforced_power_limit_watts', reading: 'powerLimitWatts', scale: 1 },
    { name: 'nvidia_smi_power_limit_watts', reading: 'powerLimitWatts', scale: 1 },
    { name: 'nvidia_smi_utilization_gpu_ratio', reading: 'utilisation', scale: 1 },
    { name: 'nvidia_smi_memory_used_bytes', reading: 'memoryUsedBytes', scale: 1 },
    { name: 'nvidia_smi_clocks_current_sm_clock_hz', reading: 'smClockHertz', scale: 1 },
    { name: 'nvidia_smi_temperature_gpu', reading: 'temperatureCelsius', scale: 1 },
    { name: 'nvidia_smi_clocks_event_reasons_active', reading: 'clockEventReasons', scale: 1 },
    { name: 'nvidia_smi_clocks_throttle_reasons_active', reading: 'clockEventReasons', scale: 1 },
    { name: 'nvidia_smi_clocks_event_reasons_counters_sw_power_cap_seconds', reading: 'powerHeldSeconds', scale: 1 },
    {
      name: 'nvidia_smi_clocks_event_reasons_counters_sw_thermal_slowdown_seconds',
      reading: 'heatHeldSeconds',
      scale: 1,
    },
    {
      name: 'nvidia_smi_clocks_event_reasons_counters_hw_thermal_slowdown_seconds',
      reading: 'hardwareHeldSeconds',
      scale: 1,
    },
    {
      name: 'nvidia_smi_clocks_event_reasons_counters_hw_power_brake_slowdown_seconds',
      reading: 'brakeHeldSeconds',
      scale: 1,
    },
    { name: 'nvidia_smi_serial', reading: 'boardSerial', scale: 1 },
    { name: 'nvidia_smi_platform_chassis_serial_number', reading: 'chassisSerial', scale: 1 },
    { name: 'nvidia_smi_platform_slot_number', reading: 'slotNumber', scale: 1 },
    { name: 'nvidia_smi_platform_tray_index', reading: 'trayIndex', scale: 1 },
    { name: 'nvidia_smi_platform_host_id', reading: 'hostId', scale: 1 },
  ],
  uuidOf: (labels) => {
    const uuid = labels('uuid');
    if (uuid === null) return null;
    return uuid.startsWith('GPU-') ? uuid : `GPU-${uuid}`;
  },
  labelsOf: (labels) => {
    const word = (name: string): string | null => {
      const text = labels(name);
      return text === null || /^\[?N\/A\]?$/.test(text) ? null : text;
    };
    return {
      sku: (word('name') ?? UNKNOWN_SKU).replaceAll('-', ' '),
      index: word('index'),
      driverVersion: word('driver_version'),
      cudaVersion: word('cuda_version'),
      boardSerial: word('serial'),
      ...NO_PLACE,
    };
  },
  isBlank: () => false,
};

import type { GpuField } from '../gpu-exporters/gpu-table.ts';

const MEBIBYTE = 1024 * 1024;

/**
 * dcgm-exporter's metric names and what they mean. DCGM 4.6 renamed most fields and kept the old names as aliases; the
 * name on the wire is whatever the operator's collector file says, so every field lists its names, preferred first.
 * Names in lower case are those of dcgm-exporter 1 and of its compatibility set.
 * Units by name: field 156 counts millijoules, field 1611 joules; GPU_UTIL is 0-100 even where it is called a ratio.
 * Source: telemetry reference, sections 1.4 and 1.6 (DCGM 4.6.1 field list).
 */
export const DCGM_FIELDS: readonly GpuField[] = [
  { name: 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', reading: 'energyCounterJoules', scale: 1e-3 },
  { name: 'DCGM_FI_DEV_GPU_ENERGY_JOULES_TOTAL', reading: 'energyCounterJoules', scale: 1 },
  { name: 'dcgm_total_energy_consumption', reading: 'energyCounterJoules', scale: 1e-3 },
  { name: 'DCGM_FI_DEV_POWER_USAGE', reading: 'powerWatts', scale: 1 },
  { name: 'DCGM_FI_DEV_BOARD_POWER_WATTS', reading: 'powerWatts', scale: 1 },
  { name: 'dcgm_power_usage', reading: 'powerWatts', scale: 1 },
  // The instant says less than the average of a second, and is better than nothing.
  { name: 'DCGM_FI_DEV_POWER_USAGE_INSTANT', reading: 'powerWatts', scale: 1 },
  { name: 'DCGM_FI_DEV_BOARD_POWER_RAW_WATTS', reading: 'powerWatts', scale: 1 },
  { name: 'DCGM_FI_DEV_ENFORCED_POWER_LIMIT', reading: 'powerLimitWatts', scale: 1 },
  { name: 'DCGM_FI_DEV_BOARD_POWER_LIMIT_ENFORCED_WATTS', reading: 'powerLimitWatts', scale: 1 },
  { name: 'DCGM_FI_DEV_POWER_MGMT_LIMIT', reading: 'powerLimitWatts', scale: 1 },
  { name: 'DCGM_FI_DEV_BOARD_POWER_LIMIT_REQUESTED_WATTS', reading: 'powerLimitWatts', scale: 1 },
  { name: 'DCGM_FI_DEV_GPU_UTIL', reading: 'utilisation', scale: 0.01 },
  { name: 'DCGM_FI_DEV_GPU_UTIL_RATIO', reading: 'utilisation', scale: 0.01 },
  { name: 'dcgm_gpu_utilization', reading: 'utilisation', scale: 0.01 },
  { name: 'DCGM_FI_PROF_GR_ENGINE_ACTIVE', reading: 'graphicsActive', scale: 1 },
  { name: 'DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO', reading: 'graphicsActive', scale: 1 },
  { name: 'dcgm_fi_prof_gr_engine_active', reading: 'graphicsActive', scale: 1 },
  { name: 'DCGM_FI_PROF_SM_ACTIVE', reading: 'smActive', scale: 1 },
  { name: 'DCGM_FI_PROF_SM_UTIL_RATIO', reading: 'smActive', scale: 1 },
  { name: 'dcgm_fi_prof_sm_active', reading: 'smActive', scale: 1 },
  { name: 'DCGM_FI_PROF_PIPE_TENSOR_ACTIVE', reading: 'tensorActive', scale: 1 },
  { name: 'DCGM_FI_PROF_TENSOR_UTIL_RATIO', reading: 'tensorActive', scale: 1 },
  { name: 'dcgm_fi_prof_pipe_tensor_active', reading: 'tensorActive', scale: 1 },
  { name: 'DCGM_FI_PROF_DRAM_ACTIVE', reading: 'dramActive', scale: 1 },
  { name: 'DCGM_FI_PROF_DRAM_UTIL_RATIO', reading: 'dramActive', scale: 1 },
  { name: 'dcgm_fi_prof_dram_active', reading: 'dramActive', scale: 1 },
  { name: 'DCGM_FI_DEV_FB_USED', reading: 'memoryUsedBytes', scale: MEBIBYTE },
  { name: 'dcgm_fb_used', reading: 'memoryUsedBytes', scale: MEBIBYTE },
  { name: 'DCGM_FI_DEV_FB_FREE', reading: 'memoryFreeBytes', scale: MEBIBYTE },
  { name: 'dcgm_fb_free', reading: 'memoryFreeBytes', scale: MEBIBYTE },
  { name: 'DCGM_FI_DEV_FB_RESERVED', reading: 'memoryReservedBytes', scale: MEBIBYTE },
  { name: 'DCGM_FI_DEV_SM_CLOCK', reading: 'smClockHertz', scale: 1e6 },
  { name: 'DCGM_FI_DEV_SM_CLOCK_HERTZ', reading: 'smClockHertz', scale: 1 },
  { name: 'dcgm_sm_clock', reading: 'smClockHertz', scale: 1e6 },
  { name: 'DCGM_FI_DEV_GPU_TEMP', reading: 'temperatureCelsius', scale: 1 },
  { name: 'DCGM_FI_DEV_GPU_TEMP_CELSIUS', reading: 'temperatureCelsius', scale: 1 },
  { name: 'dcgm_gpu_temp', reading: 'temperatureCelsius', scale: 1 },
  { name: 'DCGM_FI_DEV_CLOCKS_EVENT_REASONS', reading: 'clockEventReasons', scale: 1 },
  { name: 'DCGM_FI_DEV_CLOCK_THROTTLE_REASONS', reading: 'clockEventReasons', scale: 1 },
  // Nanoseconds, whatever older collector files say of the violations.
  { name: 'DCGM_FI_DEV_CLOCKS_EVENT_REASON_SW_POWER_CAP_NS', reading: 'powerHeldSeconds', scale: 1e-9 },
  { name: 'DCGM_FI_DEV_POWER_VIOLATION', reading: 'powerHeldSeconds', scale: 1e-9 },
  { name: 'DCGM_FI_DEV_CLOCKS_EVENT_REASON_SW_THERM_SLOWDOWN_NS', reading: 'heatHeldSeconds', scale: 1e-9 },
  { name: 'DCGM_FI_DEV_THERMAL_VIOLATION', reading: 'heatHeldSeconds', scale: 1e-9 },
  { name: 'DCGM_FI_DEV_CLOCKS_EVENT_REASON_HW_THERM_SLOWDOWN_NS', reading: 'hardwareHeldSeconds', scale: 1e-9 },
  { name: 'DCGM_FI_DEV_CLOCKS_EVENT_REASON_HW_POWER_BRAKE_SLOWDOWN_NS', reading: 'brakeHeldSeconds', scale: 1e-9 },
  // NVLink 5 counts bytes; the profiling pairs are bytes per second. NVLINK_BANDWIDTH_TOTAL reads 0 on a GB200: not used.
  { name: 'DCGM_FI_DEV_NVLINK_TX_BYTES_TOTAL', reading: 'nvlinkSentBytes', scale: 1 },
  { name: 'DCGM_FI_DEV_NVLINK_COUNT_TX_BYTES', reading: 'nvlinkSentBytes', scale: 1 },
  { name: 'DCGM_FI_DEV_NVLINK_RX_BYTES_TOTAL', reading: 'nvlinkReceivedBytes', scale: 1 },
  { name: 'DCGM_FI_DEV_NVLINK_COUNT_RX_BYTES', reading: 'nvlinkReceivedBytes', scale: 1 },
  { name: 'DCGM_FI_PROF_NVLINK_TX_BYTES', reading: 'nvlinkSentPerSecond', scale: 1 },
  { name: 'DCGM_FI_PROF_NVLINK_RX_BYTES', reading: 'nvlinkReceivedPerSecond', scale: 1 },
  { name: 'DCGM_FI_PROF_PCIE_TX_BYTES', reading: 'pcieSentPerSecond', scale: 1 },
  { name: 'DCGM_FI_PROF_PCIE_RX_BYTES', reading: 'pcieReceivedPerSecond', scale: 1 },
  { name: 'DCGM_FI_DEV_XID_ERRORS', reading: 'xid', scale: 1 },
  { name: 'DCGM_FI_DEV_XID_ERROR', reading: 'xid', scale: 1 },
  { name: 'dcgm_xid_errors', reading: 'xid', scale: 1 },
  // Version and place, where the collector file has them as values instead of labels.
  { name: 'DCGM_FI_CUDA_DRIVER_VERSION', reading: 'cudaVersion', scale: 1 },
  { name: 'DCGM_FI_DEV_FABRIC_CLIQUE_ID', reading: 'cliqueId', scale: 1 },
  { name: 'DCGM_FI_DEV_PLATFORM_CHASSIS_SLOT_NUMBER', reading: 'slotNumber', scale: 1 },
  { name: 'DCGM_FI_DEV_PLATFORM_TRAY_INDEX', reading: 'trayIndex', scale: 1 },
  { name: 'DCGM_FI_DEV_PLATFORM_HOST_ID', reading: 'hostId', scale: 1 },
];

/**
 * DCGM's blanks for "no value", "not found", "not supported" and "not permitted", which some exporters pass on. The four
 * 64-bit ones round to one double near 9.22e18. Source: telemetry reference, section 1.5 (dcgm_structs.h).
 */
export function isDcgmBlank(value: number): boolean {
  return (
    (value >= 9.22e18 && value <= 9.23e18) ||
    (value >= 2_147_483_632 && value <= 2_147_483_635) ||
    (value >= 140_737_488_355_328 && value <= 140_737_488_355_331)
  );
}

/**
 * dcgm-exporter's metric names and what they mean. DCGM 4.6 renamed most fields and kept the old names as aliases; the
 * name on the wire is whatever the operator's collector file says, so every field lists its names, preferred first.
 * Units by name: field 156 counts millijoules, field 1611 joules; GPU_UTIL is 0-100 even where it is called a ratio.
 * Source: telemetry reference, sections 1.4 and 1.6 (DCGM 4.6.1 field list).
 */
export type DcgmReading =
  | 'energyCounterJoules'
  | 'powerWatts'
  | 'powerLimitWatts'
  | 'utilisation'
  | 'graphicsActive'
  | 'smActive'
  | 'tensorActive'
  | 'dramActive'
  | 'memoryUsedBytes'
  | 'smClockHertz'
  | 'temperatureCelsius'
  | 'clockEventReasons'
  | 'xid'
  // Place and version, where the collector file has them as values instead of labels.
  | 'cudaVersion'
  | 'cliqueId'
  | 'slotNumber'
  | 'trayIndex'
  | 'hostId';

type DcgmField = { readonly name: string; readonly reading: DcgmReading; readonly scale: number };

const MEBIBYTE = 1024 * 1024;

export const DCGM_FIELDS: readonly DcgmField[] = [
  { name: 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', reading: 'energyCounterJoules', scale: 1e-3 },
  { name: 'DCGM_FI_DEV_GPU_ENERGY_JOULES_TOTAL', reading: 'energyCounterJoules', scale: 1 },
  { name: 'DCGM_FI_DEV_POWER_USAGE', reading: 'powerWatts', scale: 1 },
  { name: 'DCGM_FI_DEV_BOARD_POWER_WATTS', reading: 'powerWatts', scale: 1 },
  { name: 'DCGM_FI_DEV_ENFORCED_POWER_LIMIT', reading: 'powerLimitWatts', scale: 1 },
  { name: 'DCGM_FI_DEV_BOARD_POWER_LIMIT_ENFORCED_WATTS', reading: 'powerLimitWatts', scale: 1 },
  { name: 'DCGM_FI_DEV_POWER_MGMT_LIMIT', reading: 'powerLimitWatts', scale: 1 },
  { name: 'DCGM_FI_DEV_BOARD_POWER_LIMIT_REQUESTED_WATTS', reading: 'powerLimitWatts', scale: 1 },
  { name: 'DCGM_FI_DEV_GPU_UTIL', reading: 'utilisation', scale: 0.01 },
  { name: 'DCGM_FI_DEV_GPU_UTIL_RATIO', reading: 'utilisation', scale: 0.01 },
  { name: 'DCGM_FI_PROF_GR_ENGINE_ACTIVE', reading: 'graphicsActive', scale: 1 },
  { name: 'DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO', reading: 'graphicsActive', scale: 1 },
  { name: 'DCGM_FI_PROF_SM_ACTIVE', reading: 'smActive', scale: 1 },
  { name: 'DCGM_FI_PROF_SM_UTIL_RATIO', reading: 'smActive', scale: 1 },
  { name: 'DCGM_FI_PROF_PIPE_TENSOR_ACTIVE', reading: 'tensorActive', scale: 1 },
  { name: 'DCGM_FI_PROF_TENSOR_UTIL_RATIO', reading: 'tensorActive', scale: 1 },
  { name: 'DCGM_FI_PROF_DRAM_ACTIVE', reading: 'dramActive', scale: 1 },
  { name: 'DCGM_FI_PROF_DRAM_UTIL_RATIO', reading: 'dramActive', scale: 1 },
  { name: 'DCGM_FI_DEV_FB_USED', reading: 'memoryUsedBytes', scale: MEBIBYTE },
  { name: 'DCGM_FI_DEV_SM_CLOCK', reading: 'smClockHertz', scale: 1e6 },
  { name: 'DCGM_FI_DEV_SM_CLOCK_HERTZ', reading: 'smClockHertz', scale: 1 },
  { name: 'DCGM_FI_DEV_GPU_TEMP', reading: 'temperatureCelsius', scale: 1 },
  { name: 'DCGM_FI_DEV_GPU_TEMP_CELSIUS', reading: 'temperatureCelsius', scale: 1 },
  { name: 'DCGM_FI_DEV_CLOCKS_EVENT_REASONS', reading: 'clockEventReasons', scale: 1 },
  { name: 'DCGM_FI_DEV_CLOCK_THROTTLE_REASONS', reading: 'clockEventReasons', scale: 1 },
  { name: 'DCGM_FI_DEV_XID_ERRORS', reading: 'xid', scale: 1 },
  { name: 'DCGM_FI_DEV_XID_ERROR', reading: 'xid', scale: 1 },
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

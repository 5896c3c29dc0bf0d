import { chance } from '../world/chance.ts';

/** How a field of the load fleet looks and moves. Every moving number keeps its width. */
export type LoadField = {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  /** Sample text with the moving digits as `#`; without any the value stands still. */
  readonly pattern: string;
  /** Whole number for the digits; `key` tells the GPU and field apart. */
  readonly valueAt: (key: number, seconds: number, tick: number) => number;
};

/** 61 series per GPU: the default set, limits, profiling, time throttled, remapped rows and errors. */
export const loadFields: readonly LoadField[] = [
  moving('DEV_SM_CLOCK', '####', 1200, 1965),
  still('DEV_MEM_CLOCK', '3996'),
  moving('DEV_MEMORY_TEMP', '##', 40, 88),
  moving('DEV_GPU_TEMP', '##', 35, 80),
  moving('DEV_POWER_USAGE', '###.###000', 400_000, 900_000),
  // 0.65 kW on average, the middle of the power readings, in mJ.
  counting('DEV_TOTAL_ENERGY_CONSUMPTION', 13, 650_000),
  still('DEV_PCIE_REPLAY_COUNTER', '0', 'counter'),
  moving('DEV_GPU_UTIL', '##', 40, 99),
  moving('DEV_MEM_COPY_UTIL', '##', 20, 70),
  still('DEV_ENC_UTIL', '0'),
  still('DEV_DEC_UTIL', '0'),
  still('DEV_XID_ERRORS', '0'),
  moving('DEV_FB_FREE', '#####', 12_000, 14_000),
  moving('DEV_FB_USED', '######', 168_000, 170_000),
  still('DEV_FB_RESERVED', '1052'),
  still('DEV_FB_TOTAL', '183359'),
  still('DEV_UNCORRECTABLE_REMAPPED_ROWS', '0', 'counter'),
  still('DEV_CORRECTABLE_REMAPPED_ROWS', '0', 'counter'),
  still('DEV_ROW_REMAP_FAILURE', '0'),
  still('DEV_NVLINK_BANDWIDTH_TOTAL', '0', 'counter'),
  still('DEV_VGPU_LICENSE_STATUS', '0'),
  ...['GR_ENGINE_ACTIVE', 'SM_ACTIVE', 'SM_OCCUPANCY', 'PIPE_TENSOR_ACTIVE', 'DRAM_ACTIVE'].map(share),
  ...['PIPE_FP64_ACTIVE', 'PIPE_FP32_ACTIVE', 'PIPE_FP16_ACTIVE'].map(share),
  ...['PCIE_TX', 'PCIE_RX', 'NVLINK_TX', 'NVLINK_RX'].map((link) =>
    moving(`PROF_${link}_BYTES`, '#########', 1e8, 9e8),
  ),
  ...['POWER_MGMT_LIMIT', 'POWER_MGMT_LIMIT_DEF', 'POWER_MGMT_LIMIT_MAX', 'ENFORCED_POWER_LIMIT'].map((limit) =>
    still(`DEV_${limit}`, '1000.000000'),
  ),
  still('DEV_POWER_MGMT_LIMIT_MIN', '200.000000'),
  moving('DEV_POWER_USAGE_INSTANT', '###.###000', 400_000, 900_000),
  still('DEV_CLOCKS_EVENT_REASONS', '0'),
  ...['POWER', 'THERMAL', 'SYNC_BOOST', 'BOARD_LIMIT', 'LOW_UTIL', 'RELIABILITY'].map((cause) =>
    counting(`DEV_${cause}_VIOLATION`, 14, cause === 'POWER' ? 40_000_000 : 0),
  ),
  ...['SBE_VOL', 'DBE_VOL', 'SBE_AGG', 'DBE_AGG'].map((kind) => still(`DEV_ECC_${kind}_TOTAL`, '0', 'counter')),
  ...['SBE', 'DBE', 'PENDING'].map((kind) => still(`DEV_RETIRED_${kind}`, '0', 'counter')),
  still('DEV_PCIE_LINK_GEN', '5'),
  still('DEV_PCIE_LINK_WIDTH', '16'),
  still('DEV_PSTATE', '0'),
  still('DEV_PERSISTENCE_MODE', '1'),
  still('DEV_FABRIC_MANAGER_STATUS', '3'),
  still('DEV_GPU_NVLINK_ERRORS', '0'),
  moving('DEV_GPU_TEMP_LIMIT', '##', 10, 50),
  still('DEV_MAX_SM_CLOCK', '1965'),
];

function still(name: string, pattern: string, type: LoadField['type'] = 'gauge'): LoadField {
  return { name: `DCGM_FI_${name}`, type, pattern, valueAt: () => 0 };
}

/** A gauge that takes a new value each second, anywhere in [low, high). */
function moving(name: string, pattern: string, low: number, high: number): LoadField {
  const valueAt: LoadField['valueAt'] = (key, _, tick) => Math.floor(low + (high - low) * chance(key, tick));
  return { name: `DCGM_FI_${name}`, type: 'gauge', pattern, valueAt };
}

function share(name: string): LoadField {
  return moving(`PROF_${name}`, '0.######', 50_000, 950_000);
}

/** A counter with its own start that grows by about `perSecond`. */
function counting(name: string, digits: number, perSecond: number): LoadField {
  const start = 10 ** (digits - 1);
  const valueAt: LoadField['valueAt'] = (key, seconds) => {
    return Math.floor(start * (1 + chance(key, 0)) + seconds * perSecond * (0.9 + 0.2 * chance(key, 1)));
  };
  return { name: `DCGM_FI_${name}`, type: 'counter', pattern: '#'.repeat(digits), valueAt };
}

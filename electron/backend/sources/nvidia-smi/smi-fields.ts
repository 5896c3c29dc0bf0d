import { epochMs, type EpochMs } from '#shared/time/instant.ts';

/** The units nvidia-smi prints behind its numbers, and how many of our base unit one of them is. */
const SCALES = { us: 1e-6, W: 1, MiB: 2 ** 20, '%': 0.01, C: 1, MHz: 1e6 } as const;

export type SmiUnit = keyof typeof SCALES;

type SmiField = { readonly unit: SmiUnit; readonly paths: readonly string[] };

/**
 * Where a reading stands, first found first taken. Drivers moved elements within one series (570), so that no driver
 * number tells which one to expect. Source: telemetry reference, section 3.1.
 */
export const SMI_FIELDS = {
  // The average comes first: it is what a meter would say. Boards without one (A100) print the instant beside an N/A.
  powerWatts: {
    unit: 'W',
    paths: [
      'gpu_power_readings/average_power_draw',
      'gpu_power_readings/instant_power_draw',
      'gpu_power_readings/power_draw',
      'power_readings/power_draw',
    ],
  },
  powerLimitWatts: {
    unit: 'W',
    paths: [
      'gpu_power_readings/current_power_limit',
      'gpu_power_readings/requested_power_limit',
      'power_readings/enforced_power_limit',
      'power_readings/power_limit',
    ],
  },
  modulePowerWatts: {
    unit: 'W',
    paths: [
      'module_power_readings/average_power_draw',
      'module_power_readings/instant_power_draw',
      'module_power_readings/power_draw',
    ],
  },
  utilisation: { unit: '%', paths: ['utilization/gpu_util'] },
  memoryUsedBytes: { unit: 'MiB', paths: ['fb_memory_usage/used'] },
  memoryTotalBytes: { unit: 'MiB', paths: ['fb_memory_usage/total'] },
  processMemoryBytes: { unit: 'MiB', paths: ['used_memory'] },
  smClockHertz: { unit: 'MHz', paths: ['clocks/sm_clock'] },
  powerHeldSeconds: { unit: 'us', paths: ['clocks_event_reasons_counters/clocks_event_reasons_counters_sw_power_cap'] },
  heatHeldSeconds: {
    unit: 'us',
    paths: ['clocks_event_reasons_counters/clocks_event_reasons_counters_sw_therm_slowdown'],
  },
  hardwareHeldSeconds: {
    unit: 'us',
    paths: ['clocks_event_reasons_counters/clocks_event_reasons_counters_hw_therm_slowdown'],
  },
  brakeHeldSeconds: {
    unit: 'us',
    paths: ['clocks_event_reasons_counters/clocks_event_reasons_counters_hw_power_brake'],
  },
  temperatureCelsius: { unit: 'C', paths: ['temperature/gpu_temp'] },
} as const satisfies Readonly<Record<string, SmiField>>;

export type SmiReading = keyof typeof SMI_FIELDS;

export type SmiValue =
  | { readonly kind: 'value'; readonly value: number }
  /** Not read, not supported, not permitted: all are said in words. */
  | { readonly kind: 'none' }
  | { readonly kind: 'odd-unit' };

/** `165.93 W` as a number in base units. Whatever does not begin like a number is no reading; another unit is odd. */
export function smiValue(text: string, unit: SmiUnit): SmiValue {
  const parts = /^(-?\d+(?:\.\d+)?)\s*(\S*)$/.exec(text);
  if (parts === null) return { kind: 'none' };
  return parts[2] === unit ? { kind: 'value', value: Number(parts[1]) * SCALES[unit] } : { kind: 'odd-unit' };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `Fri Aug 21 11:01:42 2026` as an instant, read as local time; null for any other form. */
export function smiInstant(text: string): EpochMs | null {
  const parts = /^\w{3} (\w{3}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})$/.exec(text);
  const month = MONTHS.findIndex((name) => name === parts?.[1]);
  if (parts === null || month === -1) return null;
  const [day = 0, hour = 0, minute = 0, second = 0, year = 0] = parts.slice(2).map(Number);
  return epochMs(new Date(year, month, day, hour, minute, second).getTime());
}

/**
 * Bits of the NVML mask by the element's name behind `clocks_event_reason_` or, before driver 535,
 * `clocks_throttle_reason_`. Source: telemetry reference, section 2.4.
 */
const CLOCK_EVENT_BITS = {
  gpu_idle: 0x1,
  applications_clocks_setting: 0x2,
  sw_power_cap: 0x4,
  hw_slowdown: 0x8,
  sync_boost: 0x10,
  sw_thermal_slowdown: 0x20,
  hw_thermal_slowdown: 0x40,
  hw_power_brake_slowdown: 0x80,
  display_clocks_setting: 0x100,
} as const satisfies Readonly<Record<string, number>>;

const CLOCK_EVENT_PREFIXES = ['clocks_event_reason', 'clocks_throttle_reason'] as const;

/** The clock event reasons as the mask that NVML gives, from the texts of the elements; null where none is reported. */
export function clockEventMask(textOf: (path: string) => string | null): number | null {
  let mask: number | null = null;
  for (const prefix of CLOCK_EVENT_PREFIXES) {
    for (const [name, bit] of Object.entries(CLOCK_EVENT_BITS)) {
      const text = textOf(`${prefix}s/${prefix}_${name}`);
      if (text === 'Active') mask = (mask ?? 0) | bit;
      else if (text === 'Not Active') mask ??= 0;
    }
  }
  return mask;
}

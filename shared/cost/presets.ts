import type { HardwarePrice, Provenance } from '#shared/model/cost-book.ts';
import { HARDWARE_DEFAULTS, RENTAL_DEFAULTS } from '#shared/model/cost-book-defaults.ts';

/**
 * Published prices to begin with, each with its table and date: assumptions until the operator replaces them.
 *
 * USD per GPU-hour and provisioned kW per GPU of InferenceX, in two states of its tables. The rates are stated with colocation
 * and electricity inside (under 20 % of the total), so measured energy is not added while they stand. Source: economics
 * reference, section 1.2. RTX PRO 6000 is in none of the tables: only the limit of its board is known, 600 W (GPU telemetry
 * reference, section on power limits), so its price is asked for.
 */
export const PRESET_TIERS = ['hyperscaler', 'neocloud', 'rental'] as const;

export type PresetTier = (typeof PRESET_TIERS)[number];

export const TIER_WORDS: Readonly<Record<PresetTier, string>> = {
  hyperscaler: 'hyperscaler owning for four years',
  neocloud: 'neocloud owning for four years',
  rental: 'rented for three years, 25 % up front',
};

export type PresetTable = {
  readonly name: string;
  /** Day of the table, such as `2026-08-14`. */
  readonly asOf: string;
  readonly prices: Readonly<Record<string, Readonly<Record<PresetTier, number>> & { readonly kilowatts: number }>>;
};

export const NEWEST_TABLE: PresetTable = {
  name: 'InferenceX assumption of 2026-08',
  asOf: '2026-08-14',
  prices: {
    H100: { hyperscaler: 1.17, neocloud: 1.55, rental: 1.78, kilowatts: 1.37 },
    H200: { hyperscaler: 1.22, neocloud: 1.59, rental: 2.05, kilowatts: 1.37 },
    B200: { hyperscaler: 1.73, neocloud: 2.07, rental: 2.6, kilowatts: 1.71 },
    B300: { hyperscaler: 2.26, neocloud: 2.52, rental: 3, kilowatts: 1.9 },
    GB200: { hyperscaler: 1.86, neocloud: 2.26, rental: 2.6, kilowatts: 1.87 },
    GB300: { hyperscaler: 2.31, neocloud: 2.79, rental: 3.3, kilowatts: 2.12 },
  },
};

const TABLE_BEFORE: PresetTable = {
  name: 'InferenceX assumption of 2026-03',
  asOf: '2026-03-18',
  prices: {
    H100: { hyperscaler: 1.3, neocloud: 1.69, rental: 1.3, kilowatts: 1.73 },
    H200: { hyperscaler: 1.41, neocloud: 1.74, rental: 1.6, kilowatts: 1.73 },
    B200: { hyperscaler: 1.95, neocloud: 2.34, rental: 2.9, kilowatts: 2.17 },
    B300: { hyperscaler: 2.34, neocloud: 2.808, rental: 3.48, kilowatts: 2.17 },
    GB200: { hyperscaler: 2.21, neocloud: 2.75, rental: 3.3, kilowatts: 2.1 },
    GB300: { hyperscaler: 2.652, neocloud: 3.3, rental: 3.96, kilowatts: 2.1 },
  },
};

/** The newest first. */
export const PRESET_TABLES: readonly PresetTable[] = [NEWEST_TABLE, TABLE_BEFORE];

/** A product of the menu: how the driver's name is matched, and what people call it. */
export type PresetProduct = {
  readonly sku: string;
  readonly name: string;
  /** Power to provision per GPU where no table says it, kW. */
  readonly kilowatts: number | null;
};

export const PRESET_PRODUCTS: readonly PresetProduct[] = [
  { sku: 'H100', name: 'H100', kilowatts: null },
  { sku: 'H200', name: 'H200', kilowatts: null },
  { sku: 'B200', name: 'B200', kilowatts: null },
  { sku: 'B300', name: 'B300', kilowatts: null },
  { sku: 'GB200', name: 'GB200 NVL72', kilowatts: null },
  { sku: 'GB300', name: 'GB300 NVL72', kilowatts: null },
  { sku: 'RTX PRO 6000', name: 'RTX PRO 6000', kilowatts: 0.6 },
];

/** The price of a product in a table, marked as assumed; null where the table has none. */
export function presetPrice(table: PresetTable, sku: string, tier: PresetTier): HardwarePrice | null {
  const usdPerGpuHour = table.prices[sku]?.[tier];
  if (usdPerGpuHour === undefined) return null;
  return {
    ...HARDWARE_DEFAULTS,
    sku,
    terms: { ...RENTAL_DEFAULTS, kind: 'rented', usdPerGpuHour, includesEnergy: true },
    provenance: provenanceOf(table, tier),
  };
}

function provenanceOf(table: PresetTable, tier: PresetTier): Provenance {
  const note = `${table.name}, ${TIER_WORDS[tier]}, power and colocation included`;
  return { quality: 'assumed', note, asOf: table.asOf };
}

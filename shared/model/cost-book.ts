import type { EpochMs } from '#shared/time/instant.ts';
import type { TokenWeights } from './token-basis.ts';

/** Cost categories, in the order every chart stacks them. Storage counts as network, licences as operations. */
export const COST_CATEGORIES = ['capital', 'facility', 'network', 'operations', 'energy'] as const;

export type CostCategory = (typeof COST_CATEGORIES)[number];

/** Where a price came from. `assumed` wears a badge until the operator replaces it. */
export type Provenance = {
  readonly quality: 'entered' | 'assumed';
  /** In words: a contract, an invoice, a published table. */
  readonly note: string;
  /** Day the price was true, such as `2026-08-14`; null where nobody said. */
  readonly asOf: string | null;
};

/** ISO 4217 code of the currency that a price was entered in. Costs are in USD. */
export type CurrencyCode = string;

/** What one unit of a currency is worth while a revision holds. */
export type ExchangeRate = {
  readonly currency: CurrencyCode;
  readonly usdPerUnit: number;
  readonly provenance: Provenance;
};

/** Hardware that is owned: paid once, worn off over its term. Amounts in the price's currency. */
export type Ownership = {
  readonly kind: 'owned';
  /** Price of one GPU with its share of server, rack and plant. */
  readonly capexUsd: number;
  /** Value at the end of the term. */
  readonly residualUsd: number;
  readonly termMonths: number;
  /** Cost of capital per year, such as 0.10. */
  readonly annualRate: number;
  readonly method: 'annuity' | 'straight-line';
};

/** Rent for a fixed number of GPUs over years, whether they are used or not; a share may be paid before the first month. */
export type Commitment = {
  readonly gpus: number;
  readonly since: EpochMs;
  readonly years: number;
  readonly upfrontShare: number;
};

/** Hardware that is rented. `includesEnergy`: power is in the price, so measured energy is not charged again. */
export type Rental = {
  readonly kind: 'rented';
  readonly usdPerGpuHour: number;
  readonly includesEnergy: boolean;
  /** Null: by the hour, and it can be given back at once. */
  readonly commitment: Commitment | null;
};

/** Colocation: rent by the power it is paid for. */
export type Facility = {
  readonly usdPerKilowattMonth: number;
  readonly provisionedKilowatts: number;
  /** Power is in this rent, so measured energy is not charged again. */
  readonly includesEnergy: boolean;
};

/** The part of the physical tree that a price holds for; a place left out is any. */
export type PricePlace = {
  readonly site?: string | undefined;
  readonly pool?: string | undefined;
  readonly rack?: string | undefined;
  readonly node?: string | undefined;
};

/**
 * The price of GPUs of one product. `sku` is matched within the driver's product name, ignoring case; `*` is any. Of
 * several that match, the one that names the closest place wins (node, rack, pool, site, none), then the longest `sku`.
 * Amounts are in `currency`, whatever their names say.
 */
export type HardwarePrice = {
  readonly sku: string;
  readonly where: PricePlace;
  readonly currency: CurrencyCode;
  readonly terms: Ownership | Rental;
  readonly facility: Facility | null;
  readonly networkUsdPerGpuHour: number;
  readonly storageUsdPerGpuHour: number;
  readonly operationsUsdPerGpuHour: number;
  readonly licenceUsdPerGpuYear: number;
  readonly provenance: Provenance;
};

/**
 * Module overhead until the operator enters one, as of 2026-08: a tenth for fans, NICs and DPUs of a compute tray. It was
 * not measured; NVLink switch trays and power shelves are not in it.
 */
export const MODULE_OVERHEAD_ASSUMED = 1.1;

/** Hours of a tariff with a price of their own, by the local clock of the tariff's zone. An empty list is any. */
export type TariffPeriod = {
  readonly name: string;
  /** 1 January to 12 December. */
  readonly months: readonly number[];
  /** 1 Monday to 7 Sunday. */
  readonly weekdays: readonly number[];
  /** 0 to 23: the hour from its first minute to its last. */
  readonly hours: readonly number[];
  readonly usdPerKilowattHour: number;
};

/** What electricity costs, and what of it the measured energy does not show. Amounts are in `currency`. */
export type EnergyPrice = {
  readonly currency: CurrencyCode;
  /** In all hours that no period names. */
  readonly usdPerKilowattHour: number;
  /** Zone of the tariff's clock, such as `America/Chicago`. */
  readonly zone: string;
  /** The first that matches an hour holds. */
  readonly periods: readonly TariffPeriod[];
  /** What the highest hour of facility power costs per kW in a calendar month of the zone; 0 for no such charge. */
  readonly demandUsdPerKilowattMonth: number;
  /** Facility energy / IT energy, at least 1. Where the wall is metered, the meter holds instead. */
  readonly pue: number;
  /** IT energy / GPU board energy: what CPUs, fans and switches add where only the GPU board is measured, at least 1. */
  readonly nodeOverhead: number;
  /** IT energy / superchip module energy: what fans, NICs and DPUs add where the modules are measured, at least 1. */
  readonly moduleOverhead: number;
  readonly provenance: Provenance;
};

/** Electricity of one site, in place of the fleet's. */
export type SiteEnergy = { readonly site: string; readonly energy: EnergyPrice };

/** Weights of the billed basis for one model, in place of the general ones. */
export type ModelWeights = { readonly model: string; readonly weights: TokenWeights };

/** What the operator is paid per million tokens, USD; `*` is any model. */
export type TokenPrice = {
  readonly model: string;
  readonly uncachedInput: number;
  readonly cachedInput: number;
  readonly output: number;
  readonly provenance: Provenance;
};

/** What a deployment promises, and what it takes to keep it; `*` is any model. Defaults: economics reference, section 6.2. */
export type ServiceLevel = {
  readonly model: string;
  /** Latency targets; null: none. */
  readonly ttftSeconds: number | null;
  readonly interTokenSeconds: number | null;
  /** Spare share of the demand that is kept ready. */
  readonly headroom: number;
  /** How far ahead the demand must be served: the time that a reload takes. */
  readonly lookAheadSeconds: number;
  /** Replicas that stay, whatever the demand. */
  readonly replicasMin: number;
  /** A release must last this long to be worth it. */
  readonly holdHours: number;
  /** Lost to drain and reload at each release; null: measured. */
  readonly transitionHours: number | null;
  /** Weighted tokens per second that one replica serves within its targets; null: its own p95 under load. */
  readonly capacityPerReplica: number | null;
};

/** Rates in force from an instant until the next revision begins. */
export type CostBookRevision = {
  readonly from: EpochMs;
  readonly hardware: readonly HardwarePrice[];
  readonly energy: EnergyPrice;
  readonly siteEnergy: readonly SiteEnergy[];
  readonly currencies: readonly ExchangeRate[];
  readonly weights: TokenWeights;
  readonly modelWeights: readonly ModelWeights[];
  readonly tokenPrices: readonly TokenPrice[];
  readonly serviceLevels: readonly ServiceLevel[];
};

/** Effective-dated rates: revisions in ascending order of `from`; the first also covers all time before it. */
export type CostBook = { readonly revisions: readonly CostBookRevision[] };

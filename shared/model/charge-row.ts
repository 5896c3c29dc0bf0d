import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { Coverage } from './figure.ts';

/**
 * What GPU time is paid for. Every GPU-second of a known GPU lies in exactly one of the first five. The last is rent for
 * committed GPUs that are not in the fleet: no GPU stands behind it.
 */
export const CHARGE_USES = [
  'serving',
  'loaded-quiet',
  'idle',
  'unavailable',
  'unobserved',
  'unused-commitment',
] as const;

export type ChargeUse = (typeof CHARGE_USES)[number];

/** What is charged for. `capital` and `reserved` (rent under a commitment) bear the GPU-hours, each GPU-hour once. */
export const CHARGE_COMPONENTS = [
  'capital',
  'reserved',
  'facility',
  'network',
  'operations',
  'licences',
  'energy',
  'demand',
] as const;

export type ChargeComponent = (typeof CHARGE_COMPONENTS)[number];

/** Tokens by class; input is uncached and cached. Null: no engine told the cached ones apart. */
export type ChargeTokens = { readonly input: number; readonly cached: number | null; readonly output: number };

/** What a charge is of: a local day and a part of the fleet. Null: has none, or nobody tells. */
export type ChargePlace = {
  /** Such as `2026-07-31`, in the zone of the ledger. */
  readonly day: string;
  /** The local day, whole: 23, 24 or 25 hours. */
  readonly period: TimeRange;
  readonly site: string | null;
  readonly pool: string | null;
  readonly model: string | null;
  readonly tenant: string | null;
  readonly version: string | null;
};

/**
 * One line of a month's ledger: the charge of one day, place, use and price. All cost of the window is in these rows once, so
 * whatever a report shows is a sum over them.
 */
export type ChargeRow = ChargePlace & {
  readonly use: ChargeUse;
  readonly component: ChargeComponent;
  /** Product of the GPUs, as the driver names it. */
  readonly product: string;
  /** What is charged, such as `sku:nvidia-h100:energy`; the same whatever it costs. */
  readonly skuId: string;
  /** One price of it: each belongs to one SKU. */
  readonly skuPriceId: string;
  /** Kind of the engine, where all engines of the place are of one. */
  readonly engineKind: string | null;
  /** Hours of the tariff that the energy was drawn in; null where no period names them, and of other components. */
  readonly tariffPeriod: string | null;
  readonly unit: 'GPU-h' | 'kWh';
  readonly quantity: number;
  /** USD per unit; null where the cost book has no price. */
  readonly unitPrice: number | null;
  /** unitPrice x quantity, the very product of these two doubles, USD; null without a price. */
  readonly cost: number | null;
  /** GPU-hours, on capital and reserved rows alone, so that they add to the GPU time; null on the others. */
  readonly gpuHours: number | null;
  /** Facility energy, on energy rows alone, so that it adds; null on the others. */
  readonly kilowattHours: number | null;
  /** IT energy behind it. */
  readonly itKilowattHours: number | null;
  /** Whether the facility's energy was metered at the wall; null on rows without energy. */
  readonly isMetered: boolean | null;
  /** Tokens, on serving capital and reserved rows alone: each token once. */
  readonly tokens: ChargeTokens | null;
  /** Requests that ended well, beside the tokens; null where no engine tells. */
  readonly requests: number | null;
  /** Observed over owned GPU time of the hardware of the day, site and pool. */
  readonly coverage: Coverage;
  /** Id of the commitment that the rent is under. */
  readonly commitment: string | null;
  /** Start of the revision of the cost book that priced it. */
  readonly priceVersion: EpochMs;
};

/** What is paid for a commitment in a window, as its contract has it: cash, which the ledger's rows spread over time. */
export type CommitmentPayment = {
  readonly commitment: string;
  readonly name: string;
  readonly kind: 'prepayment' | 'monthly';
  readonly at: EpochMs;
  /** What it pays for: the term, or a month of 730 h. */
  readonly period: TimeRange;
  readonly skuId: string;
  readonly skuPriceId: string;
  readonly gpuHours: number;
  /** USD per GPU-hour. */
  readonly unitPrice: number;
  /** USD. */
  readonly cost: number;
};

/** GPU-hours that a commitment is for, by local day: what its used and unused rows of the day add to. */
export type ChargeCommitment = {
  readonly id: string;
  /** Such as `8 x H100, pool prod, reserved`. */
  readonly name: string;
  readonly days: readonly { readonly day: string; readonly gpuHours: number; readonly unitPrice: number }[];
};

/** Owned and observed GPU time of a day and part of the fleet: what the GPU-hours of its rows add to. */
export type ChargeCapacity = Pick<ChargePlace, 'day' | 'period' | 'site' | 'pool'> & { readonly coverage: Coverage };

/** All charges of a window, in a fixed order. */
export type ChargeLedger = {
  /** The part of the asked window that facts can say something about. */
  readonly window: TimeRange;
  readonly asked: TimeRange;
  readonly zone: string;
  readonly rows: readonly ChargeRow[];
  readonly capacity: readonly ChargeCapacity[];
  readonly commitments: readonly ChargeCommitment[];
  /** Of the fleet as a whole: a part of it has no contract. */
  readonly payments: readonly CommitmentPayment[];
  /** USD; null where any row has no price: a sum over the rest would read like the whole. */
  readonly total: number | null;
  /** Products, and currencies of electricity, that the book has no price for. */
  readonly unpriced: readonly string[];
};

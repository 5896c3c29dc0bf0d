import type { ChargeRow, ChargeUse } from '#shared/model/charge-row.ts';
import type { FocusRow } from './focus-columns.ts';
import { deploymentOfPlace, idOf, originOf, poolOf, type FocusThing } from './focus-ids.ts';
import type { FocusContext } from './focus-settings.ts';
import { tagsOf } from './focus-tags.ts';
import { ALLOCATION_METHOD, descriptionOf, meterOf, UNITS, USE_WORDS } from './focus-words.ts';

/** The share of what one price costs in one place and day. */
export type Allocation = { readonly ratio: number };

/** The cells of a charge: price, quantity, cost, where and of what. */
export function usageCells(
  row: ChargeRow,
  context: FocusContext,
  of: {
    /** Names of commitments by their ids. */
    readonly names: ReadonlyMap<string, string>;
    readonly allocation: Allocation | null;
    readonly isCorrection: boolean;
  },
): Partial<FocusRow> {
  const commitment = row.commitment === null ? null : commitmentOf(row.commitment, of.names);
  return {
    ...periodCells(row, of.isCorrection),
    ...costCells(row, context),
    ...consumedCells(row),
    ...placeCells(row, context, { ...of, commitment }),
    ...commitmentCells(row, commitment),
    ...reservationCells(row, context),
    Tags: tagsOf(row, context.settings),
  };
}

function periodCells(row: ChargeRow, isCorrection: boolean): Partial<FocusRow> {
  return {
    ChargeCategory: 'Usage',
    ChargeClass: isCorrection ? 'Correction' : null,
    ChargeDescription: descriptionOf(row),
    ChargeFrequency: 'Usage-Based',
    ChargePeriodStart: row.period.from,
    ChargePeriodEnd: row.period.to,
  };
}

/** Committed rows are billed by their purchase, so nothing is billed on them. */
function costCells(row: ChargeRow, { settings }: FocusContext): Partial<FocusRow> {
  const { cost, unitPrice, quantity } = row;
  const isBilled = settings.billedCost === 'internal' && row.commitment === null;
  return {
    BilledCost: isBilled ? cost : 0,
    EffectiveCost: cost,
    ListCost: cost,
    ContractedCost: cost,
    ListUnitPrice: unitPrice,
    ContractedUnitPrice: unitPrice,
    PricingCategory: row.commitment === null ? 'Standard' : 'Committed',
    PricingCurrencyContractedUnitPrice: unitPrice,
    PricingCurrencyEffectiveCost: cost,
    PricingCurrencyListUnitPrice: unitPrice,
    PricingQuantity: quantity,
    PricingUnit: UNITS[row.unit],
    SkuId: row.skuId,
    SkuMeter: meterOf(row),
    SkuPriceDetails: JSON.stringify({ GpuCount: 1, InstanceSeries: row.product }),
    SkuPriceId: row.skuPriceId,
  };
}

/** Tokens on the rows that bear them, so that their sum is the fleet's tokens; elsewhere a row's own unit. */
function consumedCells(row: ChargeRow): Partial<FocusRow> {
  if (row.use === 'unused-commitment') return {};
  const { tokens } = row;
  return tokens === null
    ? { ConsumedQuantity: row.quantity, ConsumedUnit: UNITS[row.unit] }
    : { ConsumedQuantity: tokens.input + tokens.output, ConsumedUnit: 'Tokens' };
}

function placeCells(
  row: ChargeRow,
  { version }: FocusContext,
  { allocation, commitment }: { readonly allocation: Allocation | null; readonly commitment: FocusThing | null },
): Partial<FocusRow> {
  const pool = poolOf(row);
  const deployment = deploymentOfPlace(row);
  // Since 1.3 a shared resource stays the origin, and who uses it stands beside; before, the user is the resource.
  const user = version === '1.2' ? (deployment ?? originOf(row)) : originOf(row);
  const resource = row.use === 'unused-commitment' ? commitment : user;
  const share = allocation === null ? {} : allocationCells(row, deployment ?? restOf(row.use), allocation);
  return {
    RegionId: row.site === null ? null : idOf('site', row.site),
    RegionName: row.site,
    ResourceId: resource?.id ?? null,
    ResourceName: resource?.name ?? null,
    ResourceType: resource?.type ?? null,
    SubAccountId: pool?.id ?? null,
    SubAccountName: pool?.name ?? null,
    SubAccountType: pool?.type ?? null,
    ...share,
  };
}

function allocationCells(row: ChargeRow, to: FocusThing, { ratio }: Allocation): Partial<FocusRow> {
  const element = { AllocatedRatio: ratio, UsageUnit: UNITS[row.unit], UsageQuantity: row.quantity };
  return {
    AllocatedMethodId: ALLOCATION_METHOD,
    AllocatedMethodDetails: JSON.stringify({ Elements: [element] }),
    AllocatedResourceId: to.id,
    AllocatedResourceName: to.name,
  };
}

/** What of a shared resource no deployment has: it is never spread over them. */
function restOf(use: ChargeUse): FocusThing {
  return { id: idOf('rest', use), name: USE_WORDS[use], type: 'GPU Pool' };
}

function commitmentOf(id: string, names: ReadonlyMap<string, string>): FocusThing {
  return { id, name: names.get(id) ?? 'Reserved GPUs', type: 'GPU Commitment' };
}

function commitmentCells(row: ChargeRow, commitment: FocusThing | null): Partial<FocusRow> {
  if (commitment === null) return {};
  return {
    CommitmentDiscountCategory: 'Usage',
    CommitmentDiscountId: commitment.id,
    CommitmentDiscountName: commitment.name,
    CommitmentDiscountQuantity: row.quantity,
    CommitmentDiscountStatus: row.use === 'unused-commitment' ? 'Unused' : 'Used',
    CommitmentDiscountType: 'Reserved GPUs',
    CommitmentDiscountUnit: UNITS[row.unit],
  };
}

/** The one pair of standard columns that says "paid for, not used" without claiming a discount. */
function reservationCells(row: ChargeRow, { settings }: FocusContext): Partial<FocusRow> {
  if (!settings.hasCapacityReservations || row.gpuHours === null || row.use === 'unused-commitment') return {};
  return {
    CapacityReservationId: originOf(row).id,
    CapacityReservationStatus: row.use === 'serving' ? 'Used' : 'Unused',
  };
}

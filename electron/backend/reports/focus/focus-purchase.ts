import type { CommitmentPayment } from '#shared/model/charge-row.ts';
import type { FocusRow } from './focus-columns.ts';
import type { FocusSettings } from './focus-settings.ts';
import { UNITS } from './focus-words.ts';

/** What is paid for a commitment: billed here, and effective on the rows of the GPU time that it pays for. */
export function purchaseCells(payment: CommitmentPayment, { billedCost }: FocusSettings): Partial<FocusRow> {
  const { cost, unitPrice, gpuHours, commitment, name, period } = payment;
  const isOnce = payment.kind === 'prepayment';
  const unit = UNITS['GPU-h'];
  return {
    BilledCost: billedCost === 'internal' ? cost : 0,
    ChargeCategory: 'Purchase',
    ChargeDescription: `${isOnce ? 'Prepayment' : 'Monthly payment'} for ${name}`,
    ChargeFrequency: isOnce ? 'One-Time' : 'Recurring',
    ChargePeriodStart: period.from,
    ChargePeriodEnd: period.to,
    CommitmentDiscountCategory: 'Usage',
    CommitmentDiscountId: commitment,
    CommitmentDiscountName: name,
    CommitmentDiscountQuantity: gpuHours,
    CommitmentDiscountType: 'Reserved GPUs',
    CommitmentDiscountUnit: unit,
    ContractedCost: cost,
    ContractedUnitPrice: unitPrice,
    EffectiveCost: 0,
    ListCost: cost,
    ListUnitPrice: unitPrice,
    PricingCategory: 'Standard',
    PricingCurrencyContractedUnitPrice: unitPrice,
    PricingCurrencyEffectiveCost: 0,
    PricingCurrencyListUnitPrice: unitPrice,
    PricingQuantity: gpuHours,
    PricingUnit: unit,
    ResourceId: commitment,
    ResourceName: name,
    ResourceType: 'GPU Commitment',
    SkuId: payment.skuId,
    SkuMeter: 'Reserved GPU time',
    SkuPriceDetails: JSON.stringify({ GpuCount: 1, x_Payment: payment.kind }),
    SkuPriceId: payment.skuPriceId,
  };
}

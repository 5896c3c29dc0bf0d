import type { FocusRow } from '../focus-columns.ts';
import type { ReadRow } from './checked-export.ts';

type Name = keyof FocusRow;

const has = (row: ReadRow, name: Name): boolean => (row[name] ?? null) !== null;
const isUsage = (row: ReadRow): boolean => row.ChargeCategory === 'Usage';
const isUncorrected = (row: ReadRow): boolean => (row.ChargeClass ?? null) === null;

/** Two columns of which either both have a value or none. */
function together(one: Name, other: Name) {
  return { isWrong: (row: ReadRow) => has(row, one) !== has(row, other), words: `${one} and ${other} go together` };
}

function needed(names: readonly Name[], when: (row: ReadRow) => boolean) {
  return names.map((name) => ({ isWrong: (row: ReadRow) => when(row) && !has(row, name), words: `${name} is empty` }));
}

/** Where FOCUS wants a value, or none, by what else a row says. Source: the columns' pages of the specification. */
export const NULL_RULES: readonly { readonly isWrong: (row: ReadRow) => boolean; readonly words: string }[] = [
  together('PricingQuantity', 'PricingUnit'),
  together('ConsumedQuantity', 'ConsumedUnit'),
  together('SubAccountId', 'SubAccountName'),
  together('RegionId', 'RegionName'),
  together('ResourceId', 'ResourceType'),
  together('CommitmentDiscountId', 'CommitmentDiscountName'),
  together('CommitmentDiscountId', 'CommitmentDiscountCategory'),
  together('CommitmentDiscountId', 'CommitmentDiscountQuantity'),
  together('CommitmentDiscountQuantity', 'CommitmentDiscountUnit'),
  together('SkuId', 'SkuMeter'),
  together('SkuPriceId', 'SkuPriceDetails'),
  ...needed(
    [
      'SkuId',
      'SkuPriceId',
      'PricingQuantity',
      'ListUnitPrice',
      'ContractedUnitPrice',
      'PricingCategory',
      'ChargeDescription',
    ],
    isUncorrected,
  ),
  ...needed(
    ['ConsumedQuantity'],
    (row) => isUsage(row) && isUncorrected(row) && row.CommitmentDiscountStatus !== 'Unused',
  ),
  ...needed(['CommitmentDiscountStatus'], (row) => isUsage(row) && has(row, 'CommitmentDiscountId')),
  ...needed(['CapacityReservationStatus'], (row) => isUsage(row) && has(row, 'CapacityReservationId')),
  {
    isWrong: (row) => row.CommitmentDiscountStatus === 'Unused' && has(row, 'ConsumedQuantity'),
    words: 'what was not drawn was consumed',
  },
  {
    isWrong: (row) => !isUsage(row) && (has(row, 'ConsumedQuantity') || has(row, 'CommitmentDiscountStatus')),
    words: 'only usage is consumed, used or unused',
  },
  {
    isWrong: (row) => row.ChargeCategory === 'Purchase' && row.ChargeFrequency === 'Usage-Based',
    words: 'a purchase is not based on usage',
  },
  {
    isWrong: (row) => row.ChargeCategory === 'Purchase' && Number(row.EffectiveCost) !== 0,
    words: 'a purchase that covers usage has an effective cost',
  },
];

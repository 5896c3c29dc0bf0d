/** Versions of the FinOps Open Cost and Usage Specification that are written. The first is the default. */
export const FOCUS_VERSIONS = ['1.2', '1.4'] as const;

export type FocusVersion = (typeof FOCUS_VERSIONS)[number];

/** `DateTime` cells are instants, `Json` cells are text that already is JSON, `Decimal` cells are doubles. */
export type FocusType = 'String' | 'Decimal' | 'DateTime' | 'Json';

export type FocusColumn = {
  readonly name: string;
  readonly type: FocusType;
  /** Whether the specification lets any row have none. */
  readonly isNullable: boolean;
  readonly versions: readonly FocusVersion[];
};

export type FocusCell = string | number | null;

/** A row by column name. */
export type FocusRow = { readonly [Column in FocusColumnName | OwnColumnName]: FocusCell };

const ALL = FOCUS_VERSIONS;
const OLD = ['1.2'] as const;
const NEW = ['1.4'] as const;

/**
 * The columns of Cost and Usage: 57 in 1.2, 65 in 1.4. Source: FOCUS_Spec, specification/columns of the tag v1.2 and
 * specification/datasets/cost_and_usage of 1.4.
 */
const FOCUS_COLUMNS = {
  AllocatedMethodDetails: ['Json', true, NEW],
  AllocatedMethodId: ['String', true, NEW],
  AllocatedResourceId: ['String', true, NEW],
  AllocatedResourceName: ['String', true, NEW],
  AllocatedTags: ['Json', true, NEW],
  AvailabilityZone: ['String', true, ALL],
  BilledCost: ['Decimal', false, ALL],
  BillingAccountId: ['String', false, ALL],
  BillingAccountName: ['String', true, ALL],
  BillingAccountType: ['String', true, ALL],
  BillingCurrency: ['String', false, ALL],
  BillingPeriodEnd: ['DateTime', false, ALL],
  BillingPeriodStart: ['DateTime', false, ALL],
  CapacityReservationId: ['String', true, ALL],
  CapacityReservationStatus: ['String', true, ALL],
  ChargeCategory: ['String', false, ALL],
  ChargeClass: ['String', true, ALL],
  ChargeDescription: ['String', true, ALL],
  ChargeFrequency: ['String', false, ALL],
  ChargePeriodEnd: ['DateTime', false, ALL],
  ChargePeriodStart: ['DateTime', false, ALL],
  CommitmentDiscountCategory: ['String', true, ALL],
  CommitmentDiscountId: ['String', true, ALL],
  CommitmentDiscountName: ['String', true, ALL],
  CommitmentDiscountQuantity: ['Decimal', true, ALL],
  CommitmentDiscountStatus: ['String', true, ALL],
  CommitmentDiscountType: ['String', true, ALL],
  CommitmentDiscountUnit: ['String', true, ALL],
  CommitmentProgramEligibilityDetails: ['Json', true, NEW],
  ConsumedQuantity: ['Decimal', true, ALL],
  ConsumedUnit: ['String', true, ALL],
  ContractApplied: ['Json', true, NEW],
  ContractedCost: ['Decimal', false, ALL],
  ContractedUnitPrice: ['Decimal', true, ALL],
  EffectiveCost: ['Decimal', false, ALL],
  HostProviderName: ['String', false, NEW],
  InvoiceDetailId: ['String', true, NEW],
  InvoiceId: ['String', true, ALL],
  InvoiceIssuerName: ['String', false, ALL],
  ListCost: ['Decimal', false, ALL],
  ListUnitPrice: ['Decimal', true, ALL],
  PricingCategory: ['String', true, ALL],
  PricingCurrency: ['String', true, ALL],
  PricingCurrencyContractedUnitPrice: ['Decimal', true, ALL],
  PricingCurrencyEffectiveCost: ['Decimal', true, ALL],
  PricingCurrencyListUnitPrice: ['Decimal', true, ALL],
  PricingQuantity: ['Decimal', true, ALL],
  PricingUnit: ['String', true, ALL],
  ProviderName: ['String', false, OLD],
  PublisherName: ['String', false, OLD],
  RegionId: ['String', true, ALL],
  RegionName: ['String', true, ALL],
  ResourceId: ['String', true, ALL],
  ResourceName: ['String', true, ALL],
  ResourceType: ['String', true, ALL],
  ServiceCategory: ['String', false, ALL],
  ServiceName: ['String', false, ALL],
  ServiceProviderName: ['String', false, NEW],
  ServiceSubcategory: ['String', false, ALL],
  SkuId: ['String', true, ALL],
  SkuMeter: ['String', true, ALL],
  SkuPriceDetails: ['Json', true, ALL],
  SkuPriceId: ['String', true, ALL],
  SubAccountId: ['String', true, ALL],
  SubAccountName: ['String', true, ALL],
  SubAccountType: ['String', true, ALL],
  Tags: ['Json', true, ALL],
} as const satisfies Readonly<Record<string, readonly [FocusType, boolean, readonly FocusVersion[]]>>;

/** What the ledger knows and FOCUS has no column for. */
const OWN_COLUMNS = {
  x_AllocationMethod: 'String',
  x_CachedInputTokens: 'Decimal',
  x_CoverageRatio: 'Decimal',
  x_DataQuality: 'String',
  x_EnergySource: 'String',
  x_Engine: 'String',
  x_EngineVersion: 'String',
  x_GpuCount: 'Decimal',
  x_GpuModel: 'String',
  x_InputTokens: 'Decimal',
  x_ItKilowattHours: 'Decimal',
  x_Model: 'String',
  x_NodePool: 'String',
  x_OutputTokens: 'Decimal',
  x_PriceTableVersion: 'String',
  x_Requests: 'Decimal',
  x_Restated: 'String',
  x_SnapshotId: 'String',
  x_TariffPeriod: 'String',
  x_Tenant: 'String',
  x_UtilisationClass: 'String',
} as const satisfies Readonly<Record<string, FocusType>>;

export type FocusColumnName = keyof typeof FOCUS_COLUMNS;
export type OwnColumnName = keyof typeof OWN_COLUMNS;

/** The columns of a version in the order that they are written: FOCUS columns by the alphabet, then our own. */
export function columnsOf(version: FocusVersion): readonly (FocusColumn & { readonly name: keyof FocusRow })[] {
  const focus = Object.entries(FOCUS_COLUMNS).map(([name, [type, isNullable, versions]]) => ({
    name: name as FocusColumnName,
    type,
    isNullable,
    versions,
  }));
  const own = Object.entries(OWN_COLUMNS).map(([name, type]) => ({
    name: name as OwnColumnName,
    type,
    isNullable: true,
    versions: ALL,
  }));
  return [...byName(focus), ...byName(own)].filter((column) =>
    (column.versions as readonly FocusVersion[]).includes(version),
  );
}

function byName<Column extends { readonly name: string }>(columns: readonly Column[]): Column[] {
  return columns.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** A row without any value: what a row of a kind does not have is left out by spreading this. */
export const NO_CELLS: FocusRow = Object.fromEntries(
  [...Object.keys(FOCUS_COLUMNS), ...Object.keys(OWN_COLUMNS)].map((name) => [name, null]),
) as FocusRow;

import type { CostBookRevision, HardwarePrice, Ownership } from '#shared/model/cost-book.ts';
import { HOURS_PER_YEAR } from '#shared/units/arithmetic.ts';
import { capitalPerGpuHour } from './capital-cost.ts';

type Range = { readonly from: number; readonly to: number };

/**
 * Ranges outside which an entry is probably a slip: what was found published, widened. Source: economics reference, sections
 * 1.2 and 4.1, dated 2026: 37,000 to 82,000 USD per GPU with its share of the plant, 2 to 6 years, 8 to 15 % a year, 2 to 5 %
 * of capex for operations, 115 to 300 USD per kW and month, PUE 1.06 to 1.58.
 */
const GPU_HOUR: Range = { from: 0.5, to: 15 };
const CAPEX: Range = { from: 5000, to: 150_000 };
const TERM_MONTHS: Range = { from: 24, to: 84 };
const ANNUAL_RATE: Range = { from: 0, to: 0.25 };
const RESIDUAL_SHARE: Range = { from: 0, to: 0.5 };
const OPERATIONS_SHARE: Range = { from: 0, to: 0.15 };
const COLOCATION: Range = { from: 50, to: 400 };
const PROVISIONED_KILOWATTS: Range = { from: 0.3, to: 4 };
const TARIFF: Range = { from: 0.02, to: 0.6 };
const PUE: Range = { from: 1, to: 1.8 };
const NODE_OVERHEAD: Range = { from: 1, to: 2 };
const MODULE_OVERHEAD: Range = { from: 1, to: 1.5 };

/** Warnings about entries that lie outside what is usual. They warn; they never block. */
export function plausibilityWarnings({ hardware, energy }: CostBookRevision): string[] {
  return [
    ...hardware.flatMap(hardwareWarnings),
    ...warningOf(energy.usdPerKilowattHour, TARIFF, 'Electricity per kWh, in USD,'),
    ...warningOf(energy.pue, PUE, 'PUE'),
    ...warningOf(energy.nodeOverhead, NODE_OVERHEAD, 'Node overhead'),
    ...warningOf(energy.moduleOverhead, MODULE_OVERHEAD, 'Module overhead'),
  ];
}

function hardwareWarnings(price: HardwarePrice): string[] {
  const { sku, terms, facility } = price;
  return [
    ...warningOf(capitalPerGpuHour(terms), GPU_HOUR, `${sku}: capital or rent per GPU-hour, in USD,`),
    ...(terms.kind === 'owned' ? ownershipWarnings(sku, terms, price.operationsUsdPerGpuHour) : []),
    ...(facility === null
      ? []
      : [
          ...warningOf(facility.usdPerKilowattMonth, COLOCATION, `${sku}: colocation per kW and month, in USD,`),
          ...warningOf(facility.provisionedKilowatts, PROVISIONED_KILOWATTS, `${sku}: provisioned kW per GPU`),
        ]),
  ];
}

function ownershipWarnings(sku: string, terms: Ownership, operationsUsdPerGpuHour: number): string[] {
  const { capexUsd, residualUsd, termMonths, annualRate } = terms;
  const shares: readonly (readonly [number, Range, string])[] =
    capexUsd > 0
      ? [
          [residualUsd / capexUsd, RESIDUAL_SHARE, 'residual value as a share of the price'],
          [(operationsUsdPerGpuHour * HOURS_PER_YEAR) / capexUsd, OPERATIONS_SHARE, 'operations a year over the price'],
        ]
      : [];
  return [
    ...warningOf(capexUsd, CAPEX, `${sku}: price of a GPU with its share of the plant, in USD,`),
    ...warningOf(termMonths, TERM_MONTHS, `${sku}: term in months`),
    ...warningOf(annualRate, ANNUAL_RATE, `${sku}: cost of capital a year, as a ratio,`),
    ...shares.flatMap(([value, range, what]) => warningOf(value, range, `${sku}: ${what}`)),
  ];
}

function warningOf(value: number, range: Range, what: string): string[] {
  if (value >= range.from && value <= range.to) return [];
  return [`${what} is ${Number(value.toPrecision(4))}: usual is ${range.from} to ${range.to}. Check the unit.`];
}

import type { CostBookRevision, HardwarePrice, Ownership } from '#shared/model/cost-book.ts';
import { HOURS_PER_YEAR } from '#shared/units/arithmetic.ts';
import { capitalPerGpuHour } from './capital-cost.ts';

/** What is usual: outside of it an entry is probably a slip. Bounds in the unit of the entry, both inside. */
export type PlausibleRange = { readonly from: number; readonly to: number };

/**
 * Ranges outside which an entry is probably a slip: what was found published, widened. Amounts in USD, shares as ratios.
 * Source: economics reference, sections 1.2 and 4.1, dated 2026: 37,000 to 82,000 USD per GPU with its share of the plant,
 * 2 to 6 years, 8 to 15 % a year, 2 to 5 % of capex for operations, 115 to 300 USD per kW and month, PUE 1.06 to 1.58.
 * Demand charges, adders and latency targets are judgement: no average of them is published.
 */
export const PLAUSIBLE = {
  gpuHour: { from: 0.5, to: 15 },
  capex: { from: 5000, to: 150_000 },
  termMonths: { from: 24, to: 84 },
  annualRate: { from: 0, to: 0.25 },
  residualShare: { from: 0, to: 0.5 },
  operationsShare: { from: 0, to: 0.15 },
  adderPerGpuHour: { from: 0, to: 2 },
  licencePerGpuYear: { from: 0, to: 10_000 },
  commitmentYears: { from: 1, to: 5 },
  colocation: { from: 50, to: 400 },
  provisionedKilowatts: { from: 0.3, to: 4 },
  tariff: { from: 0.02, to: 0.6 },
  demand: { from: 0, to: 50 },
  pue: { from: 1, to: 1.8 },
  nodeOverhead: { from: 1, to: 2 },
  moduleOverhead: { from: 1, to: 1.5 },
  outputWeight: { from: 1, to: 10 },
  cachedWeight: { from: 0, to: 1 },
  tokenPrice: { from: 0, to: 200 },
  ttftSeconds: { from: 0.05, to: 30 },
  interTokenSeconds: { from: 0.005, to: 0.5 },
  headroom: { from: 0, to: 1 },
} as const satisfies Readonly<Record<string, PlausibleRange>>;

/** Warnings about entries that lie outside what is usual. They warn; they never block. */
export function plausibilityWarnings({ hardware, energy }: CostBookRevision): string[] {
  return [
    ...hardware.flatMap(hardwareWarnings),
    ...warningOf(energy.usdPerKilowattHour, PLAUSIBLE.tariff, 'Electricity per kWh, in USD,'),
    ...warningOf(energy.pue, PLAUSIBLE.pue, 'PUE'),
    ...warningOf(energy.nodeOverhead, PLAUSIBLE.nodeOverhead, 'Node overhead'),
    ...warningOf(energy.moduleOverhead, PLAUSIBLE.moduleOverhead, 'Module overhead'),
  ];
}

function hardwareWarnings(price: HardwarePrice): string[] {
  const { sku, terms, facility } = price;
  return [
    ...warningOf(capitalPerGpuHour(terms), PLAUSIBLE.gpuHour, `${sku}: capital or rent per GPU-hour, in USD,`),
    ...(terms.kind === 'owned' ? ownershipWarnings(sku, terms, price.operationsUsdPerGpuHour) : []),
    ...(facility === null
      ? []
      : [
          ...warningOf(
            facility.usdPerKilowattMonth,
            PLAUSIBLE.colocation,
            `${sku}: colocation per kW and month, in USD,`,
          ),
          ...warningOf(facility.provisionedKilowatts, PLAUSIBLE.provisionedKilowatts, `${sku}: provisioned kW per GPU`),
        ]),
  ];
}

function ownershipWarnings(sku: string, terms: Ownership, operationsUsdPerGpuHour: number): string[] {
  const { capexUsd, residualUsd, termMonths, annualRate } = terms;
  const shares: readonly (readonly [number, PlausibleRange, string])[] =
    capexUsd > 0
      ? [
          [residualUsd / capexUsd, PLAUSIBLE.residualShare, 'residual value as a share of the price'],
          [
            (operationsUsdPerGpuHour * HOURS_PER_YEAR) / capexUsd,
            PLAUSIBLE.operationsShare,
            'operations a year over the price',
          ],
        ]
      : [];
  return [
    ...warningOf(capexUsd, PLAUSIBLE.capex, `${sku}: price of a GPU with its share of the plant, in USD,`),
    ...warningOf(termMonths, PLAUSIBLE.termMonths, `${sku}: term in months`),
    ...warningOf(annualRate, PLAUSIBLE.annualRate, `${sku}: cost of capital a year, as a ratio,`),
    ...shares.flatMap(([value, range, what]) => warningOf(value, range, `${sku}: ${what}`)),
  ];
}

function warningOf(value: number, range: PlausibleRange, what: string): string[] {
  if (isPlausible(value, range)) return [];
  return [`${what} is ${Number(value.toPrecision(4))}: usual is ${range.from} to ${range.to}. Check the unit.`];
}

/** Whether a value is usual. What is no number is not judged: that is an error, not an unlikely entry. */
export function isPlausible(value: number, { from, to }: PlausibleRange): boolean {
  return Number.isNaN(value) || (value >= from && value <= to);
}

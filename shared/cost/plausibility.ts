import type {
  CostBookRevision,
  EnergyPrice,
  HardwarePrice,
  Ownership,
  ServiceLevel,
  TokenPrice,
} from '#shared/model/cost-book.ts';
import { HOURS_PER_YEAR } from '#shared/units/arithmetic.ts';
import { capitalPerGpuHour } from './capital-cost.ts';
import { energyPricesOf } from './check-cost-book.ts';
import { usdPerUnitOf } from './exchange.ts';
import { placeWords } from './matching-price.ts';
import { hiddenPeriods } from './tariff-periods.ts';

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

/** Warnings about entries that lie outside what is usual, or that can never count. They warn; they never block. */
export function plausibilityWarnings(revision: CostBookRevision): string[] {
  return [
    ...revision.hardware.flatMap((price) => hardwareWarnings(revision, price)),
    ...energyPricesOf(revision).flatMap(({ what, price }) => energyWarnings(revision, what, price)),
    ...revision.tokenPrices.flatMap(tokenPriceWarnings),
    ...revision.serviceLevels.flatMap(serviceLevelWarnings),
  ];
}

/** What an amount is worth, USD; the amount itself where its currency has no exchange rate, which is refused elsewhere. */
function worthOf(revision: CostBookRevision, amount: number, currency: string): number {
  return amount * (usdPerUnitOf(revision, currency) ?? 1);
}

function energyWarnings(revision: CostBookRevision, what: string, price: EnergyPrice): string[] {
  const usd = (amount: number): number => worthOf(revision, amount, price.currency);
  const demand = usd(price.demandUsdPerKilowattMonth);
  return [
    ...warningOf(usd(price.usdPerKilowattHour), PLAUSIBLE.tariff, `${what} per kWh, in USD,`),
    ...price.periods.flatMap(({ name, usdPerKilowattHour }) =>
      warningOf(usd(usdPerKilowattHour), PLAUSIBLE.tariff, `${what}, ${name}: per kWh, in USD,`),
    ),
    ...(demand === 0 ? [] : warningOf(demand, PLAUSIBLE.demand, `${what}: demand charge per kW and month, in USD,`)),
    ...hiddenPeriods(price).map((name) => `${what}: ${name} can never match, because periods above it hold its hours.`),
    ...warningOf(price.pue, PLAUSIBLE.pue, prefixed(what, 'PUE')),
    ...warningOf(price.nodeOverhead, PLAUSIBLE.nodeOverhead, prefixed(what, 'Node overhead')),
    ...warningOf(price.moduleOverhead, PLAUSIBLE.moduleOverhead, prefixed(what, 'Module overhead')),
  ];
}

function prefixed(what: string, name: string): string {
  return what === 'Electricity' ? name : `${what}: ${name}`;
}

function hardwareWarnings(revision: CostBookRevision, price: HardwarePrice): string[] {
  const { terms, facility } = price;
  const place = placeWords(price.where);
  const sku = place === null ? price.sku : `${price.sku} at ${place}`;
  const usd = (amount: number): number => worthOf(revision, amount, price.currency);
  return [
    ...warningOf(usd(capitalPerGpuHour(terms)), PLAUSIBLE.gpuHour, `${sku}: capital or rent per GPU-hour, in USD,`),
    ...(terms.kind === 'owned' ? ownershipWarnings(sku, terms, { price, usd }) : []),
    ...(terms.kind === 'rented' && terms.commitment !== null
      ? warningOf(terms.commitment.years, PLAUSIBLE.commitmentYears, `${sku}: years of the commitment`)
      : []),
    ...(facility === null
      ? []
      : [
          ...warningOf(
            usd(facility.usdPerKilowattMonth),
            PLAUSIBLE.colocation,
            `${sku}: colocation per kW and month, in USD,`,
          ),
          ...warningOf(facility.provisionedKilowatts, PLAUSIBLE.provisionedKilowatts, `${sku}: provisioned kW per GPU`),
        ]),
  ];
}

function tokenPriceWarnings({ model, uncachedInput, cachedInput, output }: TokenPrice): string[] {
  const name = model === '*' ? 'Token price' : `Token price of ${model}`;
  return [
    ...warningOf(output, PLAUSIBLE.tokenPrice, `${name}: output per million tokens, in USD,`),
    ...warningOf(uncachedInput, PLAUSIBLE.tokenPrice, `${name}: input per million tokens, in USD,`),
    ...(cachedInput > uncachedInput ? [`${name}: cached input costs more than uncached input.`] : []),
  ];
}

function serviceLevelWarnings(level: ServiceLevel): string[] {
  const name = level.model === '*' ? 'Service level' : `Service level of ${level.model}`;
  const { ttftSeconds, interTokenSeconds } = level;
  return [
    ...(ttftSeconds === null
      ? []
      : warningOf(ttftSeconds, PLAUSIBLE.ttftSeconds, `${name}: time to first token, in seconds,`)),
    ...(interTokenSeconds === null
      ? []
      : warningOf(interTokenSeconds, PLAUSIBLE.interTokenSeconds, `${name}: time between tokens, in seconds,`)),
    ...warningOf(level.headroom, PLAUSIBLE.headroom, `${name}: headroom, as a ratio,`),
  ];
}

function ownershipWarnings(
  sku: string,
  terms: Ownership,
  { price, usd }: { readonly price: HardwarePrice; readonly usd: (amount: number) => number },
): string[] {
  const { capexUsd, residualUsd, termMonths, annualRate } = terms;
  const { operationsUsdPerGpuHour } = price;
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
    ...warningOf(usd(capexUsd), PLAUSIBLE.capex, `${sku}: price of a GPU with its share of the plant, in USD,`),
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

import type { CostBookRevision } from '#shared/model/cost-book.ts';
import { capitalPerGpuHour } from './capital-cost.ts';

type Range = { readonly from: number; readonly to: number };

/** Ranges outside which an entry is probably a slip. Source: economics reference, sections 1.2 and 4.1, dated 2026. */
const GPU_HOUR: Range = { from: 0.5, to: 15 };
const TARIFF: Range = { from: 0.02, to: 0.6 };
const PUE_MAX = 1.8;
const NODE_OVERHEAD_MAX = 2;
const COLOCATION: Range = { from: 50, to: 400 };

/** Warnings about entries that lie outside what is usual. They warn; they never block. */
export function plausibilityWarnings(revision: CostBookRevision): string[] {
  const warnings: string[] = [];
  const check = (value: number, range: Range, what: string): void => {
    if (value < range.from || value > range.to) {
      warnings.push(
        `${what} is ${Number(value.toPrecision(4))}: usual is ${range.from} to ${range.to}. Check the unit.`,
      );
    }
  };
  for (const price of revision.hardware) {
    check(capitalPerGpuHour(price.terms), GPU_HOUR, `${price.sku}: capital or rent per GPU-hour, in USD,`);
    if (price.facility !== null) {
      check(price.facility.usdPerKilowattMonth, COLOCATION, `${price.sku}: colocation per kW and month, in USD,`);
    }
  }
  check(revision.energy.usdPerKilowattHour, TARIFF, 'Electricity per kWh, in USD,');
  check(revision.energy.pue, { from: 1, to: PUE_MAX }, 'PUE');
  check(revision.energy.nodeOverhead, { from: 1, to: NODE_OVERHEAD_MAX }, 'Node overhead');
  return warnings;
}

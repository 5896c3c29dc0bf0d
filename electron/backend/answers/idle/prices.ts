import { costOf } from '#shared/cost/price-usage.ts';
import type { HardwarePrice } from '#shared/model/cost-book.ts';
import type { Coverage } from '#shared/model/figure.ts';
import { GPU_STATES } from '#shared/model/gpu-state.ts';
import { SECONDS_PER_HOUR, toKilowattHours } from '#shared/units/arithmetic.ts';
import {
  joules,
  usdPerGpuHour,
  usdPerKilowattHour,
  watts,
  type UsdPerGpuHour,
  type UsdPerKilowattHour,
  type Watts,
} from '#shared/units/quantities.ts';
import { addCoverage, gpuSecondsOf, mergeGroups, priceGroup, type PricedGroup } from '../priced-group.ts';

/** What a GPU-hour costs whether or not energy flows. */
export const FIXED_CATEGORIES = ['capital', 'facility', 'network', 'operations'] as const;

/** Mean prices of a product in a pool over a window, from what its GPUs cost there. */
export type ProductPrice = {
  /** Without energy; null where the cost book has no price. */
  readonly fixedRate: UsdPerGpuHour | null;
  /** Facility power of a loaded-idle GPU, and what a kWh of it cost; null where none was metered. */
  readonly loadedIdle: { readonly power: Watts; readonly tariff: UsdPerKilowattHour } | null;
  readonly terms: HardwarePrice['terms'] | null;
  readonly provenance: HardwarePrice['provenance'] | null;
  readonly coverage: Coverage;
};

/** Prices by pool and product, from the priced groups of pools and nodes. */
export function productPrices(groups: readonly PricedGroup[]): (pool: string | null, sku: string) => ProductPrice {
  const known = new Map<string, ProductPrice>();
  return (pool, sku) => {
    const key = JSON.stringify([pool, sku]);
    const found = known.get(key) ?? productPrice(groups, { pool, sku });
    known.set(key, found);
    return found;
  };
}

function productPrice(
  groups: readonly PricedGroup[],
  { pool, sku }: { readonly pool: string | null; readonly sku: string },
): ProductPrice {
  const here = ofProduct(
    groups.filter((group) => group.by[0] === pool),
    sku,
  );
  const all = ofProduct(groups, sku);
  const price = mostUsedPrice(here) ?? mostUsedPrice(all);
  return {
    fixedRate: rateOf(here) ?? rateOf(all),
    loadedIdle: loadedIdleOf(here) ?? loadedIdleOf(all),
    terms: price?.terms ?? null,
    provenance: price?.provenance ?? null,
    coverage: here.coverage,
  };
}

function ofProduct(groups: readonly PricedGroup[], sku: string): PricedGroup {
  const own = groups.filter(({ lines }) => lines.some((line) => line.sku === sku));
  const [first] = groups;
  const as = { by: [], start: first?.start ?? 0, coverage: addCoverage(own.map(({ coverage }) => coverage)) };
  const merged = mergeGroups(own, as as Parameters<typeof mergeGroups>[1]);
  return priceGroup({ ...merged, lines: merged.lines.filter((line) => line.sku === sku) });
}

/** The price that most of the GPU time was paid by, of those last in force. */
function mostUsedPrice({ lines }: PricedGroup): HardwarePrice | null {
  const last = Math.max(...lines.map(({ revision }) => revision.from));
  const own = lines.filter(({ revision }) => revision.from === last);
  return own.toSorted((one, other) => other.gpuSeconds - one.gpuSeconds)[0]?.rates?.price ?? null;
}

function rateOf(group: PricedGroup): UsdPerGpuHour | null {
  const hours = gpuSecondsOf(group) / SECONDS_PER_HOUR;
  if (hours <= 0 || group.unpricedSkus.length > 0) return null;
  return usdPerGpuHour(costOf(group.cost, GPU_STATES, FIXED_CATEGORIES) / hours);
}

function loadedIdleOf(group: PricedGroup): ProductPrice['loadedIdle'] {
  const quiet = priceGroup({ ...group, lines: group.lines.filter((line) => line.state === 'loaded-idle') });
  if (quiet.facilityEnergyJoules === null || quiet.energySeconds <= 0 || quiet.facilityEnergyJoules <= 0) return null;
  const energy = toKilowattHours(joules(quiet.facilityEnergyJoules));
  return {
    power: watts(quiet.facilityEnergyJoules / quiet.energySeconds),
    tariff: usdPerKilowattHour(costOf(quiet.cost, ['loaded-idle'], ['energy']) / energy),
  };
}

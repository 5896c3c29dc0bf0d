import type { CallScope } from '#shared/contract/backend-api.ts';
import { committedPrices, unusedCommitment, type CommittedPrice } from '#shared/cost/commitments.ts';
import { ratesOfPrice } from '#shared/cost/hourly-rates.ts';
import type { Pricer } from '#shared/cost/pricer.ts';
import type { PricePlace } from '#shared/model/cost-book.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { usdPerGpuHour } from '#shared/units/quantities.ts';
import { isPhysical } from './presence.ts';
import type { UsageLine } from './priced-group.ts';

/** What stands for a product in lines of GPUs that are rented and that nobody has seen. */
const NOT_IN_FLEET = '(committed, not in the fleet)';

export function isUnusedCommitment({ sku }: Pick<UsageLine, 'sku'>): boolean {
  return sku.endsWith(NOT_IN_FLEET);
}

/** GPUs that are rented and not in the fleet, in one bucket: a place that a group of the answer is for, and their line. */
export type UnusedLine = {
  readonly by: readonly (string | null)[];
  readonly start: EpochMs;
  readonly line: UsageLine;
};

/**
 * Rent for committed GPUs beyond those known: `unobserved`, and capital alone, because nothing else of them is there. They
 * belong to the part of the tree that their price names and to nothing that runs, so they are in the cost of the fleet and
 * of that part, and of no node or model.
 */
export function unusedLines(
  pricer: Pricer,
  seats: readonly GpuSeat[],
  ask: {
    readonly scope: CallScope;
    readonly by: readonly string[];
    readonly buckets: readonly { readonly start: EpochMs; readonly window: TimeRange }[];
  },
): UnusedLine[] {
  return committedPrices(pricer.revision)
    .filter(({ price }) => isInScope(price.where, ask.scope))
    .flatMap((committed) => linesOf(pricer, knownSpans(pricer, seats, committed), { ...ask, committed }));
}

/** A scope of null asks for what has none; nothing that runs is on a GPU that is not there. */
function isInScope(where: PricePlace, scope: CallScope): boolean {
  return Object.entries(scope).every(
    ([name, value]) => value === undefined || value === (isPhysical(name) ? placeOf(where, name) : null),
  );
}

function placeOf(where: PricePlace, name: string): string | null {
  return Object.entries(where).find(([key]) => key === name)?.[1] ?? null;
}

function knownSpans(pricer: Pricer, seats: readonly GpuSeat[], { price }: CommittedPrice): TimeRange[] {
  return seats
    .filter((seat) => pricer.ratesOf(seat.sku, seat)?.price === price)
    .map(({ since, until }) => ({ from: since, to: until ?? epochMs(Number.MAX_SAFE_INTEGER) }));
}

function linesOf(
  pricer: Pricer,
  known: readonly TimeRange[],
  {
    by,
    buckets,
    committed: { price, commitment },
  }: {
    readonly by: readonly string[];
    readonly buckets: readonly { readonly start: EpochMs; readonly window: TimeRange }[];
    readonly committed: CommittedPrice;
  },
): UnusedLine[] {
  const rates = ratesOfPrice(pricer.revision, price);
  const nothing = { energyJoules: null, integratedJoules: 0, energySeconds: 0, bridgedSeconds: 0 };
  const none = usdPerGpuHour(0);
  return buckets.flatMap(({ start, window }) => {
    const gpuSeconds = unusedCommitment(commitment, known, window);
    if (gpuSeconds === 0) return [];
    const line: UsageLine = {
      revision: pricer.revision,
      rates: rates === null ? null : { ...rates, facility: none, network: none, operations: none },
      tariff: pricer.tariffOf(price.where.site ?? null, undefined),
      sku: `${price.sku} ${NOT_IN_FLEET}`,
      state: 'unobserved',
      gpuSeconds,
      boundary: 'board',
      ...nothing,
    };
    return [{ by: by.map((name) => (isPhysical(name) ? placeOf(price.where, name) : null)), start, line }];
  });
}

import type { GpuDimension, PowerRow, Store } from '#backend/store/store.ts';
import { demandShareOf, type DemandShare, type HourOfEnergy } from '#shared/cost/demand-charge.ts';
import { facilityEnergyOf } from '#shared/cost/energy-cost.ts';
import { usdPerUnitOf } from '#shared/cost/exchange.ts';
import { hourlyRatesOf, pricedPieces } from '#shared/cost/hourly-rates.ts';
import { placesNamedBy } from '#shared/cost/matching-price.ts';
import type { DemandShares } from '#shared/cost/pricer.ts';
import { monthName, stepOfZones } from '#shared/cost/tariff-calendar.ts';
import { energyPriceAt } from '#shared/cost/tariff.ts';
import type { CostBook, CostBookRevision, EnergyPrice } from '#shared/model/cost-book.ts';
import type { GpuFactColumn } from '#shared/model/fact.ts';
import { UNKNOWN_SKU } from '#shared/model/gpu.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { overlapOf, overlapSeconds, secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { monthAt, wallClockAt } from '#shared/time/zone-clock.ts';
import { toKilowattHours } from '#shared/units/arithmetic.ts';
import { joules, kilowattHours, type KilowattHours } from '#shared/units/quantities.ts';

/** Energy by hour of a piece of the months that demand charges are of. */
export type DemandHours = {
  readonly window: TimeRange;
  readonly revision: CostBookRevision;
  readonly stepSeconds: number;
  /** By site, product, state and the other places that prices of the revision name. */
  readonly rows: readonly PowerRow[];
};

/**
 * The hours that the demand charges of a window rest on: all of the months that it touches, as far as facts go, whatever
 * part of a month or of the fleet is asked about. Empty where no price has a demand charge.
 */
export async function demandHours(
  store: Store,
  book: CostBook,
  ask: { readonly window: TimeRange; readonly columns: readonly GpuFactColumn[] },
): Promise<readonly DemandHours[]> {
  const { window } = ask;
  const prices = pricedPieces(book, window).flatMap(({ revision }) => chargedPrices(revision));
  const extent = prices.length === 0 ? null : await store.extent();
  const months = prices.flatMap(({ zone }) => [monthAt(window.from, zone), monthAt(epochMs(window.to - 1), zone)]);
  const whole = {
    from: epochMs(Math.min(...months.map(({ from }) => from))),
    to: epochMs(Math.max(...months.map(({ to }) => to))),
  };
  const elapsed = extent === null ? null : overlapOf(whole, extent);
  if (elapsed === null) return [];
  return await Promise.all(pricedPieces(book, elapsed).map((piece) => hoursOf(store, piece, ask.columns)));
}

/** The demand charges that rest on such hours. */
export function demandShares(pieces: readonly DemandHours[]): DemandShares {
  const drafts: Drafts = new Map();
  for (const { rows, revision } of pieces) addHours(drafts, rows, revision);
  const shares = new Map([...drafts].map(([key, draft]) => [key, shareOf(draft, pieces)]));
  return (price, site, month) => shares.get(keyOf(price, site, month)) ?? null;
}

function chargedPrices(revision: CostBookRevision): EnergyPrice[] {
  const all = [revision.energy, ...revision.siteEnergy.map(({ energy }) => energy)];
  return all.filter(({ demandUsdPerKilowattMonth }) => demandUsdPerKilowattMonth > 0);
}

/** Revisions that agree on a price share its month: a changed rent does not divide a demand charge. */
function keyOf(price: EnergyPrice, site: string | null, month: string): string {
  return JSON.stringify([price, site, month]);
}

async function hoursOf(
  store: Store,
  { window, revision }: { readonly window: TimeRange; readonly revision: CostBookRevision },
  columns: readonly GpuFactColumn[],
): Promise<DemandHours> {
  const zones = chargedPrices(revision).map(({ zone }) => zone);
  if (zones.length === 0) return { window, revision, stepSeconds: 0, rows: [] };
  const stepSeconds = stepOfZones(zones, window);
  const by = hourDimensions(revision);
  return { window, revision, stepSeconds, rows: await store.powerFacts({ window, by, stepSeconds, columns }) };
}

function otherPlaces(revision: CostBookRevision) {
  return placesNamedBy(revision).filter((name) => name !== 'site');
}

/** What the rows of hours are told apart by. */
export function hourDimensions(revision: CostBookRevision): readonly GpuDimension[] {
  return ['site', 'sku', 'state', ...otherPlaces(revision)];
}

/** The energy of one site in one month under one price. */
type Draft = {
  readonly price: EnergyPrice;
  readonly usdPerUnit: number;
  readonly site: string | null;
  readonly month: string;
  readonly hours: Map<EpochMs, HourOfEnergy>;
};

type Drafts = Map<string, Draft>;

function addHours(drafts: Drafts, rows: readonly PowerRow[], revision: CostBookRevision): void {
  const kinds = Map.groupBy(rows, (row) => JSON.stringify(row.by));
  const clocksByZone = new Map<string, Map<EpochMs, ClockHour>>();
  for (const list of kinds.values()) {
    const [first] = list;
    const charge = first === undefined ? null : chargeOf(first, revision);
    if (charge === null) continue;
    const clocks = clocksByZone.get(charge.price.zone) ?? new Map<EpochMs, ClockHour>();
    clocksByZone.set(charge.price.zone, clocks);
    const ofMonth = new Map<string, Draft>();
    for (const row of list) {
      const measured = row.boundary === 'board' ? row.sums.energyJoules : row.measuredJoules;
      if (measured === null) continue;
      const { start, month } = clockHour(clocks, row.start, charge.price.zone);
      const draft = ofMonth.get(month) ?? draftOf(drafts, charge, month);
      ofMonth.set(month, draft);
      const energy = facilityEnergyOf({ joules: joules(measured), boundary: row.boundary }, charge.price);
      addHour(draft, start, { energy: toKilowattHours(energy), isWatched: row.by[2] !== 'unobserved' });
    }
  }
}

/** Whose demand charge the energy of some rows counts in. */
type Charge = Pick<Draft, 'price' | 'usdPerUnit' | 'site'>;

/** Null where the energy is in the rent, or its price has no demand charge. */
function chargeOf({ by }: PowerRow, revision: CostBookRevision): Charge | null {
  const [site = null, sku] = by;
  const others = otherPlaces(revision).map((name, index) => [name, by[3 + index] ?? null] as const);
  const { price } = energyPriceAt(revision, site);
  const usdPerUnit = usdPerUnitOf(revision, price.currency);
  const rates = hourlyRatesOf(revision, sku ?? UNKNOWN_SKU, { site, ...Object.fromEntries(others) });
  const isCharged = rates?.includesEnergy === false && price.demandUsdPerKilowattMonth > 0;
  return isCharged && usdPerUnit !== null ? { price, usdPerUnit, site } : null;
}

function draftOf(drafts: Drafts, charge: Charge, month: string): Draft {
  const key = keyOf(charge.price, charge.site, month);
  const draft = drafts.get(key) ?? { ...charge, month, hours: new Map<EpochMs, HourOfEnergy>() };
  drafts.set(key, draft);
  return draft;
}

function addHour(
  { hours }: Draft,
  start: EpochMs,
  { energy, isWatched }: { readonly energy: KilowattHours; readonly isWatched: boolean },
): void {
  const before = hours.get(start);
  hours.set(start, {
    start,
    energy: kilowattHours((before?.energy ?? 0) + energy),
    // A bridged gap stands whole in its first hour.
    watched: kilowattHours((before?.watched ?? 0) + (isWatched ? energy : 0)),
  });
}

type ClockHour = { readonly start: EpochMs; readonly month: string };

/** The hour of the zone's clock that a bucket lies in, and its month. */
function clockHour(clocks: Map<EpochMs, ClockHour>, at: EpochMs, zone: string): ClockHour {
  const known = clocks.get(at);
  if (known !== undefined) return known;
  const { year, month, minute } = wallClockAt(at, zone);
  const hour = { start: epochMs(at - minute * 60_000), month: monthName(year, month) };
  clocks.set(at, hour);
  return hour;
}

function shareOf(
  { price, usdPerUnit, site, month, hours }: Draft,
  pieces: readonly { readonly window: TimeRange; readonly revision: CostBookRevision }[],
): DemandShare | null {
  const [first] = hours.keys();
  if (first === undefined) return null;
  const whole = monthAt(first, price.zone);
  const wanted = JSON.stringify(price);
  const held = pieces.filter(({ revision }) => JSON.stringify(energyPriceAt(revision, site).price) === wanted);
  const seconds = held.reduce((total, piece) => total + overlapSeconds(piece.window, whole), 0);
  return demandShareOf([...hours.values()], {
    site,
    month,
    usdPerKilowattMonth: price.demandUsdPerKilowattMonth * usdPerUnit,
    shareOfMonth: seconds / secondsOf(whole),
  });
}

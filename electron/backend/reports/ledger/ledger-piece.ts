import { isPhysical, presenceOf } from '#backend/answers/presence.ts';
import {
  asksForRunning,
  definedOnly,
  GPU_COLUMNS,
  lineOf,
  physicalScopeOf,
  placeFrom,
  placesTold,
  unseenLine,
} from '#backend/answers/priced-groups.ts';
import type { UsageLine } from '#backend/answers/priced-group.ts';
import { unusedLines } from '#backend/answers/unused-commitments.ts';
import type { FactRow, GpuDimension, PowerRow, Store } from '#backend/store/store.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import type { ChargeUsage } from '#shared/cost/charges/charge-parts.ts';
import { commitmentIdOf } from '#shared/cost/charges/commitment-payments.ts';
import { committedPrices, termOf, unusedCommitment } from '#shared/cost/commitments.ts';
import type { GpuPlace, PriceDimension } from '#shared/cost/matching-price.ts';
import type { Pricer } from '#shared/cost/pricer.ts';
import { tariffCalendar, type TariffCalendar } from '#shared/cost/tariff-calendar.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { ChargePlace } from '#shared/model/charge-row.ts';
import type { CostBookRevision, HardwarePrice } from '#shared/model/cost-book.ts';
import type { GpuFactSums } from '#shared/model/fact.ts';
import type { Coverage } from '#shared/model/figure.ts';
import { UNKNOWN_SKU, type GpuSeat } from '#shared/model/gpu.ts';
import { overlapOf, overlapSeconds, type TimeRange } from '#shared/time/time-range.ts';
import { daySlots, placeOnDay, TOLD, type DaySlots } from './day-slots.ts';

/** What the store says of a piece of the window in which one revision of the cost book held, by local days. */
export type LedgerPiece = {
  readonly window: TimeRange;
  readonly scope: CallScope;
  readonly revision: CostBookRevision;
  readonly calendar: TariffCalendar | null;
  readonly slots: DaySlots;
  readonly places: readonly PriceDimension[];
  readonly gpuRows: readonly PowerRow[];
  readonly seats: readonly GpuSeat[];
  readonly hardware: readonly DayHardware[];
};

/** Owned and observed GPU time of one product in one place and day. */
type DayHardware = {
  readonly place: ChargePlace;
  readonly sku: string;
  readonly priced: GpuPlace;
  readonly coverage: Coverage;
};

type Ask = {
  readonly window: TimeRange;
  readonly revision: CostBookRevision;
  readonly zone: string;
  readonly scope: CallScope;
};

export async function readLedgerPiece(store: Store, { window, revision, zone, scope }: Ask): Promise<LedgerPiece> {
  const calendar = tariffCalendar(revision, window);
  const places = placesTold(revision);
  const slots = daySlots(window, zone, calendar);
  const physical = ['site', 'pool', 'sku', ...places] as const;
  const asked = { window, stepSeconds: null, slots: slots.slots };
  const [gpuRows, observedRows, seats] = await Promise.all([
    store.powerFacts({
      ...asked,
      scope: definedOnly<GpuDimension>(scope),
      by: [...TOLD, 'sku', ...places, 'state'],
      columns: GPU_COLUMNS,
    }),
    asksForRunning(scope) || asksForNone(scope)
      ? store.gpuFacts({ ...asked, scope: physicalScopeOf(scope), by: physical, columns: ['observedSeconds'] })
      : null,
    store.seats(window),
  ]);
  const rows = { window, scope, revision, calendar, slots, places, gpuRows, seats };
  const observed = observedRows ?? gpuRows.map((row) => ({ ...row, by: physicalKeys(row.by, places) }));
  return { ...rows, hardware: hardwareOf(rows, observed) };
}

/** Whether a scope asks for what has no model or engine: a part of what stands in its places. */
function asksForNone(scope: CallScope): boolean {
  return Object.entries(scope).some(([name, value]) => value === null && !isPhysical(name));
}

/** Site, pool, product and places of a row that is told apart by `TOLD` first. */
function physicalKeys(by: readonly (string | null)[], places: readonly PriceDimension[]): (string | null)[] {
  return [by[0] ?? null, by[1] ?? null, ...by.slice(TOLD.length, TOLD.length + 1 + places.length)];
}

type PieceRows = Omit<LedgerPiece, 'hardware'>;

/** The part of each day that lies in the piece. */
function daysInside({ slots, window }: PieceRows): { readonly index: number; readonly window: TimeRange }[] {
  return slots.days.flatMap(({ period }, index) => {
    const inside = overlapOf(period, window);
    return inside === null ? [] : [{ index, window: inside }];
  });
}

function placeOf({ slots }: PieceRows, day: number, by: readonly (string | null)[]): ChargePlace {
  return placeOnDay(slots.days[day], by);
}

function hardwareOf(piece: PieceRows, rows: readonly FactRow<GpuFactSums>[]): DayHardware[] {
  const { places, scope, seats, slots } = piece;
  const by = ['site', 'pool', 'sku', ...places] as const;
  const observed = new Map<string, number>();
  for (const row of rows) {
    const key = JSON.stringify([slots.dayOf(row.slot ?? 0), ...row.by]);
    observed.set(key, (observed.get(key) ?? 0) + (row.sums.observedSeconds ?? 0));
  }
  return daysInside(piece).flatMap(({ index, window }) =>
    presenceOf(seats, { window, scope: physicalScopeOf(scope), by, stepSeconds: null }).map((item) => ({
      place: placeOf(piece, index, item.by.slice(0, 2)),
      sku: item.by[2] ?? UNKNOWN_SKU,
      priced: placeFrom(item.by, 3, places),
      coverage: {
        observedSeconds: Math.min(item.gpuSeconds, observed.get(JSON.stringify([index, ...item.by])) ?? 0),
        expectedSeconds: item.gpuSeconds,
      },
    })),
  );
}

/** All GPU time and energy of a piece, and the rent of committed GPUs that are not in the fleet. */
export function usageOf(piece: LedgerPiece, pricer: Pricer): ChargeUsage[] {
  const { gpuRows, places, revision, slots } = piece;
  // Time that nobody saw belongs to nothing that runs.
  const hardware = asksForRunning(piece.scope) ? [] : piece.hardware;
  const seen = gpuRows.map((row) => {
    const slot = row.slot ?? 0;
    const line = lineOf({ ...row, slot: slots.kindOf(slot) }, TOLD.length, places, pricer);
    return { place: placeOf(piece, slots.dayOf(slot), row.by), line };
  });
  const unseen = hardware.map((item) => ({
    place: item.place,
    line: unseenLine({ ...item, place: item.priced }, pricer),
  }));
  const shareOf = commitmentShares(piece, pricer);
  const known = [...seen, ...unseen].map(({ place, line }) => ({
    place,
    line,
    revision,
    commitment: shareOf(place, line),
    isUnusedCommitment: false,
  }));
  return [...known, ...unusedUsage(piece, pricer)];
}

function unusedUsage(piece: LedgerPiece, pricer: Pricer): ChargeUsage[] {
  const committed = committedPrices(piece.revision);
  const { scope } = piece;
  if (asksForRunning(scope)) return [];
  return daysInside(piece).flatMap(({ index, window }) =>
    unusedLines(pricer, piece.seats, { scope, by: TOLD, buckets: [{ start: window.from, window }] }).map((item) => {
      const price = item.line.rates?.price;
      const own = committed.find((one) => one.price === price);
      return {
        place: placeOf(piece, index, item.by),
        line: { ...item.line, sku: price?.sku ?? item.line.sku },
        revision: piece.revision,
        commitment: own === undefined ? null : { id: commitmentIdOf(own), share: 1 },
        isUnusedCommitment: true,
      };
    }),
  );
}

/**
 * The share of a line's GPU time that is under the commitment of its price: all of it, unless more GPUs are known than are
 * committed, or the term holds for a part of the day.
 *
 *   share = (committed GPU-s of the day - unused GPU-s) / GPU-s of all known GPUs of the price, at most 1
 */
function commitmentShares(
  piece: LedgerPiece,
  pricer: Pricer,
): (place: ChargePlace, line: UsageLine) => ChargeUsage['commitment'] {
  const committed = committedPrices(piece.revision);
  if (committed.length === 0) return () => null;
  const shares = new Map<HardwarePrice, { readonly id: string; readonly byDay: ReadonlyMap<string, number> }>();
  for (const one of committed) {
    const known = piece.seats.filter((seat) => pricer.ratesOf(seat.sku, seat)?.price === one.price);
    const spans = known.map(({ since, until }) => ({ from: since, to: until ?? piece.window.to }));
    const byDay = daysInside(piece).map(({ index, window }) => {
      const held = one.commitment.gpus * overlapSeconds(termOf(one.commitment), window);
      const unused = unusedCommitment(one.commitment, spans, window);
      const owned = sumOf(spans, (span) => overlapSeconds(span, window));
      const share = owned > 0 ? Math.min(1, (held - unused) / owned) : 0;
      return [placeOf(piece, index, []).day, share] as const;
    });
    shares.set(one.price, { id: commitmentIdOf(one), byDay: new Map(byDay) });
  }
  return (place, line) => {
    const own = line.rates === null ? undefined : shares.get(line.rates.price);
    const share = own?.byDay.get(place.day) ?? 0;
    return own === undefined || share === 0 ? null : { id: own.id, share };
  };
}

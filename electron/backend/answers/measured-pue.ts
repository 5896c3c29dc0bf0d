import type { FactRow, Store } from '#backend/store/store.ts';
import { energyPriceAt } from '#shared/cost/tariff.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { CostBookRevision } from '#shared/model/cost-book.ts';
import type { MeterFactSums } from '#shared/model/fact.ts';
import type { FigureInput } from '#shared/model/figure.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { toKilowattHours } from '#shared/units/arithmetic.ts';
import { joules } from '#shared/units/quantities.ts';
import { short } from './figure-text.ts';
import { isPhysical } from './presence.ts';

/** PUE as meters have it, in the places that have one at the wall and one of IT. */
export type MeasuredPue = {
  readonly pue: number;
  /** Energy at the wall, and IT energy of the same places and of as much time, J. */
  readonly wallJoules: number;
  readonly itJoules: number;
};

/**
 *   PUE = energy at the wall / (mean IT power x time of the wall meter)
 *
 * over nodes with a meter of their own and one at the wall, and racks likewise. Null where no place has both.
 */
export async function measuredPue(
  store: Store,
  { window, scope }: { readonly window: TimeRange; readonly scope: CallScope },
): Promise<MeasuredPue | null> {
  const asked = Object.entries(scope).filter(([, value]) => value !== undefined);
  const meters = await store.meters(window);
  const isOfPlaces = asked.every(([name]) => isPhysical(name) && name !== 'gpu');
  if (!isOfPlaces || meters.every(({ boundary }) => boundary !== 'wall')) return null;
  const columns = ['observedSeconds', 'energyJoules'] as const;
  const by = ['node', 'rack', 'boundary'] as const;
  const rows = await store.meterFacts({ window, scope: Object.fromEntries(asked), by, stepSeconds: null, columns });
  const pairs = pairsOf(rows);
  const wallJoules = sumOf(pairs, (pair) => pair.wall);
  const itJoules = sumOf(pairs, (pair) => pair.it);
  return itJoules > 0 ? { pue: wallJoules / itJoules, wallJoules, itJoules } : null;
}

function pairsOf(rows: readonly FactRow<MeterFactSums>[]): { readonly wall: number; readonly it: number }[] {
  const placeOf = ({ by: [node = null, rack = null] }: FactRow<MeterFactSums>): string =>
    JSON.stringify(node === null ? [null, rack] : [node]);
  return [...Map.groupBy(rows, placeOf).values()].flatMap((list) => {
    const wall = addedOf(list, ['wall']);
    const it = addedOf(list, ['node', 'rack']);
    if (wall.seconds <= 0 || it.seconds <= 0) return [];
    return [{ wall: wall.joules, it: (it.joules / it.seconds) * wall.seconds }];
  });
}

function addedOf(rows: readonly FactRow<MeterFactSums>[], boundaries: readonly string[]) {
  const own = rows.filter(({ by: [, , boundary] }) => boundaries.includes(boundary ?? ''));
  return {
    joules: sumOf(own, ({ sums }) => sums.energyJoules ?? 0),
    seconds: sumOf(own, ({ sums }) => sums.observedSeconds ?? 0),
  };
}

/** The measured PUE as an input: it is used wherever the wall is metered, because the meter's joules are then the cost. */
export function pueInputs(measured: MeasuredPue | null): FigureInput[] {
  if (measured === null) return [];
  const { pue, wallJoules, itJoules } = measured;
  const [wall, it] = [wallJoules, itJoules].map((energy) => short(toKilowattHours(joules(energy))));
  return [
    {
      label: 'PUE, measured where the wall and IT have meters',
      value: pue,
      unit: 'factor',
      source: `${wall} kWh at the wall ÷ ${it} kWh of IT in the same places and time`,
      quality: 'measured',
    },
  ];
}

/** A book that is further than this from what meters say is worth a note. */
const PUE_DIFFERENCE_MAX = 0.02;

export function pueNotes(measured: MeasuredPue | null, revision: CostBookRevision, scope: CallScope): string[] {
  if (measured === null) return [];
  const entered = energyPriceAt(revision, scope.site ?? null).price.pue;
  if (Math.abs(measured.pue / entered - 1) <= PUE_DIFFERENCE_MAX) return [];
  return [
    `Meters at the wall and of IT measure a PUE of ${short(measured.pue)}; the cost book says ${entered}, which is used where the wall has no meter.`,
  ];
}

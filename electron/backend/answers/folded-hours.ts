import { slotAt, type BucketSlots } from '#backend/store/bucket-slots.ts';
import type { GpuDimension, PowerRow } from '#backend/store/store.ts';
import type { GpuFactColumn, GpuFactSums } from '#shared/model/fact.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { hourDimensions, type DemandHours } from './demand-charges.ts';

/**
 * Hours that were read for a demand charge, as the rows that a question about the whole fleet would give: the same facts are
 * not read twice. Null where they are not the same: hours that reach over an edge of the window, other buckets than the
 * tariff's, or energy that meters share out by cells of the window.
 */
export function foldedHours(
  pieces: readonly DemandHours[],
  ask: {
    readonly window: TimeRange;
    readonly told: readonly GpuDimension[];
    readonly slots: BucketSlots;
    readonly columns: readonly GpuFactColumn[];
  },
): PowerRow[] | null {
  const { window, slots, told } = ask;
  const piece = pieces.find((one) => one.window.from <= window.from && one.window.to >= window.to);
  const stepMs = slots.stepSeconds * 1000;
  const isWhole = window.from % stepMs === 0 && window.to % stepMs === 0;
  if (piece === undefined || !isWhole || piece.stepSeconds !== slots.stepSeconds) return null;
  const inside = piece.rows.filter(({ start }) => start >= window.from && start < window.to);
  if (inside.some(({ boundary }) => boundary !== 'board')) return null;
  const dimensions = hourDimensions(piece.revision);
  const places = told.map((name) => dimensions.indexOf(name));
  const groups = new Map<string, { readonly row: PowerRow; readonly sums: Record<string, number | null> }>();
  for (const row of inside) {
    const by = places.map((index) => row.by[index] ?? null);
    const slot = slotAt(slots, row.start);
    const key = JSON.stringify([slot, ...by]);
    const known = groups.get(key);
    if (known === undefined) {
      const sums = { ...row.sums };
      groups.set(key, { row: { ...row, by, start: window.from, slot, sums }, sums });
    } else addSums(known.sums, row.sums, ask.columns);
  }
  return [...groups.values()].map(({ row }) => row);
}

function addSums(into: Record<string, number | null>, sums: GpuFactSums, columns: readonly GpuFactColumn[]): void {
  for (const column of columns) {
    const value = sums[column];
    if (value !== null) into[column] = (into[column] ?? 0) + value;
  }
}

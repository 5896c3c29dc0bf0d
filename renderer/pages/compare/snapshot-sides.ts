import type { ComparedSides, SideChoice } from '#renderer/backend/queries.ts';
import type { ExportTable } from '#renderer/components/csv-text.ts';
import { windowLabel } from '#renderer/state/range-spec.ts';
import type { ComparedSide, SnapshotComparison } from '#shared/contract/snapshot-comparison-schema.ts';
import type { SnapshotFile } from '#shared/contract/snapshot-schema.ts';
import type { ZoneName } from '#shared/units/format-time.ts';

/** What stands in the two choosers: the name of a file, `shown` (over the range of the page) or `same` (over the other's window). */
export type Chosen = { readonly first: string; readonly second: string; readonly book: 'own' | 'first' };

export const SHOWN = 'shown';
export const SAME = 'same';

/** No name of a snapshot holds it. */
const BETWEEN = '|';

/** From the address; with nothing chosen, the newest file beside what is shown over the same window. */
export function chosenFrom(item: string | null, files: readonly SnapshotFile[]): Chosen {
  const [first, second, book] = item?.split(BETWEEN) ?? [];
  const newest = files.find(({ about }) => about !== null)?.name ?? SHOWN;
  const isOption = (value: string | undefined): value is string =>
    value === SHOWN || value === SAME || files.some(({ name }) => name === value);
  return {
    first: isOption(first) ? first : newest,
    second: isOption(second) ? second : SAME,
    book: book === 'first' ? 'first' : 'own',
  };
}

export function chosenTo({ first, second, book }: Chosen): string {
  return [first, second, book].join(BETWEEN);
}

/** What is asked for a choice. */
export function sidesOf({ first, second, book }: Chosen, files: readonly SnapshotFile[]): ComparedSides {
  return { first: sideOf(first, second, files), second: sideOf(second, first, files), book };
}

function sideOf(value: string, other: string, files: readonly SnapshotFile[]): SideChoice {
  if (value === SHOWN) return { kind: 'shown', window: null };
  if (value !== SAME) return { kind: 'snapshot', name: value };
  return { kind: 'shown', window: files.find(({ name }) => name === other)?.about?.window ?? null };
}

/** `week.twsnap: 2026-11-24 00:00 to …` */
export function sideWords({ name, window }: ComparedSide, zone: ZoneName): string {
  return `${name}: ${windowLabel(window, zone)}`;
}

/** Exactly what the table shows, unrounded, each row in its own unit; notes stand below. */
export function comparisonExport({ measures, first, second, notes }: SnapshotComparison): ExportTable {
  return {
    columns: [
      { head: 'Measure' },
      { head: 'Unit' },
      { head: `First: ${sideWords(first, 'UTC')}` },
      { head: `Second: ${sideWords(second, 'UTC')}` },
      { head: 'Difference' },
      { head: 'Difference', unit: 'share of the first' },
      { head: 'Remark' },
    ],
    rows: [
      ...measures.map((row) => [
        row.label,
        row.first.unit,
        row.first.value,
        row.second.value,
        row.difference.value,
        row.relative,
        row.reason ?? '',
      ]),
      ...notes.map((note) => ['Note', '', null, null, null, null, note]),
    ],
  };
}

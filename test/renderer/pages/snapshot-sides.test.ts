import { describe, expect, it } from 'vitest';
import { chosenFrom, chosenTo, comparisonExport, sidesOf } from '#renderer/pages/compare/snapshot-sides.ts';
import type { SnapshotComparison } from '#shared/contract/snapshot-comparison-schema.ts';
import type { SnapshotFile } from '#shared/contract/snapshot-schema.ts';
import { epochMs } from '#shared/time/instant.ts';

const WINDOW = { from: epochMs(0), to: epochMs(3_600_000) };
const TORN = { name: 'torn.twsnap', bytes: 9, about: null, refusal: 'it is no snapshot' };
const WEEK = { name: 'week.twsnap', bytes: 9, about: { window: WINDOW }, refusal: null } as unknown as SnapshotFile;
const FILES: readonly SnapshotFile[] = [TORN, WEEK];

describe('the two sides', () => {
  it('begin with the newest file that opens, beside what is shown over its window', () => {
    const chosen = chosenFrom(null, FILES);
    expect(chosen).toEqual({ first: 'week.twsnap', second: 'same', book: 'own' });
    expect(sidesOf(chosen, FILES)).toEqual({
      first: { kind: 'snapshot', name: 'week.twsnap' },
      second: { kind: 'shown', window: WINDOW },
      book: 'own',
    });
  });

  it('come back from the address', () => {
    const chosen = { first: 'shown', second: 'torn.twsnap', book: 'first' } as const;
    expect(chosenFrom(chosenTo(chosen), FILES)).toEqual(chosen);
    expect(sidesOf(chosen, FILES).first).toEqual({ kind: 'shown', window: null });
  });

  it('do not hold a file that is gone, and take the range of the page where no file gives a window', () => {
    expect(chosenFrom('gone.twsnap|shown|own', FILES).first).toBe('week.twsnap');
    expect(sidesOf({ first: 'shown', second: 'same', book: 'own' }, FILES).second).toEqual({
      kind: 'shown',
      window: null,
    });
  });
});

it('exports each measure unrounded with its unit, an unknown one empty beside its reason, and the notes', () => {
  const side = { name: 'week.twsnap', window: WINDOW };
  const measure = {
    label: 'Spend',
    first: { value: 10.123456, unit: 'USD' },
    second: { value: null, unit: 'USD' },
    difference: { value: null },
    relative: null,
    reason: 'not known on the second side',
  };
  const answer = { first: side, second: side, measures: [measure], notes: ['Prices differ.'] };
  const { rows, columns } = comparisonExport(answer as unknown as SnapshotComparison);
  expect(rows).toEqual([
    ['Spend', 'USD', 10.123456, null, null, null, 'not known on the second side'],
    ['Note', '', null, null, null, null, 'Prices differ.'],
  ]);
  expect(rows.every((row) => row.length === columns.length)).toBe(true);
});

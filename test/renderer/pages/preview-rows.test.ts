import { describe, expect, it } from 'vitest';
import { askOf, holdsIn, isOneWindow, partRows, signedText } from '#renderer/pages/cost-book/preview-rows.ts';
import type { CostBookPreview, PreviewedFigures } from '#shared/contract/cost-book-preview-schema.ts';
import { COST_PARTS } from '#shared/contract/backend-api.ts';
import type { Figure } from '#shared/model/figure.ts';
import { epochMs } from '#shared/time/instant.ts';
import { REVISION } from './cost-book-book.ts';

function figureOf(value: number | null, parts: readonly number[] = []): Figure {
  return {
    value,
    unit: 'USD/Mtok',
    absence: value === null ? 'no-price' : null,
    formula: '',
    working: '',
    parts: COST_PARTS.slice(0, parts.length).map((key, index) => ({
      key,
      label: key,
      value: parts[index] ?? 0,
      unit: 'USD/Mtok',
    })),
    inputs: [],
    coverage: { observedSeconds: 1, expectedSeconds: 1 },
    powerBoundary: null,
    notes: [],
  };
}

function figuresOf(loaded: Figure): PreviewedFigures {
  return { loaded, serving: loaded, marginal: loaded, spend: loaded, month: loaded };
}

const WINDOW = { from: epochMs(0), to: epochMs(86_400_000) };

function windowOf(inForce: Figure, draft: Figure) {
  return { window: WINDOW, inForce: figuresOf(inForce), draft: figuresOf(draft) };
}

describe('the parts of a preview', () => {
  it('add to their total as printed, in both books, and say what differs', () => {
    const before = [0.0333, 0.0333, 0.0334, 0.0121, 0, 0.0079];
    const after = [0.0333, 0.0333, 0.0334, 0.0242, 0, 0.0158];
    const total = (parts: readonly number[]): number => parts.reduce((sum, part) => sum + part, 0);
    const rows = partRows(windowOf(figureOf(total(before), before), figureOf(total(after), after)));
    expect(rows.map((row) => row.change)).toEqual(['', '', '', '+0.0121', '', '+0.0079']);
    for (const column of ['inForce', 'draft'] as const) {
      const added = rows.reduce((sum, row) => sum + Number(row[column]), 0);
      expect(added).toBeCloseTo(total(column === 'draft' ? after : before), 4);
    }
  });

  it('are dashes where the cost is not known, and no change is claimed', () => {
    const rows = partRows(windowOf(figureOf(0.1, [0.1, 0, 0, 0, 0, 0]), figureOf(null)));
    expect(rows[0]).toMatchObject({ inForce: '0.1000', draft: '–', change: '' });
  });

  it.each([
    [0.01, '+0.010'],
    [-0.01, '−0.010'],
    [0.0004, ''],
    [0, ''],
  ])('a difference of %d reads %j', (difference, expected) => {
    expect(signedText(difference, 3)).toBe(expected);
  });
});

describe('what a preview asks', () => {
  const later = { ...REVISION, from: epochMs(5000) };

  it('is the draft as it is dated; a revision to come is shown as if it held', () => {
    expect(askOf([REVISION, later], 1, epochMs(9000))).toEqual({ revisions: [REVISION, later], asIfHeld: false });
    expect(askOf([REVISION, later], 1, epochMs(1000))).toEqual({ revisions: [later], asIfHeld: true });
    expect(askOf([later], 0, epochMs(1000)).asIfHeld).toBe(false);
  });

  it.each([
    [0, { from: epochMs(0), to: epochMs(5000) }, true],
    [0, { from: epochMs(5000), to: epochMs(6000) }, false],
    [1, { from: epochMs(4000), to: epochMs(5001) }, true],
    [1, { from: epochMs(4000), to: epochMs(5000) }, false],
  ])('revision %i holds in %j: %s', (chosen, window, expected) => {
    expect(holdsIn([REVISION, later], chosen, window)).toBe(expected);
  });

  it('knows two windows that are one', () => {
    const shown = windowOf(figureOf(1), figureOf(1));
    const other = { ...shown, window: { ...WINDOW, from: epochMs(3_600_000) } };
    const preview: CostBookPreview = { day: shown, range: shown, rates: [], prices: [], trouble: null, warnings: [] };
    expect(isOneWindow(preview)).toBe(true);
    expect(isOneWindow({ ...preview, range: other })).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { isPlausible, PLAUSIBLE, plausibilityWarnings } from '#shared/cost/plausibility.ts';
import { DEFAULT_COST_BOOK } from '#shared/cost/default-cost-book.ts';
import { SAMPLE_COST_BOOK } from '#shared/cost/sample-cost-book.ts';
import type { CostBookRevision } from '#shared/model/cost-book.ts';

const [assumed] = DEFAULT_COST_BOOK.revisions;

function withPue(pue: number): CostBookRevision {
  return { ...assumed!, energy: { ...assumed!.energy, pue } };
}

describe('plausible ranges', () => {
  it('hold what the assumed book and the sample fleet say', () => {
    const revisions = [...DEFAULT_COST_BOOK.revisions, ...SAMPLE_COST_BOOK.revisions];
    expect(revisions.flatMap(plausibilityWarnings)).toEqual([]);
  });

  it('warn of a PUE in percent, and name what is usual', () => {
    expect(plausibilityWarnings(withPue(125))).toEqual(['PUE is 125: usual is 1 to 1.8. Check the unit.']);
    expect(plausibilityWarnings(withPue(PLAUSIBLE.pue.to))).toEqual([]);
  });

  it('do not judge what is no number', () => {
    expect(isPlausible(Number.NaN, PLAUSIBLE.pue)).toBe(true);
    expect(isPlausible(0.9, PLAUSIBLE.pue)).toBe(false);
  });
});

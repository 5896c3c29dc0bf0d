import { COST_PARTS, type CostPart, type CostSeries, type OverviewFigures } from '#shared/contract/backend-api.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { CostChartSeries } from '#renderer/charts/cost-option.ts';
import type { CostKind } from '#renderer/state/url-state.ts';
import { PART_WORDS } from '#renderer/state/words.ts';

/** The unit cost of the kind that the reader chose. */
export function costOfKind(figures: OverviewFigures, kind: CostKind): Figure {
  switch (kind) {
    case 'loaded':
      return figures.cost;
    case 'serving':
      return figures.servingCost;
    case 'marginal':
      return figures.marginalCost;
    default:
      return figures.cost;
  }
}

/** Parts that a kind of cost holds; the history has energy only of GPUs at work, so marginal is told as that. */
const PARTS_OF_KIND: Readonly<Record<CostKind, readonly CostPart[]>> = {
  loaded: COST_PARTS,
  serving: ['capital', 'facility', 'network-operations', 'energy'],
  marginal: ['energy'],
};

/** The history of one kind of cost: its parts in stacking order and their sum. Null stays null. */
export function chartSeriesOf(series: CostSeries, kind: CostKind): CostChartSeries {
  const keys = PARTS_OF_KIND[kind];
  const parts = keys.map((key) => ({ key, label: PART_WORDS[key], values: series.parts[key] }));
  return {
    stepSeconds: series.stepSeconds,
    starts: series.starts,
    parts,
    total: kind === 'loaded' ? series.cost : series.starts.map((_, index) => sumAt(parts, index)),
    tokensPerSecond: series.tokensPerSecond,
    coverage: series.coverage,
  };
}

function sumAt(parts: readonly { readonly values: readonly (number | null)[] }[], index: number): number | null {
  let sum = 0;
  for (const part of parts) {
    const value = part.values[index];
    if (value === null || value === undefined) return null;
    sum += value;
  }
  return sum;
}

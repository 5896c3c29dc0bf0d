import type { CostChartSeries } from '#renderer/charts/cost-option.ts';
import type { ExportTable } from '#renderer/components/csv-text.ts';
import type { ClassKey, CostDetail, Reconciliation } from '#shared/contract/cost-schema.ts';
import type { TimeRange } from '#shared/time/time-range.ts';

/** What the panels of the Cost screen show, as tables that leave with it: unrounded, with units in their heads. */

export const CLASS_WORDS: Readonly<Record<ClassKey, string>> = {
  'uncached-input': 'Uncached input',
  'cached-input': 'Cached input',
  output: 'Output',
  unattributed: 'No tokens',
};

export function classExport({ classes }: CostDetail): ExportTable {
  return {
    columns: [
      { head: 'Class' },
      { head: 'Tokens' },
      { head: 'Weighted share', unit: 'ratio' },
      { head: 'Cost', unit: 'USD' },
      { head: 'Cost of its own tokens', unit: 'USD/Mtok' },
    ],
    rows: [
      ...classes.rows.map((row) => [
        CLASS_WORDS[row.key],
        row.tokens,
        row.weightedShare,
        row.cost.value,
        row.unitCost.value,
      ]),
      ['Bill', null, null, classes.bill.value, null],
    ],
  };
}

export function energyExport({ energy }: CostDetail): ExportTable {
  return {
    columns: [
      { head: 'Boundary' },
      { head: 'Mean power', unit: 'W' },
      { head: 'Tokens per joule', unit: 'token/J' },
      { head: 'Tokens per second and megawatt', unit: 'token/s/MW' },
      { head: 'Energy cost', unit: 'USD/Mtok' },
    ],
    rows: [
      ...energy.rows.map((row) => [
        row.boundary,
        row.meanPower.value,
        row.tokensPerJoule.value,
        row.perMegawatt.value,
        null,
      ]),
      ['attributed energy', null, null, null, energy.attributed.value],
      ['marginal energy', null, null, null, energy.marginal.value],
    ],
  };
}

export function earningsExport({ earnings, commitments }: CostDetail): ExportTable {
  const { revenue, margin, multiple, returnOnCost, models } = earnings;
  return {
    columns: [{ head: 'What' }, { head: 'Of' }, { head: 'Value' }, { head: 'Unit' }],
    rows: [
      ...[
        ['Revenue', revenue] as const,
        ['Gross margin', margin] as const,
        ['Revenue multiple', multiple] as const,
        ['Return on cost', returnOnCost] as const,
      ].map(([what, figure]) => [what, 'scope', figure.value, figure.unit]),
      ...models.flatMap((one) => [
        ['Revenue', one.model, one.revenue.value, one.revenue.unit],
        ['Cost', one.model, one.cost.value, one.cost.unit],
      ]),
      ...commitments.flatMap((one) => [
        ['Cash', one.price, one.cash.value, one.cash.unit],
        ['Amortised', one.price, one.amortised.value, one.amortised.unit],
        ['Unused', one.price, one.unused.value, one.unused.unit],
      ]),
    ],
  };
}

export function goodputExport({ goodput }: CostDetail): ExportTable {
  return {
    columns: [
      { head: 'Model' },
      { head: 'First token in time', unit: 'ratio' },
      { head: 'Between tokens in time', unit: 'ratio' },
      { head: 'Requests completed', unit: 'ratio' },
      { head: 'Good tokens, estimate', unit: 'ratio' },
      { head: 'Good tokens, least', unit: 'ratio' },
      { head: 'Good tokens, most', unit: 'ratio' },
      { head: 'Goodput cost, estimate', unit: 'USD/Mtok' },
      { head: 'Goodput cost, least', unit: 'USD/Mtok' },
      { head: 'Goodput cost, most', unit: 'USD/Mtok' },
    ],
    rows: [
      ...goodput.models.map((one) => [
        one.model,
        one.ttft.value,
        one.interToken.value,
        one.completed.value,
        one.good.value,
        one.goodRange?.least ?? null,
        one.goodRange?.most ?? null,
        null,
        null,
        null,
      ]),
      [
        'scope',
        null,
        null,
        null,
        null,
        null,
        null,
        goodput.cost.value,
        goodput.range?.least.value ?? null,
        goodput.range?.most.value ?? null,
      ],
    ],
  };
}

export function reconciliationExport({ lines }: Reconciliation): ExportTable {
  return {
    columns: [
      { head: 'Sum' },
      { head: 'Unit' },
      { head: 'Whole' },
      { head: 'Parts' },
      { head: 'Difference' },
      { head: 'Note' },
    ],
    rows: lines.map((line) => [line.label, line.unit, line.whole, line.parts, line.difference, line.note]),
  };
}

export function trendExport({ starts, parts, total, before, tokensPerSecond }: CostChartSeries): ExportTable {
  return {
    columns: [
      { head: 'From, UTC' },
      ...parts.map((part) => ({ head: part.label, unit: 'USD/Mtok' })),
      { head: 'Cost', unit: 'USD/Mtok' },
      ...(before === undefined ? [] : [{ head: 'Cost in the preceding range', unit: 'USD/Mtok' }]),
      { head: 'Throughput', unit: 'token/s' },
    ],
    rows: starts.map((start, index) => [
      new Date(start).toISOString(),
      ...parts.map((part) => part.values[index] ?? null),
      total[index] ?? null,
      ...(before === undefined ? [] : [before[index] ?? null]),
      tokensPerSecond[index] ?? null,
    ]),
  };
}

/** A series with what the preceding range cost at the same distance from its beginning. Null where that is not known. */
export function withBefore(series: CostChartSeries, earlier: CostChartSeries, window: TimeRange): CostChartSeries {
  if (earlier.stepSeconds !== series.stepSeconds) return series;
  const step = series.stepSeconds * 1000;
  const length = window.to - window.from;
  const at = new Map(earlier.starts.map((start, index) => [Math.round((start + length) / step), earlier.total[index]]));
  return { ...series, before: series.starts.map((start) => at.get(Math.round(start / step)) ?? null) };
}

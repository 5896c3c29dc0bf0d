import { describe, expect, it } from 'vitest';
import type { ChartTheme } from '#shared/charts/chart-theme.ts';
import { costOption, throughputUnit, type CostChartSeries } from '#renderer/charts/cost-option.ts';
import { epochMs } from '#shared/time/instant.ts';

const theme: ChartTheme = {
  name: 'test',
  font: 'Inter',
  sheet: 'sheet',
  grid: 'grid',
  axisLine: 'axis',
  ink: 'ink',
  ink2: 'ink2',
  ink3: 'ink3',
  accent: 'accent',
  areaOpacity: 0.6,
  parts: {
    capital: 'capital',
    facility: 'facility',
    'network-operations': 'network',
    energy: 'energy',
    'down-unseen': 'down',
    idle: 'idle',
  },
  hatches: { idle: 'idle hatch', unseen: 'unseen hatch' },
};

const series: CostChartSeries = {
  stepSeconds: 60,
  starts: [0, 60_000, 120_000].map(epochMs),
  parts: [
    { key: 'capital', label: 'Capital', values: [0.06, null, 0.07] },
    { key: 'idle', label: 'Idle', values: [0.02, null, 0.04] },
  ],
  total: [0.08, null, 0.11],
  tokensPerSecond: [1.2e6, null, 1.9e6],
  coverage: [1, 0, 1],
};

type Axis = {
  readonly min: number;
  readonly max: number;
  readonly axisLabel: { readonly formatter: (at: number) => string };
};
type Line = {
  readonly name: string;
  readonly stack?: string;
  readonly connectNulls: boolean;
  readonly data: readonly unknown[];
  readonly areaStyle: { readonly color: string };
};

const option = costOption({
  series,
  range: { from: epochMs(0), to: epochMs(180_000) },
  zone: 'UTC',
  theme,
  width: 600,
}) as unknown as { readonly yAxis: readonly Axis[]; readonly xAxis: readonly Axis[]; readonly series: readonly Line[] };

/** The option of one part with these values, a bucket a minute. */
function optionOf({ values }: { readonly values: readonly (number | null)[] }) {
  const starts = values.map((_, index) => epochMs(index * 60_000));
  const one = { ...series, starts, parts: [{ ...series.parts[0]!, values }], total: values, tokensPerSecond: values };
  const range = { from: epochMs(0), to: epochMs(values.length * 60_000) };
  return costOption({ series: one, range, zone: 'UTC', theme, width: 600 }) as unknown as {
    readonly series: readonly Line[];
  };
}

describe('costOption', () => {
  it('stacks the parts in their order and puts throughput on the strip', () => {
    expect(option.series.map((line) => [line.name, line.stack])).toEqual([
      ['Capital', 'cost'],
      ['Idle', 'cost'],
      ['Throughput', undefined],
    ]);
  });

  it('draws each bucket at its middle and leaves gaps open', () => {
    const shown = optionOf({ values: [0.06, 0.07, null, 0.08, 0.09] });
    expect(shown.series[0]?.data).toEqual([
      [30_000, 0.06],
      [90_000, 0.07],
      [150_000, null],
      [210_000, 0.08],
      [270_000, 0.09],
    ]);
    expect(shown.series.every((line) => !line.connectNulls)).toBe(true);
  });

  it('gives a value between two gaps the width of its bucket', () => {
    expect(option.series[0]?.data).toEqual([
      [0, 0.06],
      [60_000, 0.06],
      [90_000, null],
      [120_000, 0.07],
      [180_000, 0.07],
    ]);
  });

  it('begins both value axes at zero and holds the most', () => {
    expect(option.yAxis.map((axis) => [axis.min, axis.max])).toEqual([
      [0, 0.125],
      [0, 2e6],
    ]);
  });

  it('covers exactly the range of the page, wherever the data begin', () => {
    expect(option.xAxis.map((axis) => [axis.min, axis.max])).toEqual([
      [0, 180_000],
      [0, 180_000],
    ]);
  });

  it('hatches idle and fills work plainly', () => {
    expect(option.series.map((line) => line.areaStyle.color)).toEqual(['capital', 'idle hatch', 'ink3']);
  });

  it('prints labels of one axis with the decimals its steps need', () => {
    const text = option.yAxis[0]!.axisLabel.formatter;
    expect([0, 0.025, 0.05, 0.125].map(text)).toEqual(['0', '0.025', '0.050', '0.125']);
    expect(option.yAxis[1]!.axisLabel.formatter(2e6)).toBe('2');
  });

  it('names the unit of the strip', () => {
    expect(throughputUnit(series)).toBe('M tok/s');
  });
});

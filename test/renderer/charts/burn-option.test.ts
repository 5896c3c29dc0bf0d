import { describe, expect, it } from 'vitest';
import type { ChartTheme } from '#shared/charts/chart-theme.ts';
import { burnOption } from '#shared/charts/burn-option.ts';
import { watchOption } from '#renderer/charts/watch-option.ts';
import { epochMs } from '#shared/time/instant.ts';

const theme = {
  name: 'dark',
  font: 'Inter',
  sheet: '#000',
  grid: '#111',
  axisLine: '#222',
  ink: '#fff',
  ink2: '#eee',
  ink3: '#ddd',
  accent: '#6cb0ff',
} as ChartTheme;

const DAY = 86_400_000;
const at = (day: number) => epochMs(Date.UTC(2026, 10, 1) + day * DAY);

type Option = {
  readonly xAxis: readonly {
    readonly min: number;
    readonly max: number;
    readonly axisLabel: { readonly customValues: readonly number[] };
  }[];
  readonly yAxis: readonly { readonly min: number; readonly max: number }[];
  readonly series: readonly {
    readonly name: string;
    readonly stack?: string;
    readonly data: readonly (readonly [number, number | null])[];
  }[];
};

describe('the burn chart', () => {
  const points = [
    { at: at(0), actual: 0, even: 0, forecast: null, low: null, high: null },
    { at: at(10), actual: 400, even: 300, forecast: 400, low: 400, high: 400 },
    { at: at(30), actual: null, even: 900, forecast: 1200, low: 1000, high: 1500 },
  ];
  const option = burnOption({
    points,
    month: { from: at(0), to: at(30) },
    usdPerMonth: 900,
    zone: 'UTC',
    theme,
  }) as unknown as Option;
  const column = (name: string) => option.series.find((one) => one.name === name)!.data.map(([, value]) => value);

  it('starts at zero and holds the top of the range', () => {
    expect(option.yAxis[0]).toMatchObject({ min: 0, max: 1500 });
  });

  it('draws what is spent, what is even, the budget and what is to come, gaps as gaps', () => {
    expect(column('spent')).toEqual([0, 400, null]);
    expect(column('even')).toEqual([0, 300, 900]);
    expect(column('budget')).toEqual([900, 900, 900]);
    expect(column('forecast')).toEqual([null, 400, 1200]);
  });

  it('stacks the width of the range upon its low end', () => {
    expect(column('low')).toEqual([null, 400, 1000]);
    expect(column('range')).toEqual([null, 0, 500]);
    expect(option.series.filter(({ stack }) => stack === 'fan')).toHaveLength(2);
  });

  it('names days of the budget’s own zone', () => {
    expect(option.xAxis[0]!.axisLabel.customValues).toEqual([at(0)]);
  });
});

describe('the chart of a rule', () => {
  it('draws the figure from zero beside what it is held against, gaps as gaps', () => {
    const option = watchOption({
      at: [at(0), at(1), at(2)],
      values: [1000, null, 3000],
      against: [1500, 1500, 1500],
      window: { from: at(0), to: at(2) },
      unit: 'W',
      zone: 'UTC',
      theme,
    }) as unknown as Option;
    expect(option.yAxis[0]).toMatchObject({ min: 0, max: 3000 });
    expect(option.series.map(({ name, data }) => [name, data.map(([, value]) => value)])).toEqual([
      ['against', [1500, 1500, 1500]],
      ['value', [1000, null, 3000]],
    ]);
  });
});

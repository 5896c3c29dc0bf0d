import type { EChartsCoreOption } from 'echarts/core';
import { niceCeiling } from '#shared/charts/axis-ends.ts';
import type { ChartTheme } from '#shared/charts/chart-theme.ts';
import type { FigureUnit } from '#shared/units/figure-unit.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import { formatInstant, type ZoneName } from '#shared/units/format-time.ts';
import { timeTicks } from './plot-frame.ts';

type WatchOptionInput = {
  readonly at: readonly EpochMs[];
  readonly values: readonly (number | null)[];
  /** What the value is held against at each instant: a limit, or what is usual then. */
  readonly against: readonly (number | null)[];
  readonly window: TimeRange;
  readonly unit: FigureUnit;
  readonly zone: ZoneName;
  readonly theme: ChartTheme;
};

/** Where the plot of a rule's preview stands in its box, px: alerts are marked over it by the same numbers. */
export const WATCH_PLOT = { left: 76, right: 14, top: 10, bottom: 22 } as const;

/** A watched figure over the past days, from zero, beside its limit or what is usual. Gaps stay gaps. */
export function watchOption({ at, values, against, window, unit, zone, theme }: WatchOptionInput): EChartsCoreOption {
  const most = [...values, ...against].reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
  const max = niceCeiling(most);
  const ticks = timeTicks(window, 0, 8);
  const line = (name: string, column: readonly (number | null)[], style: object): object => ({
    type: 'line',
    name,
    silent: true,
    connectNulls: false,
    showSymbol: false,
    lineStyle: style,
    data: at.map((instant, index) => [instant, column[index] ?? null]),
  });
  return {
    animation: false,
    textStyle: { fontFamily: theme.font, fontSize: 11, color: theme.ink3 },
    grid: [WATCH_PLOT],
    xAxis: [
      {
        type: 'value',
        min: window.from,
        max: window.to,
        axisLine: { show: true, onZero: false, lineStyle: { color: theme.axisLine } },
        axisTick: { show: true, customValues: ticks, length: 4, lineStyle: { color: theme.axisLine } },
        axisLabel: {
          customValues: ticks,
          formatter: (instant: number) => formatInstant(instant, zone, 'day'),
          color: theme.ink3,
          fontSize: 11,
          hideOverlap: true,
        },
        splitLine: { show: false },
      },
    ],
    yAxis: [
      {
        type: 'value',
        min: 0,
        max,
        interval: max / 2,
        axisLabel: {
          formatter: (value: number) => (value === 0 ? '0' : formatWithUnit(value, unit, { currency: 'before' })),
          color: theme.ink3,
          fontSize: 11,
          margin: 8,
        },
        splitLine: { lineStyle: { color: theme.grid } },
      },
    ],
    series: [
      line('against', against, { color: theme.ink2, width: 1, type: 'dashed' }),
      line('value', values, { color: theme.accent, width: 1.4 }),
    ],
  };
}

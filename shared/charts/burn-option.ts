import type { EChartsCoreOption } from 'echarts/core';
import type { BurnPoint } from '#shared/model/budget.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatInstant, type ZoneName } from '#shared/units/format-time.ts';
import type { ChartTheme } from './chart-theme.ts';
import { niceCeiling, splitsOf } from './axis-ends.ts';
import { axisAmount } from './axis-text.ts';

type BurnOptionInput = {
  readonly points: readonly BurnPoint[];
  readonly month: TimeRange;
  readonly usdPerMonth: number;
  readonly zone: ZoneName;
  readonly theme: ChartTheme;
};

/** Where the burn chart's plot stands in its box, px. */
const BURN_PLOT = { left: 56, right: 14, top: 10, bottom: 22 } as const;

/** A month from zero: what was spent, the even line to the budget, the budget, and the forecast inside its range. */
export function burnOption({ points, month, usdPerMonth, zone, theme }: BurnOptionInput): EChartsCoreOption {
  const most = points.reduce(
    (max, { actual, high, forecast }) => Math.max(max, actual ?? 0, high ?? 0, forecast ?? 0),
    usdPerMonth,
  );
  const max = niceCeiling(most);
  return {
    animation: false,
    textStyle: { fontFamily: theme.font, fontSize: 11, color: theme.ink3 },
    grid: [BURN_PLOT],
    xAxis: [monthAxis(points, month, zone, theme)],
    yAxis: [
      {
        type: 'value',
        min: 0,
        max,
        interval: max / splitsOf(max),
        axisLabel: { formatter: (value: number) => axisAmount(value), color: theme.ink3, fontSize: 11, margin: 8 },
        splitLine: { lineStyle: { color: theme.grid } },
      },
    ],
    series: [
      // The fan is a band: an unseen base with the width of the range stacked upon it.
      { ...line('low', points, ({ low }) => low), stack: 'fan', lineStyle: { opacity: 0 } },
      {
        ...line('range', points, ({ low, high }) => (low === null || high === null ? null : high - low)),
        stack: 'fan',
        lineStyle: { opacity: 0 },
        areaStyle: { color: theme.accent, opacity: 0.16 },
      },
      { ...line('even', points, ({ even }) => even), lineStyle: { color: theme.ink3, width: 1, type: 'dotted' } },
      {
        ...line('budget', points, () => usdPerMonth),
        lineStyle: { color: theme.ink2, width: 1, type: 'dashed' },
      },
      {
        ...line('forecast', points, ({ forecast }) => forecast),
        lineStyle: { color: theme.accent, width: 1.4, type: 'dashed' },
      },
      { ...line('spent', points, ({ actual }) => actual), lineStyle: { color: theme.accent, width: 2 } },
    ],
  };
}

function line(name: string, points: readonly BurnPoint[], of: (point: BurnPoint) => number | null): object {
  return {
    type: 'line',
    name,
    silent: true,
    connectNulls: false,
    showSymbol: false,
    data: points.map((point) => [point.at, of(point)]),
  };
}

/** Labels at the starts of days of the budget's own zone, every fifth of them. */
function monthAxis(points: readonly BurnPoint[], month: TimeRange, zone: ZoneName, theme: ChartTheme): object {
  const days = points.map(({ at }) => at).filter((at) => formatInstant(at, zone, 'time') === '00:00' && at < month.to);
  const ticks = days.filter((_, index) => index % 5 === 0);
  return {
    type: 'value',
    min: month.from,
    max: month.to,
    axisLine: { show: true, onZero: false, lineStyle: { color: theme.axisLine } },
    axisTick: { show: true, customValues: ticks, length: 4, lineStyle: { color: theme.axisLine } },
    axisLabel: {
      customValues: ticks,
      formatter: (at: number) => formatInstant(at, zone, 'day'),
      color: theme.ink3,
      fontSize: 11,
      hideOverlap: true,
    },
    splitLine: { show: false },
  };
}

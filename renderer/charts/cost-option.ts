import type { EChartsCoreOption } from 'echarts/core';
import { niceCeiling, splitsOf } from '#shared/charts/axis-ends.ts';
import type { ChartTheme, CostPartKey, Hatch } from '#shared/charts/chart-theme.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatFigure, formatNumber } from '#shared/units/format-quantity.ts';
import { formatInstant, type ZoneName } from '#shared/units/format-time.ts';
import { PLOT, timeTicks } from './plot-frame.ts';

/** Columns of the cost chart over equal buckets; null is a gap. Costs in USD/Mtok, throughput in tokens/s. */
export type CostChartSeries = {
  readonly stepSeconds: number;
  readonly starts: readonly EpochMs[];
  /** From the bottom of the stack to its top. */
  readonly parts: readonly {
    readonly key: CostPartKey;
    readonly label: string;
    readonly values: readonly (number | null)[];
  }[];
  /** Sum of the parts. */
  readonly total: readonly (number | null)[];
  readonly tokensPerSecond: readonly (number | null)[];
  readonly coverage: readonly number[];
  /** The cost of the preceding range at the same distance from its beginning; a dotted line. Left out: no comparison. */
  readonly before?: readonly (number | null)[];
};

type CostOptionInput = {
  readonly series: CostChartSeries;
  readonly range: TimeRange;
  readonly zone: ZoneName;
  readonly theme: ChartTheme;
  /** Width of the plot, px: decides how many labels fit. */
  readonly width: number;
};

const STRIP_BOTTOM = PLOT.bottom;
const STACK_BOTTOM = PLOT.bottom + PLOT.stripHeight + PLOT.stripGap;
const LABEL_WIDTH = 96;

/** Stacked parts above a strip of throughput, on one time axis, both from zero. */
export function costOption({ series, range, zone, theme, width }: CostOptionInput): EChartsCoreOption {
  const ticks = timeTicks(range, zoneOffset(range.from, zone), Math.floor(width / LABEL_WIDTH));
  const costMax = niceCeiling(Math.max(maxOf(series.total), maxOf(series.before ?? [])));
  const throughputMax = niceCeiling(maxOf(series.tokensPerSecond));
  return {
    animation: false,
    textStyle: { fontFamily: theme.font, fontSize: 11, color: theme.ink3 },
    grid: [
      { left: PLOT.left, right: PLOT.right, top: PLOT.top, bottom: STACK_BOTTOM },
      { left: PLOT.left, right: PLOT.right, height: PLOT.stripHeight, bottom: STRIP_BOTTOM },
    ],
    xAxis: [
      { ...timeAxis(range, theme), gridIndex: 0, axisLabel: { show: false } },
      {
        ...timeAxis(range, theme),
        gridIndex: 1,
        axisTick: { show: true, customValues: ticks, length: 4, lineStyle: { color: theme.axisLine } },
        axisLabel: {
          customValues: ticks,
          formatter: (at: number) => tickText(at, { range, zone }),
          color: theme.ink3,
          fontSize: 11,
          margin: 9,
          hideOverlap: true,
          rich: { day: { fontWeight: 500, color: theme.ink2, fontSize: 11 } },
        },
      },
    ],
    yAxis: [
      valueAxis({
        gridIndex: 0,
        max: costMax,
        splits: splitsOf(costMax),
        text: (value) => axisText(value, costMax),
        theme,
      }),
      valueAxis({ gridIndex: 1, max: throughputMax, splits: 1, text: (value) => strip(value, throughputMax), theme }),
    ],
    series: [
      ...series.parts.map((part) => partSeries(part, series, theme)),
      ...(series.before === undefined ? [] : [beforeSeries(series, series.before, theme)]),
      throughputSeries(series, theme),
    ],
  };
}

/** Unit and prefix of the strip's labels, such as `M tok/s`, for its title. */
export function throughputUnit(series: CostChartSeries): string {
  return formatFigure(niceCeiling(maxOf(series.tokensPerSecond)), 'token/s').unit;
}

function partSeries(part: CostChartSeries['parts'][number], series: CostChartSeries, theme: ChartTheme): object {
  const colour = theme.parts[part.key];
  const isHatched = part.key === 'idle' || part.key === 'down-unseen';
  return {
    ...line(series, part.values),
    name: part.label,
    stack: 'cost',
    xAxisIndex: 0,
    yAxisIndex: 0,
    lineStyle: lineOf(part.key, theme),
    areaStyle: isHatched
      ? { color: hatchOf(part.key, theme), opacity: 0.9 }
      : { color: colour, opacity: theme.areaOpacity },
  };
}

function beforeSeries(series: CostChartSeries, values: readonly (number | null)[], theme: ChartTheme): object {
  return {
    ...line(series, values),
    name: 'Preceding range',
    xAxisIndex: 0,
    yAxisIndex: 0,
    lineStyle: { color: theme.ink2, width: 1.4, type: 'dotted' },
  };
}

function lineOf(key: CostPartKey, theme: ChartTheme): object {
  // The edge of idle is the outline of the whole and is drawn in its colour; the others are parted by the sheet.
  return key === 'idle' ? { color: theme.parts.idle, width: 1.6 } : { color: theme.sheet, width: 1 };
}

function hatchOf(key: CostPartKey, theme: ChartTheme): Hatch | string {
  return key === 'idle' ? theme.hatches.idle : theme.hatches.unseen;
}

function throughputSeries(series: CostChartSeries, theme: ChartTheme): object {
  return {
    ...line(series, series.tokensPerSecond),
    name: 'Throughput',
    xAxisIndex: 1,
    yAxisIndex: 1,
    lineStyle: { color: theme.ink2, width: 1.2 },
    areaStyle: { color: theme.ink3, opacity: 0.16 },
  };
}

/** A bucket's value stands at its middle; between two gaps it spans its bucket, or it would have no width to be seen by. */
function line(series: CostChartSeries, values: readonly (number | null)[]): object {
  const step = series.stepSeconds * 1000;
  return {
    type: 'line',
    silent: true,
    connectNulls: false,
    showSymbol: false,
    data: series.starts.flatMap((start, index) => {
      const value = values[index] ?? null;
      const isAlone = value !== null && (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null;
      const places = isAlone ? [start, start + step] : [start + step / 2];
      return places.map((at) => [at, value]);
    }),
  };
}

function timeAxis(range: TimeRange, theme: ChartTheme): object {
  return {
    type: 'value',
    min: range.from,
    max: range.to,
    axisLine: { show: true, onZero: false, lineStyle: { color: theme.axisLine } },
    axisTick: { show: false },
    splitLine: { show: false },
  };
}

type ValueAxis = {
  readonly gridIndex: number;
  readonly max: number;
  readonly splits: number;
  readonly text: (value: number) => string;
  readonly theme: ChartTheme;
};

function valueAxis({ gridIndex, max, splits, text, theme }: ValueAxis): object {
  return {
    type: 'value',
    gridIndex,
    min: 0,
    max,
    interval: max / splits,
    axisLabel: { formatter: text, color: theme.ink3, fontSize: 11, margin: 8 },
    splitLine: { show: splits > 1, lineStyle: { color: theme.grid } },
  };
}

/** Labels of one axis share their decimals: as many as its steps need, no more. */
function axisText(value: number, max: number): string {
  if (value === 0) return '0';
  const step = max / splitsOf(max);
  const decimals = Math.max(0, Math.min(8, Math.ceil(-Math.log10(step) - 1e-9)));
  const needed = isWhole(step * 10 ** decimals) ? decimals : decimals + 1;
  return formatNumber(value, Math.min(8, needed));
}

function strip(value: number, max: number): string {
  if (value === 0) return '0';
  return value === max ? formatFigure(value, 'token/s').text.replace(/\.?0+$/u, '') : '';
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-6;
}

/** Ranges shorter than this have ticks between the minutes. */
const TICKS_WITH_SECONDS_MS = 5 * 60_000;

function tickText(at: number, { range, zone }: { readonly range: TimeRange; readonly zone: ZoneName }): string {
  if (range.to - range.from < TICKS_WITH_SECONDS_MS) return formatInstant(at, zone, 'clock');
  const time = formatInstant(at, zone, 'time');
  if (time === '00:00') return `{day|${formatInstant(at, zone, 'day')}}`;
  return range.to - range.from > 3 * 86_400_000 ? formatInstant(at, zone, 'short') : time;
}

/** Offset of a zone's wall clock to UTC at an instant, ms. */
function zoneOffset(at: EpochMs, zone: ZoneName): number {
  if (zone === 'UTC') return 0;
  const printed = `${formatInstant(at, zone, 'date')}T${formatInstant(at, zone, 'clock')}Z`;
  return Date.parse(printed) - Math.floor(at / 1000) * 1000;
}

function maxOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}

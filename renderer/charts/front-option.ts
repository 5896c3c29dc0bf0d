import type { EChartsCoreOption } from 'echarts/core';
import { niceCeiling, splitsOf } from '#shared/charts/axis-ends.ts';
import type { ChartTheme } from '#shared/charts/chart-theme.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';

/** Tokens per second and user, and per second and GPU. */
export type FrontChartPoint = { readonly interactivity: number; readonly totalPerGpu: number };

type LabelledPoint = FrontChartPoint & { readonly label: string };

type FrontOptionInput = {
  readonly runs: readonly FrontChartPoint[];
  /** Between the runs. */
  readonly curve: readonly FrontChartPoint[];
  /** Null where it is not known. */
  readonly own: LabelledPoint | null;
  readonly ownAtWork: LabelledPoint | null;
  readonly theme: ChartTheme;
};

/** Throughput per GPU against interactivity, both from zero: a front of public runs, and the fleet's own point. */
export function frontOption({ runs, curve, own, ownAtWork, theme }: FrontOptionInput): EChartsCoreOption {
  const all = [...runs, ...[own, ownAtWork].filter((point) => point !== null)];
  const across = niceCeiling(Math.max(0, ...all.map((point) => point.interactivity)));
  const up = niceCeiling(Math.max(0, ...all.map((point) => point.totalPerGpu)));
  const points = (list: readonly FrontChartPoint[]): number[][] =>
    list.map((point) => [point.interactivity, point.totalPerGpu]);
  return {
    animation: false,
    textStyle: { fontFamily: theme.font, fontSize: 11, color: theme.ink3 },
    grid: { left: 56, right: 20, top: 26, bottom: 38 },
    xAxis: axis({ max: across, name: 'tok/s per user', theme, isAcross: true }),
    yAxis: axis({ max: up, name: 'tok/s per GPU, input and output', theme, isAcross: false }),
    series: [
      { ...line(theme), name: 'front', data: points(curve), showSymbol: false },
      {
        ...line(theme),
        name: 'runs',
        data: points(runs),
        lineStyle: { width: 0 },
        itemStyle: { color: theme.sheet, borderColor: theme.accent, borderWidth: 1.5 },
        symbol: 'circle',
        symbolSize: 7,
      },
      ...(ownAtWork === null ? [] : [ownSeries(ownAtWork, theme, 'hollow')]),
      ...(own === null ? [] : [ownSeries(own, theme, 'solid')]),
    ],
  };
}

function line(theme: ChartTheme): object {
  return { type: 'line', silent: true, lineStyle: { color: theme.accent, width: 1.6 }, showSymbol: true };
}

function ownSeries(point: LabelledPoint, theme: ChartTheme, look: 'solid' | 'hollow'): object {
  return {
    type: 'line',
    silent: true,
    name: point.label,
    data: [[point.interactivity, point.totalPerGpu]],
    symbol: 'diamond',
    symbolSize: 13,
    itemStyle: { color: look === 'solid' ? theme.ink : theme.sheet, borderColor: theme.ink, borderWidth: 1.5 },
    label: {
      show: true,
      position: 'right',
      distance: 8,
      formatter: point.label,
      color: look === 'solid' ? theme.ink : theme.ink2,
      fontSize: 11,
      fontWeight: look === 'solid' ? 600 : 400,
    },
  };
}

type Axis = { readonly max: number; readonly name: string; readonly theme: ChartTheme; readonly isAcross: boolean };

function axis({ max, name, theme, isAcross }: Axis): object {
  return {
    type: 'value',
    min: 0,
    max,
    interval: max / splitsOf(max),
    name,
    nameLocation: isAcross ? 'middle' : 'end',
    nameGap: isAcross ? 24 : 10,
    nameTextStyle: {
      color: theme.ink3,
      fontSize: 11,
      align: isAcross ? 'center' : 'left',
      padding: isAcross ? 0 : [0, 0, 0, -44],
    },
    axisLine: { show: isAcross, lineStyle: { color: theme.axisLine } },
    axisTick: { show: false },
    axisLabel: { formatter: (value: number) => formatNumber(value, 0), color: theme.ink3, fontSize: 11 },
    splitLine: { show: !isAcross, lineStyle: { color: theme.grid } },
  };
}

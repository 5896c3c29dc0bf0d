import type { EChartsCoreOption } from 'echarts/core';
import type { BarsDrawing } from '#shared/model/report-drawing.ts';
import { formatFigure } from '#shared/units/format-quantity.ts';
import { axisAmount } from './axis-text.ts';
import type { ChartTheme } from './chart-theme.ts';
import { amountAxis, frameOf, nameAxis } from './frame.ts';

/** Labels stand on bars and points while they are few enough to be read. */
const LABELS_MAX = 14;

/** Bars from zero with a line over them on its own axis, each with its figures where there is room. */
export function barsOption({ labels, bars, line }: BarsDrawing, theme: ChartTheme): EChartsCoreOption {
  const isLabelled = labels.length <= LABELS_MAX;
  const lineAxis =
    line === null
      ? []
      : [{ ...amountAxis(line.values, theme, { name: line.name, hasLines: false }), position: 'right' }];
  return {
    ...frameOf(theme),
    grid: { left: 52, right: line === null ? 16 : 52, top: 30, bottom: 26 },
    xAxis: nameAxis(labels, theme, { width: Math.max(24, 560 / Math.max(1, labels.length)) }),
    yAxis: [amountAxis(bars.values, theme, { name: bars.name, hasLines: true }), ...lineAxis],
    series: [
      {
        type: 'bar',
        name: bars.name,
        silent: true,
        barMaxWidth: 34,
        itemStyle: { color: theme.parts['network-operations'] },
        data: bars.values,
        label: {
          show: isLabelled,
          position: 'insideBottom',
          color: theme.sheet,
          fontSize: 10,
          formatter: told(bars.unit),
        },
      },
      ...(line === null
        ? []
        : [
            {
              type: 'line',
              name: line.name,
              silent: true,
              yAxisIndex: 1,
              connectNulls: false,
              symbol: 'circle',
              symbolSize: 5,
              lineStyle: { color: theme.ink, width: 1.6 },
              itemStyle: { color: theme.ink },
              data: line.values,
              label: { show: isLabelled, position: 'top', color: theme.ink, fontSize: 10, formatter: told(line.unit) },
            },
          ]),
    ],
  };
}

/** A price keeps its digits; an amount is told as its axis does, for a bar is narrow. */
function told(unit: 'USD' | 'USD/Mtok'): (point: { readonly value: unknown }) => string {
  return ({ value }) => {
    if (typeof value !== 'number') return '';
    return unit === 'USD' ? axisAmount(Math.round(value)) : formatFigure(value, unit).text;
  };
}

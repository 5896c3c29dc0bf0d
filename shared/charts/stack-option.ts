import type { EChartsCoreOption } from 'echarts/core';
import type { StackDrawing, TimeClass } from '#shared/model/report-drawing.ts';
import type { ChartTheme } from './chart-theme.ts';
import { amountAxis, frameOf, nameAxis } from './frame.ts';

/** Classes of GPU time stacked on each other, from work at the bottom to what was not seen at the top. */
export function stackOption({ labels, layers }: StackDrawing, theme: ChartTheme): EChartsCoreOption {
  const totals = labels.map((_, index) => layers.reduce((total, { values }) => total + (values[index] ?? 0), 0));
  return {
    ...frameOf(theme),
    legend: {
      top: 0,
      right: 8,
      itemWidth: 12,
      itemHeight: 10,
      selectedMode: false,
      textStyle: { color: theme.ink2, fontSize: 11 },
      data: layers.map(({ name }) => name),
    },
    grid: { left: 52, right: 16, top: 30, bottom: 26 },
    xAxis: nameAxis(labels, theme, { width: 560 / Math.max(1, labels.length) }),
    yAxis: amountAxis(totals, theme, { name: 'GPU-hours', hasLines: true }),
    series: layers.map(({ key, name, values }) => ({
      type: 'bar',
      name,
      stack: 'time',
      silent: true,
      barMaxWidth: 44,
      itemStyle: { color: colourOf(key, theme), borderColor: theme.sheet, borderWidth: 0.6 },
      data: values,
    })),
  };
}

/** Dark to light in this order, so that they are told apart without colour. */
function colourOf(key: TimeClass, theme: ChartTheme): string {
  switch (key) {
    case 'serving':
      return theme.parts.capital;
    case 'quiet':
      return theme.parts['network-operations'];
    case 'idle':
      return theme.parts.idle;
    case 'down':
      return theme.ink3;
    case 'unseen':
      return theme.axisLine;
  }
}

import type { EChartsCoreOption } from 'echarts/core';
import type { WeekDrawing } from '#shared/model/report-drawing.ts';
import type { ChartTheme } from './chart-theme.ts';
import { frameOf, nameAxis } from './frame.ts';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));

/** The hours of the week as a map of shares: the darker, the more. An hour that is not known stays empty. */
export function weekOption({ values }: WeekDrawing, theme: ChartTheme): EChartsCoreOption {
  const cells = values.flatMap((hours, day) =>
    hours.flatMap((share, hour) => (share === null ? [] : [[hour, day, share]])),
  );
  return {
    ...frameOf(theme),
    grid: { left: 40, right: 16, top: 8, bottom: 26 },
    xAxis: nameAxis(HOURS, theme, { width: 24 }),
    yAxis: { ...nameAxis(WEEKDAYS, theme, { width: 36 }), inverse: true },
    visualMap: { show: false, min: 0, max: 1, inRange: { color: [theme.sheet, theme.parts.idle] } },
    series: [
      {
        type: 'heatmap',
        silent: true,
        itemStyle: { borderColor: theme.sheet, borderWidth: 1 },
        label: {
          show: true,
          fontSize: 9,
          color: theme.ink,
          formatter: ({ value }: { readonly value: unknown }) => percentOf(value),
        },
        data: cells,
      },
    ],
  };
}

function percentOf(value: unknown): string {
  const share: unknown = Array.isArray(value) ? value[2] : null;
  return typeof share === 'number' ? String(Math.round(share * 100)) : '';
}

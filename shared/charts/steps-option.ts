import type { EChartsCoreOption } from 'echarts/core';
import type { StepsDrawing } from '#shared/model/report-drawing.ts';
import { formatFigure } from '#shared/units/format-quantity.ts';
import type { ChartTheme } from './chart-theme.ts';
import { amountAxis, frameOf, nameAxis } from './frame.ts';

type Bar = {
  /** Unseen below the bar, and the bar itself; both on the same side of zero. */
  readonly base: number;
  readonly size: number;
  readonly text: string;
  readonly colour: string;
};

/** A bridge from one total to the next: each step begins where the one before it ended. */
export function stepsOption({ steps }: StepsDrawing, theme: ChartTheme): EChartsCoreOption {
  const bars = barsOf(steps, theme);
  const reach = bars.map(({ base, size }) => base + size);
  return {
    ...frameOf(theme),
    grid: { left: 52, right: 16, top: 26, bottom: 26 },
    xAxis: nameAxis(
      steps.map(({ label }) => label),
      theme,
      { width: 560 / Math.max(1, steps.length) },
    ),
    yAxis: amountAxis(reach, theme, { name: 'USD', hasLines: true }),
    series: [
      { type: 'bar', stack: 'step', silent: true, itemStyle: { color: 'none' }, data: bars.map(({ base }) => base) },
      {
        type: 'bar',
        stack: 'step',
        silent: true,
        barMaxWidth: 44,
        data: bars.map(({ size, text, colour }) => ({
          value: size,
          itemStyle: { color: colour },
          label: { show: true, position: 'top', color: theme.ink, fontSize: 10, formatter: text },
        })),
      },
    ],
  };
}

const WHOLE_FROM = 100;

function barsOf(steps: StepsDrawing['steps'], theme: ChartTheme): readonly Bar[] {
  let level = 0;
  // Large bridges need no cents, and the table has them.
  const decimals = steps.some(({ value }) => Math.abs(value) >= WHOLE_FROM) ? 0 : 2;
  return steps.map(({ value, role }) => {
    const from = role === 'total' ? 0 : level;
    level = from + value;
    const low = Math.min(from, level);
    const text = formatFigure(value, 'USD', { currency: 'before', decimals });
    const sign = role === 'step' && value > 0 ? '+' : '';
    return {
      base: Math.max(0, low),
      size: Math.max(from, level) - Math.max(0, low),
      text: `${sign}${text.text}${text.unit === '' ? '' : ` ${text.unit}`}`,
      colour: role === 'total' ? theme.parts.capital : value > 0 ? theme.parts.idle : theme.parts.energy,
    };
  });
}

import { niceCeiling, splitsOf } from './axis-ends.ts';
import { axisAmount } from './axis-text.ts';
import type { ChartTheme } from './chart-theme.ts';

/** What all charts of a report have in common. */
export function frameOf(theme: ChartTheme): object {
  return { animation: false, textStyle: { fontFamily: theme.font, fontSize: 11, color: theme.ink3 } };
}

/** An axis of names. A name that does not fit is shortened with dots; the table beside the chart has it whole. */
export function nameAxis(names: readonly string[], theme: ChartTheme, look: { readonly width: number }): object {
  return {
    type: 'category',
    data: names,
    axisLine: { show: true, onZero: true, lineStyle: { color: theme.axisLine } },
    axisTick: { show: false },
    axisLabel: {
      color: theme.ink2,
      fontSize: 11,
      interval: 0,
      hideOverlap: true,
      width: look.width,
      overflow: 'truncate',
    },
  };
}

/** An axis of amounts from zero; below zero only where there is something. */
export function amountAxis(
  values: readonly (number | null)[],
  theme: ChartTheme,
  { name, hasLines }: { readonly name: string; readonly hasLines: boolean },
): object {
  const most = values.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
  const least = values.reduce<number>((min, value) => Math.min(min, value ?? 0), 0);
  const max = most > 0 || least === 0 ? niceCeiling(most) : 0;
  const step = (max > 0 ? max : niceCeiling(-least)) / splitsOf(max > 0 ? max : niceCeiling(-least));
  return {
    type: 'value',
    name,
    nameTextStyle: { color: theme.ink3, fontSize: 11, align: 'left' },
    nameGap: 10,
    min: least < 0 ? Math.floor(least / step) * step : 0,
    max,
    interval: step,
    axisLabel: { formatter: (value: number) => axisAmount(value), color: theme.ink3, fontSize: 11, margin: 8 },
    splitLine: { show: hasLines, lineStyle: { color: theme.grid } },
  };
}

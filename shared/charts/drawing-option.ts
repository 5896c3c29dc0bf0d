import type { EChartsCoreOption } from 'echarts/core';
import type { ReportDrawing } from '#shared/model/report-drawing.ts';
import { barsOption } from './bars-option.ts';
import { burnOption } from './burn-option.ts';
import type { ChartTheme } from './chart-theme.ts';
import { stackOption } from './stack-option.ts';
import { stepsOption } from './steps-option.ts';
import { weekOption } from './week-option.ts';

/** The option of ECharts that draws what a report's chart holds. */
export function drawingOption(drawing: ReportDrawing, theme: ChartTheme): EChartsCoreOption {
  switch (drawing.kind) {
    case 'bars':
      return barsOption(drawing, theme);
    case 'steps':
      return stepsOption(drawing, theme);
    case 'stack':
      return stackOption(drawing, theme);
    case 'week':
      return weekOption(drawing, theme);
    case 'burn':
      return burnOption({ ...drawing, theme });
  }
}

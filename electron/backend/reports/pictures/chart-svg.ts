import { init, use as register } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { CHART_PARTS } from '#shared/charts/chart-parts.ts';
import { drawingOption } from '#shared/charts/drawing-option.ts';
import type { ReportChart } from '#shared/model/report.ts';
import { PRINT_THEME } from './print-theme.ts';

register([...CHART_PARTS, SVGRenderer]);

/** Of a chart on paper, px: as wide as the text. */
export const CHART_SIZE = { width: 680, height: 210 } as const;

/** A chart as the text of an SVG, without script or style sheet. The same chart gives the same text, whatever was drawn before. */
export function chartSvg(chart: ReportChart): string {
  const drawn = init(null, null, { renderer: 'svg', ssr: true, ...CHART_SIZE });
  try {
    drawn.setOption(drawingOption(chart.drawing, PRINT_THEME));
    return steady(drawn.renderToSVGString(), chart.id);
  } finally {
    drawn.dispose();
  }
}

/** ECharts numbers what it refers to by how many charts the process has drawn; the chart's own id is told instead. */
function steady(svg: string, id: string): string {
  return svg
    .replaceAll(/<style[^>]*>[\s\S]*?<\/style>/gu, '')
    .replaceAll(/\sclass="[^"]*"/gu, '')
    .replaceAll(/zr\d+-/gu, `${id}-`);
}

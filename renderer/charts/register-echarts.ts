import { init, use as register } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { CHART_PARTS } from '#shared/charts/chart-parts.ts';

register([...CHART_PARTS, CanvasRenderer]);

export { init };

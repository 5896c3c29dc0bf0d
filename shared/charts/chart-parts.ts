import { BarChart, HeatmapChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, VisualMapComponent } from 'echarts/components';

/**
 * Everything of ECharts that our options use, for whoever draws them, on screen or on paper: what is left out is silently not
 * drawn. The whole library would be half as large again.
 */
export const CHART_PARTS = [
  BarChart,
  HeatmapChart,
  LineChart,
  GridComponent,
  LegendComponent,
  VisualMapComponent,
] as const;

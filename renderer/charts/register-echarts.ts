import { LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use as register } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

// Only what the charts use: the whole library is half as large again.
register([LineChart, GridComponent, CanvasRenderer]);

export { init };

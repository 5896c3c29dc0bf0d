import type { ChartTheme } from '#shared/charts/chart-theme.ts';

/** The look on paper: the screen's light colours, which differ in lightness too, so that they are told apart in grey. */
export const PRINT_THEME: ChartTheme = {
  name: 'print',
  font: 'Roboto',
  sheet: '#ffffff',
  grid: '#e4e8ec',
  axisLine: '#c3cbd3',
  ink: '#14191e',
  ink2: '#4a545f',
  ink3: '#5f6a75',
  accent: '#1d62c6',
  areaOpacity: 0.7,
  parts: {
    capital: '#17386b',
    facility: '#2c5fab',
    'network-operations': '#4f88d2',
    energy: '#7896c2',
    'down-unseen': '#7f8a95',
    idle: '#e39a52',
  },
  hatches: { idle: '#e39a52', unseen: '#7f8a95' },
};

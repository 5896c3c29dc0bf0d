/** The parts of a cost that charts colour alike. */
export type CostPartKey = 'capital' | 'facility' | 'network-operations' | 'energy' | 'down-unseen' | 'idle';

/** A hatched tile that a chart repeats over an area: a canvas of the screen. */
export type Hatch = { readonly image: object; readonly repeat: 'repeat' };

/** What option builders need of the look: plain colours, and hatched fills made once per theme. */
export type ChartTheme = {
  readonly name: string;
  readonly font: string;
  readonly sheet: string;
  readonly grid: string;
  readonly axisLine: string;
  readonly ink: string;
  readonly ink2: string;
  readonly ink3: string;
  readonly accent: string;
  readonly areaOpacity: number;
  readonly parts: Readonly<Record<CostPartKey, string>>;
  readonly hatches: { readonly idle: Hatch | string; readonly unseen: Hatch | string };
};

import { describe, expect, it } from 'vitest';
import type { ChartTheme } from '#shared/charts/chart-theme.ts';
import { frontOption } from '#renderer/charts/front-option.ts';

const theme = { ink: 'ink', sheet: 'sheet', accent: 'accent' } as ChartTheme;
const runs = [
  { interactivity: 20, totalPerGpu: 3000 },
  { interactivity: 60, totalPerGpu: 1000 },
];
const own = { interactivity: 80, totalPerGpu: 3900, label: 'own' };

type Drawn = {
  readonly xAxis: { readonly min: number; readonly max: number };
  readonly yAxis: { readonly min: number; readonly max: number };
  readonly series: readonly { readonly name: string; readonly data: readonly number[][] }[];
};

const drawn = (input: Partial<Parameters<typeof frontOption>[0]>) =>
  frontOption({ runs, curve: runs, own: null, ownAtWork: null, theme, ...input }) as unknown as Drawn;

describe('the chart of a front', () => {
  it('begins at zero and holds the runs and the own point', () => {
    const { xAxis, yAxis } = drawn({ own });
    expect([xAxis.min, yAxis.min]).toEqual([0, 0]);
    expect([xAxis.max, yAxis.max]).toEqual([80, 4000]);
  });

  it('draws no own point where it is not known', () => {
    expect(drawn({}).series.map((one) => one.name)).toEqual(['front', 'runs']);
    expect(drawn({ own }).series.at(-1)).toMatchObject({ name: 'own', data: [[80, 3900]] });
  });
});

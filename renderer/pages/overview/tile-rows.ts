import type { CostSeries, FigureName, OverviewFigures } from '#shared/contract/backend-api.ts';
import type { Figure } from '#shared/model/figure.ts';

/** What each tile shows, in reading order. */
export type TileRow = {
  readonly name: FigureName;
  readonly label: string;
  readonly better: 'down' | 'up' | 'neither';
  /** Drawn from zero where the size matters more than the movement. */
  readonly isFromZero: boolean;
  readonly figureOf: (figures: OverviewFigures) => Figure;
  readonly historyOf: (series: CostSeries) => readonly (number | null)[];
};

export const TILES: readonly TileRow[] = [
  {
    name: 'spend-rate',
    label: 'Spend rate',
    better: 'neither',
    isFromZero: false,
    figureOf: (figures) => figures.spendRate,
    historyOf: (series) => series.spendPerHour,
  },
  {
    name: 'throughput',
    label: 'Throughput',
    better: 'neither',
    isFromZero: false,
    figureOf: (figures) => figures.throughput,
    historyOf: (series) => series.tokensPerSecond,
  },
  {
    name: 'power',
    label: 'Power',
    better: 'neither',
    isFromZero: false,
    figureOf: (figures) => figures.power,
    historyOf: (series) => series.powerWatts,
  },
  {
    name: 'efficiency',
    label: 'Efficiency',
    better: 'up',
    isFromZero: false,
    figureOf: (figures) => figures.efficiency,
    historyOf: (series) => series.tokensPerJoule,
  },
  {
    name: 'idle-spend-rate',
    label: 'Idle waste',
    better: 'down',
    isFromZero: true,
    figureOf: (figures) => figures.idleSpendRate,
    historyOf: (series) => series.idleSpendPerHour,
  },
];

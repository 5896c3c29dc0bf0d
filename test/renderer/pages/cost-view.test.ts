import { describe, expect, it } from 'vitest';
import { chartSeriesOf } from '#renderer/pages/overview/cost-view.ts';
import type { CostSeries } from '#shared/contract/backend-api.ts';
import { epochMs } from '#shared/time/instant.ts';

const series: CostSeries = {
  stepSeconds: 60,
  starts: [epochMs(0), epochMs(60_000)],
  parts: {
    capital: [4, null],
    facility: [2, null],
    'network-operations': [1, null],
    energy: [0.5, null],
    'down-unseen': [0.25, null],
    idle: [0.25, null],
  },
  cost: [8, null],
  spendPerHour: [1, null],
  idleSpendPerHour: [1, null],
  tokensPerSecond: [1, null],
  powerWatts: [1, null],
  tokensPerJoule: [1, null],
  coverage: [1, 0],
  events: [],
};

describe('chartSeriesOf', () => {
  it('holds every part of the loaded cost, in stacking order', () => {
    const shown = chartSeriesOf(series, 'loaded');
    expect(shown.parts.map((part) => part.key)).toEqual([
      'capital',
      'facility',
      'network-operations',
      'energy',
      'down-unseen',
      'idle',
    ]);
    expect(shown.total).toEqual([8, null]);
  });

  it('leaves out idle and away GPUs from the serving cost, and gaps stay gaps', () => {
    expect(chartSeriesOf(series, 'serving').total).toEqual([7.5, null]);
  });

  it('shows energy alone as marginal', () => {
    expect(chartSeriesOf(series, 'marginal').total).toEqual([0.5, null]);
  });
});

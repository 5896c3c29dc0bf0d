import { describe, expect, it } from 'vitest';
import type { CostChartSeries } from '#renderer/charts/cost-option.ts';
import { trendExport, withBefore } from '#renderer/pages/cost/cost-exports.ts';
import { epochMs } from '#shared/time/instant.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 2, 3);

function seriesFrom(start: number, total: readonly (number | null)[]): CostChartSeries {
  return {
    stepSeconds: 3600,
    starts: total.map((_, index) => epochMs(start + index * HOUR)),
    parts: [{ key: 'capital', label: 'Capital', values: total }],
    total,
    tokensPerSecond: total.map(() => 10),
    coverage: total.map(() => 1),
  };
}

const WINDOW = { from: epochMs(START), to: epochMs(START + 3 * HOUR) };

describe('the preceding range beside a trend', () => {
  it('stands at the same distance from its beginning, and a gap stays a gap', () => {
    const earlier = seriesFrom(START - 3 * HOUR, [0.1, null, 0.3]);
    expect(withBefore(seriesFrom(START, [1, 2, 3]), earlier, WINDOW).before).toEqual([0.1, null, 0.3]);
  });

  it('is left out where it has other steps', () => {
    const earlier = { ...seriesFrom(START - 3 * HOUR, [0.1]), stepSeconds: 60 };
    expect(withBefore(seriesFrom(START, [1]), earlier, WINDOW).before).toBeUndefined();
  });
});

describe('the export of a trend', () => {
  it('has what is drawn, unrounded, with units in its heads', () => {
    const shown = withBefore(seriesFrom(START, [1 / 3, null]), seriesFrom(START - 3 * HOUR, [0.1, 0.2]), WINDOW);
    const { columns, rows } = trendExport(shown);
    expect(columns.map(({ head, unit }) => `${head} ${unit ?? ''}`)).toEqual([
      'From, UTC ',
      'Capital USD/Mtok',
      'Cost USD/Mtok',
      'Cost in the preceding range USD/Mtok',
      'Throughput token/s',
    ]);
    expect(rows).toEqual([
      ['2026-03-03T00:00:00.000Z', 1 / 3, 1 / 3, 0.1, 10],
      ['2026-03-03T01:00:00.000Z', null, null, 0.2, 10],
    ]);
  });
});

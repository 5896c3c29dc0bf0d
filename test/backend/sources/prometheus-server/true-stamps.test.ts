import { describe, expect, it } from 'vitest';
import { createMatrixReader } from '#backend/sources/prometheus-server/matrix-to-scrapes.ts';
import type { MatrixSeries } from '#backend/sources/prometheus-server/server-answer.ts';
import { withTrueStamps } from '#backend/sources/prometheus-server/true-stamps.ts';

const up = (labels: Record<string, string>, values: readonly [number, number][]): MatrixSeries => ({
  metric: { job: 'vllm', instance: 'pod-0:8000', ...labels },
  values: values.map(([mark, at]) => [mark, String(at)]),
});
const tokens = (labels: Record<string, string>, values: readonly [number, number][]): MatrixSeries => ({
  ...up(labels, values),
  metric: {
    __name__: 'vllm:generation_tokens_total',
    job: 'vllm',
    instance: 'pod-0:8000',
    model_name: 'm',
    engine: '0',
    ...labels,
  },
});

describe('values told at marks', () => {
  it('go back to the instants of their scrapes', () => {
    const told = withTrueStamps(
      [
        tokens({}, [
          [300, 5],
          [600, 9],
        ]),
      ],
      [
        up({}, [
          [300, 287],
          [600, 587.2],
        ]),
      ],
    );
    expect(told[0]!.values).toEqual([
      [287, '5'],
      [587.2, '9'],
    ]);
  });

  it('that repeat a scrape are no scrapes of their own', () => {
    const told = withTrueStamps(
      [
        tokens({}, [
          [300, 5],
          [600, 5],
        ]),
      ],
      [
        up({}, [
          [300, 287],
          [600, 287],
        ]),
      ],
    );
    expect(told[0]!.values).toEqual([[287, '5']]);
  });

  it('stay at their marks where nobody tells when the target was scraped', () => {
    const told = withTrueStamps([tokens({}, [[300, 5]])], [up({ instance: 'other' }, [[300, 287]])]);
    expect(told[0]!.values).toEqual([[300, '5']]);
  });

  it('of two replicas of a scraper are told apart, so that nothing counts twice', () => {
    const a = { prometheus_replica: 'a' };
    const b = { prometheus_replica: 'b' };
    const marks = [300, 600, 900] as const;
    const series = [a, b].map((labels) =>
      tokens(
        labels,
        marks.map((mark) => [mark, mark]),
      ),
    );
    const scraped = [
      up(
        a,
        marks.map((mark) => [mark, mark - 13]),
      ),
      up(
        b,
        marks.map((mark) => [mark, mark - 4]),
      ),
    ];
    const scrapes = createMatrixReader().scrapesOf(withTrueStamps(series, scraped), { stepSeconds: 300 });
    expect(scrapes).toHaveLength(3);
    expect(scrapes.flatMap(({ engines }) => engines)).toHaveLength(3);
    expect(scrapes.map(({ intervalSeconds }) => intervalSeconds)).toEqual([300, 300, 300]);
  });
});

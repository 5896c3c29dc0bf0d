import { describe, expect, test } from 'vitest';

import { createMatrixReader } from '#backend/sources/prometheus-server/matrix-to-scrapes.ts';
import { matrixIn, type MatrixSeries } from '#backend/sources/prometheus-server/server-answer.ts';
import { inOrderOfTime, mergeBatches } from '#backend/sampling/poller.ts';
import { createEngineSpans } from '#backend/sampling/engine-spans.ts';
import { createSampler } from '#backend/sampling/sampler.ts';
import { createSeats } from '#backend/sampling/seats.ts';
import type { Scrape } from '#shared/model/sample.ts';
import { epochMs, plusSeconds } from '#shared/time/instant.ts';
import { worldOf } from '../../sampling/sample-world.ts';
import { matrixOf } from '../../sampling/server-matrix.ts';

const ANCHOR = epochMs(Date.parse('2026-11-24T15:00:00Z'));
const STEP_SECONDS = 30;

/** Facts of scrapes, in one order; spans of their own. */
function factsOf(scrapes: readonly Scrape[]) {
  const sampler = createSampler({ seats: createSeats([]), engines: createEngineSpans([]) });
  const batch = mergeBatches(inOrderOfTime(scrapes, STEP_SECONDS).map((group) => sampler.take(group, STEP_SECONDS)));
  const sorted = (values: readonly object[]) => values.map((value) => JSON.stringify(value)).toSorted();
  return {
    gpus: sorted(batch.gpuFacts),
    engines: sorted(batch.engineFacts),
    latencies: sorted(batch.latencyFacts),
    events: sorted(batch.events),
    spans: sorted(batch.engineSpans),
  };
}

describe('I8 a history read from a server', () => {
  // An engine is down for four minutes and comes back, updated; another loses its pod with its GPU.
  const { targets } = worldOf(7, ANCHOR, ['dal-b200-03', 'dal-h100-02']);
  const windows = [plusSeconds(ANCHOR, -50.2 * 3600), plusSeconds(ANCHOR, -7.3 * 3600)].map((from) => {
    const start = epochMs(Math.floor(from / 30_000) * 30_000);
    return { from: start, to: plusSeconds(start, 1800) };
  });

  test.each(windows)(
    'gives the facts that scrapes at the same instants gave, in any chunks ($from)',
    ({ from, to }) => {
      const direct: Scrape[] = [];
      for (let at = from + STEP_SECONDS * 1000; at <= to; at += STEP_SECONDS * 1000) {
        for (const { scrapeAt } of targets) {
          const answer = scrapeAt(epochMs(at));
          if (answer !== null) direct.push({ ...answer, monotonicMs: null, intervalSeconds: STEP_SECONDS });
        }
      }
      const expected = factsOf(direct);
      expect(expected.gpus.length).toBeGreaterThan(500);
      for (const chunkSeconds of [1800, 600, 210, 60]) {
        const reader = createMatrixReader();
        const scrapes: Scrape[] = [];
        for (let start = from; start < to; start = plusSeconds(start, chunkSeconds)) {
          const end = epochMs(Math.min(to, start + chunkSeconds * 1000));
          // Chunks overlap by one second, as the product asks for them; and a server's order means nothing.
          const chunk = matrixOf(targets, start, end);
          scrapes.push(...reader.scrapesOf(chunkSeconds === 600 ? chunk.toReversed() : chunk));
          scrapes.push(...reader.scrapesOf(chunk));
        }
        const names = new Map(direct.map((scrape) => [scrape.target, scrape.target]));
        const renamed = scrapes.map((scrape) => {
          const name = scrape.target.split(' ')[1]!;
          return { ...scrape, target: names.get(name) ?? name, intervalSeconds: STEP_SECONDS };
        });
        const facts = factsOf(renamed);
        for (const part of ['events', 'spans', 'gpus', 'engines', 'latencies'] as const) {
          expect(facts[part], `${part} in chunks of ${chunkSeconds} s`).toEqual(expected[part]);
        }
      }
    },
  );
});

describe('scrapes put back together', () => {
  const gpuSeries = (values: MatrixSeries['values'], labels: Record<string, string> = {}): MatrixSeries => ({
    metric: { __name__: 'DCGM_FI_DEV_POWER_USAGE', job: 'dcgm', instance: 'n1:9400', UUID: 'GPU-a', ...labels },
    values,
  });

  test('a GPU that leaves its pod is read by the series it has then, not by the one it had', () => {
    const scrapes = createMatrixReader().scrapesOf([
      gpuSeries(
        [
          [0, '1'],
          [30, '400'],
          [60, '410'],
        ],
        { pod: 'p1' },
      ),
      gpuSeries([[90, '80']]),
    ]);
    expect(scrapes.map(({ gpus }) => [gpus[0]?.powerWatts, gpus[0]?.workloads[0]?.pod])).toEqual([
      [1, 'p1'],
      [400, 'p1'],
      [410, 'p1'],
      [80, undefined],
    ]);
  });

  test('the interval is the usual spacing, also over the seam of two answers', () => {
    const reader = createMatrixReader();
    reader.scrapesOf([
      gpuSeries([
        [0, '1'],
        [15, '1'],
        [30, '1'],
      ]),
    ]);
    expect(
      reader.scrapesOf([
        gpuSeries([
          [30, '1'],
          [45, '1'],
        ]),
      ]),
    ).toMatchObject([{ at: 45_000, intervalSeconds: 15 }]);
    expect(reader.scrapesOf([gpuSeries([[45, '1']])])).toEqual([]);
  });
});

describe('an answer of a server', () => {
  const body = (data: unknown, rest: object = {}) => Buffer.from(JSON.stringify({ status: 'success', data, ...rest }));
  const matrix = (...result: unknown[]) => ({ resultType: 'matrix', result });
  test.each([
    ['P10 an error beside data', body(matrix(), { status: 'error', error: 'boom' }), 'refused-query'],
    ['HTML', Buffer.from('<html>'), 'not-prometheus'],
    ['another document', Buffer.from('{"status":"ok"}'), 'not-prometheus'],
    ['a scalar', body({ resultType: 'scalar', result: [1, '2'] }), 'not-prometheus'],
    ['a series without labels', body(matrix({ values: [] })), 'not-prometheus'],
    ['samples that are no pairs', body(matrix({ metric: {}, values: [7] })), 'not-prometheus'],
    ['a label that is no text', body(matrix({ metric: { job: 1 }, values: [] })), 'not-prometheus'],
    ['a stamp that is no number', body(matrix({ metric: {}, values: [['now', '1']] })), 'not-prometheus'],
  ])('%s is refused', (_, bytes, kind) => {
    expect(matrixIn(bytes)).toMatchObject({ ok: false, failure: { kind } });
  });

  test('P03 warnings come along', () => {
    expect(matrixIn(body(matrix(), { warnings: ['one store is down'] }))).toEqual({
      ok: true,
      value: { series: [], warnings: ['one store is down'], infos: [], histograms: 0 },
    });
  });
});

import { describe, expect, it } from 'vitest';
import { createEngineSpans } from '#backend/sampling/engine-spans.ts';
import { inOrderOfTime, mergeBatches } from '#backend/sampling/poller.ts';
import { createSampler } from '#backend/sampling/sampler.ts';
import { createSeats } from '#backend/sampling/seats.ts';
import { createMatrixReader } from '#backend/sources/prometheus-server/matrix-to-scrapes.ts';
import type { MatrixSeries } from '#backend/sources/prometheus-server/server-answer.ts';
import type { Scrape } from '#shared/model/sample.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { worldOf } from './sample-world.ts';
import { matrixOf } from './server-matrix.ts';

const ANCHOR = epochMs(Date.parse('2026-11-24T15:00:00Z'));
const FROM = plusSeconds(ANCHOR, -3 * 3600);
const TO = plusSeconds(FROM, 1800);
const MIDDLE = plusSeconds(FROM, 900);
const STEP_SECONDS = 30;

const { targets } = worldOf(7, ANCHOR, ['dal-b200-05']);

function direct(from: EpochMs, offsetSeconds: number): Scrape[] {
  const scrapes: Scrape[] = [];
  for (let at = plusSeconds(from, offsetSeconds); at <= TO; at = plusSeconds(at, STEP_SECONDS)) {
    for (const target of targets) {
      const scrape = target.scrapeAt(at);
      if (scrape === null) continue;
      const name = `http://${target.name}/metrics`;
      scrapes.push({ ...scrape, target: name, monotonicMs: null, intervalSeconds: STEP_SECONDS });
    }
  }
  return scrapes;
}

const throughServer = (matrix: readonly MatrixSeries[]): Scrape[] => createMatrixReader().scrapesOf(matrix);

/** Tokens out, and joules, that all scrapes in order of time come to. */
function totalsOf(scrapes: readonly Scrape[]) {
  const sampler = createSampler({ seats: createSeats([]), engines: createEngineSpans([]) });
  const batches = inOrderOfTime(scrapes, STEP_SECONDS).map((group) => sampler.take(group, STEP_SECONDS));
  const { engineFacts, gpuFacts } = mergeBatches(batches);
  return {
    tokens: engineFacts.reduce((total, fact) => total + (fact.outputTokens ?? 0), 0),
    joules: gpuFacts.reduce((total, fact) => total + (fact.energyJoules ?? 0), 0),
  };
}

const expected = totalsOf(throughServer(matrixOf(targets, FROM, TO)));

describe('P12 a server and direct scrapes of the same exporters', () => {
  it('count each token and joule once, by the evidence of their identity', () => {
    const both = totalsOf([...throughServer(matrixOf(targets, FROM, TO)), ...direct(FROM, 11)]);
    expect(expected.tokens).toBeGreaterThan(100_000);
    expect(both.tokens / expected.tokens).toBeGreaterThan(0.97);
    expect(both.tokens / expected.tokens).toBeLessThan(1.03);
    expect(both.joules / expected.joules).toBeGreaterThan(0.97);
    expect(both.joules / expected.joules).toBeLessThan(1.03);
  });

  it('count each once when the server joins later, as one that federates', () => {
    const federated = matrixOf(targets, MIDDLE, TO).map(({ metric, values }) => ({
      metric: { ...metric, job: 'federate', prometheus: 'edge', exported_job: metric['job'] ?? '' },
      values,
    }));
    const both = totalsOf([...direct(FROM, 11), ...throughServer(federated)]);
    expect(both.tokens / expected.tokens).toBeGreaterThan(0.97);
    expect(both.tokens / expected.tokens).toBeLessThan(1.03);
    expect(both.joules / expected.joules).toBeLessThan(1.03);
  });
});

describe('P09 labels that change in mid-month', () => {
  const relabelled = (relabel: (metric: Record<string, string>) => Record<string, string>): MatrixSeries[] => [
    ...matrixOf(targets, FROM, MIDDLE),
    ...matrixOf(targets, MIDDLE, TO).map(({ metric, values }) => ({ metric: relabel({ ...metric }), values })),
  ];

  it.each<[string, (metric: Record<string, string>) => Record<string, string>]>([
    ['job and instance', (metric) => ({ ...metric, job: 'renamed', instance: `renamed-${metric['instance']}` })],
    ['external labels', (metric) => ({ ...metric, cluster: 'ash', prometheus: 'monitoring/k8s' })],
    [
      'the pod',
      ({ pod: _pod, ...metric }) => ({ ...metric, instance: `10.0.0.7:${metric['instance']?.split(':')[1]}` }),
    ],
  ])('count nothing twice and lose an interval at most (%s)', (_, relabel) => {
    const { tokens, joules } = totalsOf(throughServer(relabelled(relabel)));
    const interval = STEP_SECONDS / 1800;
    expect(tokens).toBeLessThanOrEqual(expected.tokens);
    expect(tokens / expected.tokens).toBeGreaterThan(1 - 2 * interval);
    expect(joules).toBeLessThanOrEqual(expected.joules + 1);
    expect(joules / expected.joules).toBeGreaterThan(1 - 2 * interval);
  });
});

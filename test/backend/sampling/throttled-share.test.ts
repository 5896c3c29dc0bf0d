import { describe, expect, test } from 'vitest';

import { throttlingAfter, type Throttling } from '#backend/sampling/throttled-share.ts';
import { epochMs } from '#shared/time/instant.ts';
import { engine, gpu, scrape, startFleet } from './readings.ts';

const COLLECTION_SECONDS = 30;

/** Shares told by a counter read each ten seconds. */
function sharesOf(counters: readonly (number | null)[]): (number | null)[] {
  let known: Throttling | null = null;
  return counters.map((seconds, poll) => {
    known = throttlingAfter(known, seconds, { at: epochMs(poll * 10_000), monotonicMs: null }, COLLECTION_SECONDS);
    return known.share;
  });
}

describe('G09 the share of throttled time', () => {
  test.each([
    ['is what the counter grew by', [100, 105, 115, 115.5], [null, 0.5, 1, 0.05]],
    [
      'holds while a slow exporter repeats itself, and counts from the step before',
      [0, 15, 15, 15, 30],
      [null, 1, 1, 1, 0.5],
    ],
    ['is nothing when the counter has stood still for longer', [0, 10, 10, 10, 10, 10], [null, 1, 1, 1, 1, 0]],
    ['is unknown where the counter begins anew', [100, 105, 2, 7], [null, 0.5, null, 0.5]],
    ['is unknown without a counter', [null, 5, null, 7, 12], [null, null, null, null, 0.5]],
  ])('%s', (_, counters, shares) => {
    expect(sharesOf(counters)).toEqual(shares);
  });

  test('makes the state of a GPU that serves', () => {
    const fleet = startFleet();
    const held = gpu({ workloads: [{ pod: 'pod-1', namespace: null, share: 1 }] });
    for (let poll = 0; poll < 4; poll += 1)
      fleet.take(
        scrape(poll * 10, { engines: [engine()] }, { target: 'engine' }),
        scrape(poll * 10, { gpus: [{ ...held, powerHeldSeconds: poll < 3 ? poll * 9 : 19 }] }),
      );
    expect(fleet.all('gpuFacts').map(({ state }) => state)).toEqual(['throttled', 'throttled', 'serving']);
  });
});

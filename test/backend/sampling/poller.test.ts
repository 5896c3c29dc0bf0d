import { describe, expect, test } from 'vitest';

import { givenUp, inOrderOfTime, mergeBatches, spanOfFacts } from '#backend/sampling/poller.ts';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import { engine, gpu, scrape, secondsAfterStart, startFleet } from './readings.ts';

describe('scrapes in order of time', () => {
  test('are groups by their own interval, earliest first, each target about once', () => {
    const slow = (seconds: number) => scrape(seconds, {}, { target: 'slow', intervalSeconds: 30 });
    const groups = inOrderOfTime([scrape(25, {}), slow(31), scrape(5, {}), slow(1), scrape(15, {})], 10);
    expect(groups.map((group) => group.map((one) => [one.target, secondsAfterStart(one.at)]))).toEqual([
      [
        ['slow', 1],
        ['exporter', 5],
      ],
      [['exporter', 15]],
      [['exporter', 25]],
      [['slow', 31]],
    ]);
  });
});

describe('rounds that the store could not take', () => {
  const fleet = startFleet();
  const held = { workloads: [{ pod: 'pod-1', namespace: null, share: 1 }] };
  for (let poll = 0; poll < 6; poll += 1) {
    fleet.take(scrape(poll * 10, { engines: [engine()], gpus: [gpu({ ...held, energyCounterJoules: poll * 5000 })] }));
  }

  test('lose facts from the oldest, but none of what later facts refer to', async () => {
    const kept = givenUp(fleet.batches, 2);
    expect(kept).toHaveLength(3);
    const batch = mergeBatches(kept);
    expect(batch.gpuFacts).toHaveLength(2);
    expect(batch.gpuFacts[0]!.placement).not.toBeNull();
    expect((await createMemoryStore().append(batch)).ok).toBe(true);
  });

  test('cover the span of their facts', () => {
    const span = spanOfFacts(mergeBatches(fleet.batches))!;
    expect([secondsAfterStart(span.from), secondsAfterStart(span.until)]).toEqual([0, 50]);
    expect(spanOfFacts(mergeBatches([]))).toBeNull();
  });
});

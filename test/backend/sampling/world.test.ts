import { describe, expect, test } from 'vitest';

import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { FactBatch } from '#backend/store/store.ts';
import { tracksFromStore } from '#backend/sampling/checkpoints.ts';
import { createEngineSpans } from '#backend/sampling/engine-spans.ts';
import { createSampler, type Sampler } from '#backend/sampling/sampler.ts';
import { createSeats } from '#backend/sampling/seats.ts';
import { processStartsBetween } from '#electron/sample-fleet/world/story.ts';
import { instantOfStep, momentAt } from '#electron/sample-fleet/world/grid.ts';
import { truthOf } from '#electron/sample-fleet/world/truth.ts';
import type { GpuFact } from '#shared/model/fact.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { worldOf } from './sample-world.ts';

const ANCHOR = epochMs(Date.parse('2026-11-24T15:00:00Z'));
/** Three hours in which an engine is down for four minutes and a GPU falls off the bus. */
const FROM = plusSeconds(ANCHOR, -9.25 * 3600);
const HOURS = 3;
const POLL_SECONDS = 30;
const NODES = ['dal-h100-02', 'dal-b200-01', 'dal-b200-05', 'ash-nvl72-01-t15'];
const ALL_TIME = { from: epochMs(0), to: epochMs(8e15) };

/** A small seeded generator (Lehmer): the same seed gives the same faults. */
function createChance(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Holds every batch to the invariants as it comes. */
function createChecker(label: string) {
  const ends = new Map<string, { until: number; offset: number }>();
  const observed = new Map<string, number>();
  const checkFact = (
    thing: string,
    fact: { start: EpochMs; seconds: number; observedSeconds: number | null },
    offset: number,
  ) => {
    const last = ends.get(thing);
    // A clock that was set back repeats its stamps: only between facts of one setting is there an order.
    if (last !== undefined && last.offset === offset) {
      expect(fact.start, `I10 ${label}: facts of ${thing} tile`).toBeGreaterThanOrEqual(last.until - 0.001);
    }
    ends.set(thing, { until: fact.start + fact.seconds * 1000, offset });
    observed.set(thing, (observed.get(thing) ?? 0) + (fact.observedSeconds ?? 0));
  };
  return (batch: FactBatch, offset: number, passedSeconds: number, gpuOf: (seat: string) => string) => {
    for (const fact of [...batch.gpuFacts, ...batch.engineFacts, ...batch.latencyFacts]) {
      expect(fact.seconds, `I9 ${label}`).toBeGreaterThan(0);
      for (const [column, value] of Object.entries(fact)) {
        if (typeof value !== 'number' || column === 'upperBoundSeconds') continue;
        if (!(Number.isFinite(value) && value >= 0)) expect.fail(`I4 I5 ${label}: ${column} is ${value}`);
      }
    }
    for (const fact of batch.gpuFacts) checkFact(gpuOf(fact.seat), fact, offset);
    for (const fact of batch.engineFacts) checkFact(fact.engineSpan.split('@')[0]!, fact, offset);
    for (const [thing, seconds] of observed) {
      expect(seconds, `I2 ${label}: ${thing} observed no longer than time passed`).toBeLessThanOrEqual(
        passedSeconds + 0.001,
      );
    }
  };
}

type Life = { first: EpochMs; last: EpochMs; /** Readings on both sides of each restart. */ seen: EpochMs[] };

async function live(seed: number) {
  const chance = createChance(seed);
  const { world, targets } = worldOf(7, ANCHOR, NODES);
  const store = createMemoryStore();
  const check = createChecker(`seed ${seed}`);
  const lives = new Map<string, Life>();
  const seats = new Map<string, string>();
  let sampler: Sampler = createSampler({ seats: createSeats([]), engines: createEngineSpans([]) });
  let wallAheadMs = 0;
  const polls = (HOURS * 3600) / POLL_SECONDS;
  const blackout = Math.floor(60 + chance() * 60);
  // The clock goes ahead an hour and back again, late enough that no restart of ours is near.
  const ahead = Math.floor(polls * 0.75);
  const back = ahead + 20 + Math.floor(chance() * 20);

  for (let poll = 0; poll < polls; poll += 1) {
    if (poll >= blackout && poll < blackout + 40) continue;
    if (poll === ahead) wallAheadMs = 3_600_000;
    if (poll === back) wallAheadMs = 0;
    const base = plusSeconds(FROM, poll * POLL_SECONDS + chance() * 4);
    const scrapes = targets.flatMap(({ name, scrapeAt }) => {
      const instant = epochMs(Math.round(base + chance() * 900));
      if (chance() < 0.05) return [];
      const answer = scrapeAt(instant);
      if (answer === null) return [];
      const life = lives.get(name) ?? { first: instant, last: instant, seen: [] };
      lives.set(name, { ...life, last: instant, seen: [...life.seen, instant] });
      const scrape = {
        ...answer,
        at: epochMs(instant + wallAheadMs),
        monotonicMs: instant - FROM + 1000,
        intervalSeconds: null,
      };
      return chance() < 0.05 ? [scrape, scrape] : [scrape];
    });
    const batch = sampler.take(scrapes, POLL_SECONDS);
    for (const seat of batch.seats) seats.set(seat.key, seat.gpu);
    check(batch, wallAheadMs, (base - FROM) / 1000 + 1, (seat) => seats.get(seat)!);
    expect((await store.append(batch)).ok).toBe(true);
    if (chance() < 0.03 && poll < ahead - 2) {
      const [known, engines] = await Promise.all([store.seats(ALL_TIME), store.engineSpans(ALL_TIME)]);
      const tracks = await tracksFromStore(store, { seats: known, engines }, plusSeconds(base, 5));
      sampler = createSampler({ seats: createSeats(known), engines: createEngineSpans(engines) });
      sampler.resume(tracks.engines, tracks.gpus);
    }
  }
  return { world, lives, store };
}

describe.each([11, 12, 13])(
  'three hours of jitter, lost and doubled polls, restarts and clock steps (seed %i)',
  (seed) => {
    test('give the tokens and joules that were really there', async () => {
      const { world, lives, store } = await live(seed);
      const engineRows = await store.engineFacts({ window: ALL_TIME, by: ['engine'], stepSeconds: null });
      const gpuRows = await store.gpuFacts({ window: ALL_TIME, by: ['gpu'], stepSeconds: null });
      const counted = new Map(engineRows.map((row) => [row.by[0]!.split('/')[0]!, row.sums]));
      const metered = new Map(gpuRows.map((row) => [row.by[0]!, row.sums]));
      let restarts = 0;

      for (const engine of world.engines.filter(({ node }) => NODES.includes(node))) {
        const life = lives.get(`${engine.pod}:8000`)!;
        const starts = processStartsBetween(
          engine.story,
          momentAt(ANCHOR, life.first).step,
          momentAt(ANCHOR, life.last).step,
        );
        restarts += starts.length;
        // What a process counted after it was last read is gone with it: truth without those moments is what can be known.
        const cuts = starts.flatMap((step) => {
          const start = instantOfStep(ANCHOR, step);
          return [life.seen.findLast((at) => at < start)!, start];
        });
        const edges = [life.first, ...cuts, life.last];
        const truth = { input: 0, cached: 0, output: 0, requests: 0 };
        for (let edge = 0; edge < edges.length; edge += 2) {
          const part = truthOf(world, edges[edge]!, edges[edge + 1]!).tokensByPod.get(engine.pod)!;
          for (const name of ['input', 'cached', 'output', 'requests'] as const) truth[name] += part[name];
        }
        const sums = counted.get(engine.pod)!;
        expect(
          {
            input: sums.inputTokens,
            cached: sums.cachedTokens,
            output: sums.outputTokens,
            requests: sums.endToEndCount,
            restarts: sums.restarts,
          },
          `seed ${seed}: ${engine.pod}`,
        ).toEqual({ ...truth, restarts: starts.length });
      }
      expect(restarts).toBe(1);

      for (const node of world.nodes.filter(({ name }) => NODES.includes(name))) {
        const life = lives.get(`${node.name}:9400`)!;
        for (const gpu of node.gpus) {
          const lostAt = gpu.lostStep === undefined ? null : instantOfStep(ANCHOR, gpu.lostStep);
          const last = lostAt === null ? life.last : life.seen.findLast((at) => at < lostAt)!;
          const joules = truthOf(world, life.first, last).joulesByGpu.get(gpu.uuid)!;
          const sums = metered.get(gpu.uuid)!;
          expect(Math.abs(sums.energyJoules! - joules), `seed ${seed}: ${gpu.uuid}`).toBeLessThan(0.01);
          expect(sums.energyIntegratedJoules).toBe(0);
        }
      }
      const events = (await store.events(ALL_TIME)).map((event) => event.kind).toSorted();
      expect(events).toEqual(['clock-stepped', 'clock-stepped', 'engine-restarted', 'gpu-lost']);
    });
  },
);

test('the checker itself finds facts that overlap, negative columns and invented seconds', () => {
  const fact = (start: number, seconds: number, changes: Partial<GpuFact> = {}) =>
    ({
      seat: 's',
      start: epochMs(start * 1000),
      seconds,
      state: 'serving',
      placement: null,
      observedSeconds: seconds,
      ...changes,
    }) as GpuFact;
  const batchOf = (...gpuFacts: GpuFact[]) => ({ gpuFacts, engineFacts: [], latencyFacts: [] }) as unknown as FactBatch;
  const check = (...facts: GpuFact[]) => createChecker('x')(batchOf(...facts), 0, 100, (seat) => seat);
  expect(() => check(fact(0, 10), fact(10, 10))).not.toThrow();
  expect(() => check(fact(0, 10), fact(9, 10))).toThrow(/tile/);
  expect(() => check(fact(0, 10, { energyJoules: -1 }))).toThrow(/I4/);
  expect(() => check(fact(0, 10, { energyJoules: Number.NaN }))).toThrow(/I4/);
  expect(() => check(fact(0, 101))).toThrow(/observed/);
});

import { describe, expect, test } from 'vitest';

import { createMemoryStore } from '#backend/store/memory-store.ts';
import { tracksFromStore } from '#backend/sampling/checkpoints.ts';
import { createEngineSpans } from '#backend/sampling/engine-spans.ts';
import { createSampler } from '#backend/sampling/sampler.ts';
import { createSeats } from '#backend/sampling/seats.ts';
import type { EngineSample, GpuSample, Scrape } from '#shared/model/sample.ts';
import { epochMs, plusSeconds } from '#shared/time/instant.ts';
import { engine, gpu, kindsOf, POLL_SECONDS, scrape, START, startFleet, totalOf } from './readings.ts';

/** Feeds one reading of one engine per poll, and gives the fleet with the tokens it counted. */
function tokensOf(readings: readonly (Parameters<typeof engine>[0] & { readonly problems?: Scrape['problems'] })[]) {
  const fleet = startFleet();
  readings.forEach(({ problems = [], ...reading }, poll) => {
    fleet.take(scrape(poll * POLL_SECONDS, { engines: [engine(reading)] }, { problems }));
  });
  return {
    fleet,
    output: totalOf(fleet.all('engineFacts'), 'outputTokens'),
    restarts: totalOf(fleet.all('engineFacts'), 'restarts'),
  };
}
const output = (...values: readonly (number | null)[]) =>
  values.map((outputTokens) => ({ counters: { outputTokens } }));
const unknownStart = <Reading extends object>(reading: Reading) => ({ ...reading, startedAt: null });
const restartedAt = (seconds: number) => ({ startedAt: plusSeconds(START, seconds) });

describe('token counters', () => {
  test('M05 a restart counts from zero: tokens are the sum of what each run counted since it was watched', () => {
    const {
      fleet,
      output: total,
      restarts,
    } = tokensOf([
      ...output(1000, 1500),
      { ...restartedAt(15), counters: { outputTokens: 200, inputTokens: 10 } },
      { ...restartedAt(15), counters: { outputTokens: 700, inputTokens: 10 } },
    ]);
    expect([total, restarts]).toEqual([1200, 1]);
    expect(fleet.batches.flatMap(kindsOf)).toEqual(['engine-restarted']);
  });

  test('M05 without a start time a far fall proves the restart', () => {
    expect(tokensOf(output(1000, 1500, 200, 700).map(unknownStart)).output).toBe(1200);
  });

  test('M06 a restart hidden by a higher value shows in the start time', () => {
    const hidden = [...output(1000, 1500), { ...restartedAt(15), counters: { outputTokens: 1600 } }];
    expect(tokensOf(hidden)).toMatchObject({ output: 500 + 1600, restarts: 1 });
  });

  test('M07 a jump of 10^12 is held out and leaves no trace when it passes', () => {
    const { fleet, output: total } = tokensOf(output(1000, 1500, 1e12, 2500, 3000));
    expect(total).toBe(2000);
    expect(fleet.batches.flatMap(kindsOf)).toEqual(['counter-held-out']);
  });

  test('M07 a jump that stays is a new level after three readings, and its height is never counted', () => {
    const { output: total } = tokensOf(output(1000, 1500, 1e12, 1e12 + 10, 1e12 + 20, 1e12 + 120));
    expect(total).toBe(500 + 100);
  });

  test('M08 a small fall without a restart is held out, with and without a start time', () => {
    expect(tokensOf(output(1000, 1500, 1490, 1600)).output).toBe(600);
    expect(tokensOf(output(1000, 1500, 1490, 1600).map(unknownStart)).output).toBe(600);
  });

  test('M08 two replicas behind one address never count as endless restarts', () => {
    const other = { startedAt: epochMs(START - 1_800_000) };
    const {
      fleet,
      output: total,
      restarts,
    } = tokensOf(
      Array.from({ length: 60 }, (_, poll) =>
        poll % 2 === 0
          ? { counters: { outputTokens: 10_000 + poll * 10 } }
          : { ...other, counters: { outputTokens: 4000 + poll * 10 } },
      ),
    );
    expect([total, restarts]).toEqual([580, 0]);
    expect(fleet.batches.flatMap(kindsOf)).toEqual(['counter-held-out']);
  });

  test('M08 when the known replica is gone, counting begins anew with the one that stays', () => {
    const other = { startedAt: epochMs(START - 1_800_000) };
    const readings = [
      ...output(1000, 1500),
      ...output(400, 500, 600, 700, 800).map((reading) => ({ ...reading, ...other })),
    ];
    expect(tokensOf(readings).output).toBe(500 + 200);
  });

  test('M15 M02 a counter that is left out or refused for a while is not counted again from zero', () => {
    const refused = [{ kind: 'not-finite', message: 'NaN' }] as const;
    expect(tokensOf(output(1000, 1500, null, 2500)).output).toBe(1500);
    expect(
      tokensOf([...output(1000), { counters: { outputTokens: null }, problems: refused }, ...output(2500)]).output,
    ).toBe(1500);
    expect(tokensOf([{ counters: { outputTokens: null }, problems: refused }, ...output(2500, 2600)]).output).toBe(100);
    expect(tokensOf(output(1000, 1500, null, 2500, 2600).map(unknownStart)).output).toBe(600);
  });

  test('M17 a counter that first appears in a known process counts from zero', () => {
    expect(tokensOf(output(null, 40, 100)).output).toBe(100);
    expect(tokensOf(output(null, 40, 100).map(unknownStart)).output).toBe(60);
  });

  test('I1 the same scrape delivered twice, or late, counts once', () => {
    const fleet = startFleet();
    const scrapes = output(1000, 1500, 1700).map((reading, poll) => scrape(poll * 10, { engines: [engine(reading)] }));
    fleet.take(scrapes[0]!, scrapes[0]!);
    fleet.take(scrapes[1]!);
    fleet.take(scrapes[1]!, scrapes[2]!);
    fleet.take(scrapes[1]!);
    expect(totalOf(fleet.all('engineFacts'), 'outputTokens')).toBe(700);
    expect(totalOf(fleet.all('engineFacts'), 'observedSeconds')).toBe(20);
  });
});

describe('a gap in the readings of an engine', () => {
  const afterGap = (seconds: number, reading: Parameters<typeof engine>[0]) => {
    const fleet = startFleet();
    fleet.take(
      scrape(0, {
        engines: [
          engine({ counters: { outputTokens: 1000 }, ...(reading?.startedAt === null ? { startedAt: null } : {}) }),
        ],
      }),
    );
    return fleet.take(scrape(seconds, { engines: [engine(reading)] })).engineFacts;
  };
  const now = { counters: { outputTokens: 4000 } };

  test('is bridged as a whole where the process is proven', () => {
    expect(afterGap(600, now)).toEqual([
      expect.objectContaining({ outputTokens: 3000, bridgedSeconds: 600, observedSeconds: 0, seconds: 600 }),
    ]);
  });

  test('is not bridged without proof, nor over more than a day', () => {
    expect(afterGap(600, { ...now, startedAt: null })).toEqual([]);
    expect(afterGap(86_400, now)).toHaveLength(1);
    expect(afterGap(86_401, now)).toEqual([]);
  });
});

describe('a crash of ours', () => {
  const bound = [0.1, 1, Infinity];
  const sampleAt = (poll: number): { readonly engines: EngineSample[]; readonly gpus: GpuSample[] } => {
    const isNew = poll >= 21;
    const runs = isNew ? poll - 20 : poll + 50;
    const counts = [runs, runs * 3, runs * 4];
    return {
      engines: [
        engine({
          startedAt: isNew ? plusSeconds(START, 205) : epochMs(START - 1000),
          counters: {
            outputTokens: runs * 100,
            inputTokens: poll === 7 ? null : runs * 1000,
            requestsStopped: runs * 4,
          },
          latencies: {
            ttft: { bounds: bound, counts, sumSeconds: runs * 2, count: runs * 4 },
            interToken: null,
            endToEnd: null,
          },
        }),
      ],
      gpus: [
        gpu({ energyCounterJoules: (poll >= 33 ? 0 : 1e6) + poll * 5000 }),
        gpu({ gpu: 'GPU-1', energyCounterJoules: poll === 11 || poll === 12 ? null : 2e6 + poll * 3000 }),
      ],
    };
  };

  /** Runs polls 0 to 59, with a crash after each of the given polls; polls in `lost` are not made. */
  async function run(crashesAfter: readonly number[], lost: readonly number[] = []) {
    const store = createMemoryStore();
    const window = { from: epochMs(0), to: epochMs(8e15) };
    let sampler = createSampler({ seats: createSeats([]), engines: createEngineSpans([]) });
    for (let poll = 0; poll < 60; poll += 1) {
      if (lost.includes(poll)) continue;
      await store.append(sampler.take([scrape(poll * POLL_SECONDS, sampleAt(poll))], POLL_SECONDS));
      if (!crashesAfter.includes(poll)) continue;
      const [seats, engines] = await Promise.all([store.seats(window), store.engineSpans(window)]);
      const tracks = await tracksFromStore(store, { seats, engines }, plusSeconds(START, poll * POLL_SECONDS + 3));
      sampler = createSampler({ seats: createSeats(seats), engines: createEngineSpans(engines) });
      sampler.resume(tracks.engines, tracks.gpus);
    }
    const [engineRow] = await store.engineFacts({ window, by: [], stepSeconds: null });
    const [gpuRow] = await store.gpuFacts({ window, by: [], stepSeconds: null });
    const bins = await store.latencies({ window, by: [], stepSeconds: null });
    const { outputTokens, inputTokens, requestsStopped, ttftCount, ttftSeconds, restarts } = engineRow!.sums;
    return {
      counted: { outputTokens, inputTokens, requestsStopped, ttftCount, restarts },
      ttftSeconds,
      bins: bins.map((bin) => [bin.upperBoundSeconds, bin.count]),
      measuredJoules: gpuRow!.sums.energyJoules! - gpuRow!.sums.energyIntegratedJoules!,
      joules: gpuRow!.sums.energyJoules!,
    };
  }

  test.each([[[5]], [[20]], [[21]], [[8, 22, 40, 41, 42]], [[7]], [[30]]])(
    'I3 after poll %j loses no token and counts none twice',
    async (crashes) => {
      const whole = await run([]);
      const crashed = await run(crashes);
      expect(crashed.counted).toEqual(whole.counted);
      expect(crashed.ttftSeconds).toBeCloseTo(whole.ttftSeconds!, 9);
      expect(crashed.bins).toEqual(whole.bins);
      expect(crashed.measuredJoules).toBeCloseTo(whole.measuredJoules, 6);
    },
  );

  test('T01 after the wall clock was set back counters begin anew rather than count twice', async () => {
    const store = createMemoryStore();
    const sampler = createSampler({ seats: createSeats([]), engines: createEngineSpans([]) });
    await store.append(sampler.take([scrape(0, sampleAt(0))], POLL_SECONDS));
    const window = { from: epochMs(0), to: epochMs(8e15) };
    const [seats, engines] = await Promise.all([store.seats(window), store.engineSpans(window)]);
    const tracksAt = async (seconds: number) => tracksFromStore(store, { seats, engines }, plusSeconds(START, seconds));
    expect((await tracksAt(3)).engines.size).toBe(1);
    expect(await tracksAt(-3600)).toEqual({ engines: new Map(), gpus: new Map() });
  });

  test('I3 with polls lost to the restart loses no counter', async () => {
    const whole = await run([]);
    const crashed = await run([25], [26, 27, 28, 29]);
    expect(crashed.counted).toEqual(whole.counted);
    expect(crashed.measuredJoules).toBeCloseTo(whole.measuredJoules, 6);
  });

  test.each([11, 12, 13, 32, 33])(
    'I1 beside a break of the energy counter (poll %i) counts no joule twice',
    async (poll) => {
      const whole = await run([]);
      const crashed = await run([poll]);
      expect(crashed.measuredJoules).toBeLessThanOrEqual(whole.measuredJoules + 1e-6);
      expect(crashed.joules).toBeLessThanOrEqual(whole.joules + 1e-6);
      expect(crashed.joules).toBeGreaterThanOrEqual(whole.joules - 2 * 5000 - 1e-6);
    },
  );
});

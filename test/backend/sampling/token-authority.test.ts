import { describe, expect, test } from 'vitest';

import { tracksFromStore } from '#backend/sampling/checkpoints.ts';
import { createEngineSpans } from '#backend/sampling/engine-spans.ts';
import { createSampler } from '#backend/sampling/sampler.ts';
import { createSeats } from '#backend/sampling/seats.ts';
import { deploymentsOf } from '#backend/sampling/token-authority.ts';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { EngineSample } from '#shared/model/sample.ts';
import { NO_TOPOLOGY, type Topology } from '#shared/model/topology.ts';
import { epochMs, plusSeconds } from '#shared/time/instant.ts';
import { engine, gpu, POLL_SECONDS, scrape, START, startFleet, totalOf } from './readings.ts';

/** Readings of a worker and of the frontend before it, each with so many output tokens; null: it was not heard. */
function tokensOf(
  polls: readonly (readonly [worker: number | null, frontend: number | null])[],
  { workerModel = '/models/Qwen3-8B', frontendModel = 'qwen/qwen3-8b', topology = NO_TOPOLOGY } = {},
) {
  const fleet = startFleet(topology);
  polls.forEach(([worker, frontend], poll) => {
    const at = poll * POLL_SECONDS;
    const frontends = frontend === null ? [] : [readingOf('dynamo', frontendModel, frontend)];
    const workers = worker === null ? [] : [readingOf('vllm', workerModel, worker)];
    fleet.take(
      scrape(at, { engines: frontends }, { target: 'frontend' }),
      scrape(at, { engines: workers }, { target: 'worker' }),
    );
  });
  return totalOf(fleet.all('engineFacts'), 'outputTokens');
}

const readingOf = (kind: 'dynamo' | 'vllm', model: string, outputTokens: number) =>
  engine({ engine: `${kind}/${model}`, kind, model, counters: { outputTokens } });

describe('tokens of a frontend', () => {
  test('are those of its worker, and counted there', () => {
    expect(
      tokensOf([
        [100, 100],
        [150, 150],
        [180, 180],
      ]),
    ).toBe(80);
  });

  test('count where no worker is heard', () => {
    expect(
      tokensOf([
        [null, 100],
        [null, 160],
      ]),
    ).toBe(60);
  });

  test('count until a worker is heard, and no second time from then on', () => {
    expect(
      tokensOf([
        [null, 100],
        [null, 160],
        [160, 160],
        [190, 190],
      ]),
    ).toBe(90);
  });

  test('stay left out while the worker is silent, because it counts on', () => {
    expect(
      tokensOf([
        [100, 100],
        [110, 110],
        [null, 140],
        [null, 170],
        [null, 180],
        [200, 200],
      ]),
    ).toBe(100);
  });

  test('of another model count beside the worker', () => {
    const models = { workerModel: 'llama', frontendModel: 'phi' };
    expect(
      tokensOf(
        [
          [100, 1000],
          [110, 1020],
        ],
        models,
      ),
    ).toBe(30);
  });

  test('count in place of the workers where the operator says so, under the name of the model that holds GPUs', () => {
    const topology: Topology = { ...NO_TOPOLOGY, authority: [{ model: 'Qwen3-8B', count: 'frontend' }] };
    const polls = [
      [100, 1000],
      [110, 1025],
    ] as const;
    expect(tokensOf(polls, { topology })).toBe(25);
    expect(tokensOf(polls, { topology: NO_TOPOLOGY })).toBe(10);
    const fleet = startFleet(topology);
    fleet.take(scrape(0, { engines: [readingOf('dynamo', 'qwen/qwen3-8b', 5), readingOf('vllm', 'Qwen3-8B', 5)] }));
    expect(fleet.all('engineSpans').map(({ kind, model }) => [kind, model])).toEqual([
      ['dynamo', 'Qwen3-8B'],
      ['vllm', 'Qwen3-8B'],
    ]);
  });

  test('belong to the GPUs of its machine where none of its workers is heard', () => {
    const fleet = startFleet();
    const frontend = (outputTokens: number) => engine({ kind: 'dynamo', pod: null, counters: { outputTokens } });
    [100, 150].forEach((tokens, poll) =>
      fleet.take(scrape(poll * POLL_SECONDS, { gpus: [gpu()], engines: [frontend(tokens)] })),
    );
    expect(fleet.all('placements')).toMatchObject([{ rule: 'node' }]);
    const worker = engine({ engine: 'w', pod: 'w', node: 'node-2' });
    fleet.take(scrape(20, { gpus: [gpu()], engines: [frontend(200), worker] }));
    expect(fleet.all('gpuFacts').map(({ placement }) => placement !== null)).toEqual([true, false]);
  });

  test('that are left out still show a worker that works', () => {
    const topology: Topology = { ...NO_TOPOLOGY, authority: [{ model: '*', count: 'frontend' }] };
    const fleet = startFleet(topology);
    const engines = (outputTokens: number) => [
      engine({ engine: 'w', requestsRunning: 0, counters: { outputTokens } }),
      engine({ engine: 'f', kind: 'dynamo', pod: null, counters: { outputTokens } }),
    ];
    const gpus = [gpu({ workloads: [{ pod: 'pod-1', namespace: null, share: 1 }] })];
    [100, 100, 150].forEach((tokens, poll) =>
      fleet.take(scrape(poll * POLL_SECONDS, { gpus, engines: engines(tokens) })),
    );
    expect(fleet.all('gpuFacts').map(({ state }) => state)).toEqual(['loaded-idle', 'serving']);
  });
});

type Reading = Partial<Omit<EngineSample, 'counters'>> & { readonly counters: Partial<EngineSample['counters']> };

/** What a pair counts together over two polls, in which both engines move by the same requests. */
function pairCounts(before: readonly Reading[], now: readonly Reading[], topology = NO_TOPOLOGY) {
  const fleet = startFleet(topology);
  fleet.take(scrape(0, { engines: before.map((reading, index) => engine({ engine: `e${index}`, ...reading })) }));
  fleet.take(scrape(10, { engines: now.map((reading, index) => engine({ engine: `e${index}`, ...reading })) }));
  const facts = fleet.all('engineFacts');
  const total = (column: 'inputTokens' | 'cachedTokens' | 'outputTokens' | 'requestsLength') => totalOf(facts, column);
  return {
    input: total('inputTokens'),
    cached: total('cachedTokens'),
    output: total('outputTokens'),
    requests: total('requestsLength'),
  };
}

describe('the engines of a prefill-decode pair', () => {
  // Ten requests of 500 input tokens, 200 of them cached, with 80 output tokens each.
  const expected = { input: 5000, cached: 2000, output: 800, requests: 10 };

  test('SGLang: both count the prompts, each is asked for its side only', () => {
    const prefill = { kind: 'sglang', role: 'prefill' } as const;
    const decode = { kind: 'sglang', role: 'decode' } as const;
    const zero = { inputTokens: 0, cachedTokens: 0, outputTokens: 0, requestsLength: 0 };
    const all = { inputTokens: 5000, cachedTokens: 2000, outputTokens: 10, requestsLength: 10 };
    const counts = pairCounts(
      [
        { ...prefill, counters: zero },
        { ...decode, counters: zero },
      ],
      [
        { ...prefill, counters: all },
        { ...decode, counters: { ...all, outputTokens: 800 } },
      ],
    );
    expect(counts).toEqual(expected);
  });

  test('SGLang: a decode engine whose prefill engine nobody hears counts the prompts, which nobody else would', () => {
    const decode = { kind: 'sglang', role: 'decode' } as const;
    const counts = pairCounts(
      [{ ...decode, counters: { inputTokens: 0, outputTokens: 0 } }],
      [{ ...decode, counters: { inputTokens: 5000, outputTokens: 800 } }],
    );
    expect(counts).toMatchObject({ input: 5000, output: 800 });
  });

  test('TensorRT-LLM: both log whole requests, the decode worker counts them', () => {
    const log = { inputTokens: 5000, cachedTokens: 2000, outputTokens: 800, requestsLength: 10 };
    const zero = { inputTokens: 0, cachedTokens: 0, outputTokens: 0, requestsLength: 0 };
    const prefill = { kind: 'tensorrt-llm', role: 'prefill' } as const;
    const counts = pairCounts(
      [
        { ...prefill, counters: zero },
        { kind: 'tensorrt-llm', counters: zero },
      ],
      [
        { ...prefill, counters: log },
        { kind: 'tensorrt-llm', counters: log },
      ],
    );
    expect(counts).toEqual(expected);
    expect(pairCounts([{ ...prefill, counters: zero }], [{ ...prefill, counters: log }])).toMatchObject({
      input: 5000,
      output: 0,
    });
  });

  // A decode engine of vLLM counts the prompts that came over, and what it had to prefill itself.
  const vllmPair = (scale: number) => ({
    prefill: {
      inputTokens: 4500 * scale,
      cachedTokens: 1900 * scale,
      outputTokens: 10 * scale,
      requestsLength: 10 * scale,
      requestsStopped: 0,
    },
    decode: {
      transferredTokens: 4500 * scale,
      counters: {
        inputTokens: 5000 * scale,
        cachedTokens: 4600 * scale,
        outputTokens: 800 * scale,
        requestsLength: 10 * scale,
      },
    },
  });

  test("vLLM under Dynamo: its decode engine's prompts that came over are not counted again", () => {
    const [before, now] = [vllmPair(1), vllmPair(2)];
    const counts = pairCounts(
      [{ role: 'prefill', counters: before.prefill }, before.decode],
      [{ role: 'prefill', counters: now.prefill }, now.decode],
    );
    expect(counts).toEqual(expected);
  });

  test('vLLM without labels: the pair is known by its counters', () => {
    const [before, now] = [vllmPair(10), vllmPair(11)];
    expect(pairCounts([{ counters: before.prefill }, before.decode], [{ counters: now.prefill }, now.decode])).toEqual(
      expected,
    );
  });

  test('vLLM before 0.16 does not tell what came over: the operator says who decodes', () => {
    const roles = [
      { engine: 'e0', role: 'prefill' },
      { engine: 'e1', role: 'decode' },
    ] as const;
    const counts = pairCounts(
      [{ counters: { inputTokens: 0, outputTokens: 0 } }, { counters: { inputTokens: 0, outputTokens: 0 } }],
      [{ counters: { inputTokens: 5000, outputTokens: 10 } }, { counters: { inputTokens: 5000, outputTokens: 800 } }],
      { ...NO_TOPOLOGY, roles },
    );
    expect(counts).toMatchObject({ input: 5000, output: 800 });
  });

  test('an engine with a cache outside its GPU is no decode engine: its input counts, as cached', () => {
    const replica = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
    const counts = pairCounts(
      [{ transferredTokens: 0, counters: replica }, { counters: replica }],
      [
        { transferredTokens: 4000, counters: { inputTokens: 5000, cachedTokens: 4200, outputTokens: 800 } },
        { counters: { inputTokens: 1000, cachedTokens: 0, outputTokens: 300 } },
      ],
    );
    expect(counts).toMatchObject({ input: 6000, cached: 4200, output: 1100 });
  });

  test('when its role becomes known, what an engine counted before is not counted once more', () => {
    const fleet = startFleet();
    const polls = Array.from({ length: 40 }, (_, poll) => vllmPair(poll));
    polls.forEach(({ prefill, decode }, poll) => {
      const engines = [engine({ engine: 'e0', counters: prefill }), engine({ engine: 'e1', ...decode })];
      fleet.take(scrape(poll * POLL_SECONDS, { engines }));
    });
    const { inputTokens } = polls.at(-1)!.decode.counters;
    const counted = totalOf(fleet.all('engineFacts'), 'inputTokens');
    // Two polls pass before twenty requests have ended; the interval in which the roles change is not counted.
    expect(counted).toBeLessThan(inputTokens + 3 * 4500);
    expect(counted).toBeGreaterThan(inputTokens - 3 * 5000);
    expect(totalOf(fleet.all('engineFacts').slice(-40), 'inputTokens')).toBe(20 * 5000);
  });
});

describe('who counts a model', () => {
  const decided = (engines: readonly EngineSample[], topology = NO_TOPOLOGY) =>
    deploymentsOf(engines, topology, () => undefined).map(({ model, count, isOverridden, why, members }) => ({
      model,
      count,
      isOverridden,
      why,
      left: members.filter(({ output, input }) => !output && input === 'none').map(({ sample }) => sample.engine),
    }));
  const worker = readingOf('vllm', 'Qwen3-8B', 5);
  const frontend = readingOf('dynamo', 'qwen/qwen3-8b', 5);

  test('is told with the reason, and who is left out', () => {
    expect(decided([worker, frontend])).toEqual([
      {
        model: 'Qwen3-8B',
        count: 'engines',
        isOverridden: false,
        why: expect.stringContaining('the frontend repeats'),
        left: [frontend.engine],
      },
    ]);
    const topology: Topology = { ...NO_TOPOLOGY, authority: [{ model: 'qwen*', count: 'frontend' }] };
    expect(decided([worker, frontend], topology)).toMatchObject([
      { count: 'frontend', isOverridden: true, why: expect.stringContaining('chosen by you'), left: [worker.engine] },
    ]);
  });

  test('is the engines where the frontend was chosen but none is heard', () => {
    const topology: Topology = { ...NO_TOPOLOGY, authority: [{ model: 'qwen*', count: 'frontend' }] };
    expect(decided([worker], topology)).toMatchObject([{ count: 'engines', left: [] }]);
  });

  test('is the frontend where its engines tell no tokens', () => {
    const mute = engine({ engine: 'mute', model: 'Qwen3-8B', counters: { inputTokens: null, outputTokens: null } });
    expect(decided([mute, frontend])).toMatchObject([{ count: 'frontend' }]);
  });
});

describe('a restart of ours', () => {
  test('I1 counts nothing of a frontend that was left out before, nor of the other side of a pair', async () => {
    const store = createMemoryStore();
    const window = { from: epochMs(0), to: epochMs(8e15) };
    const decode = { engine: 'd', kind: 'sglang', model: 'q', role: 'decode' } as const;
    const prefill = { ...decode, engine: 'p', role: 'prefill' } as const;
    const at = (poll: number) => {
      const counters = { inputTokens: 1000 * poll, outputTokens: 100 * poll };
      return {
        frontend: engine({ engine: 'f', kind: 'dynamo', model: 'q', counters }),
        prefill: engine({ ...prefill, counters: { ...counters, outputTokens: 0 } }),
        decode: engine({ ...decode, counters }),
      };
    };
    let sampler = createSampler({ seats: createSeats([]), engines: createEngineSpans([]) });
    // The frontend counts alone at first, so that a checkpoint of it is stored.
    for (const poll of [0, 1]) {
      await store.append(sampler.take([scrape(poll * POLL_SECONDS, { engines: [at(poll).frontend] })], POLL_SECONDS));
    }
    for (const poll of [2, 3, 4]) {
      const { frontend, prefill: p, decode: d } = at(poll);
      await store.append(sampler.take([scrape(poll * POLL_SECONDS, { engines: [frontend, p, d] })], POLL_SECONDS));
    }
    const [seats, engines] = await Promise.all([store.seats(window), store.engineSpans(window)]);
    const tracks = await tracksFromStore(store, { seats, engines }, plusSeconds(START, 43));
    sampler = createSampler({ seats: createSeats(seats), engines: createEngineSpans(engines) });
    sampler.resume(tracks.engines, tracks.gpus);
    // The frontend and the decode engine answer first.
    await store.append(
      sampler.take([scrape(50, { engines: [at(5).frontend] }), scrape(50, { engines: [at(5).decode] })], POLL_SECONDS),
    );
    const last = at(6);
    await store.append(
      sampler.take([scrape(60, { engines: [last.frontend, last.prefill, last.decode] })], POLL_SECONDS),
    );
    const [row] = await store.engineFacts({ window, by: [], stepSeconds: null });
    // Poll 1 by the frontend; 2 to 6 by the pair, which began at poll 2.
    expect(row!.sums).toMatchObject({ inputTokens: 1000 + 4000, outputTokens: 100 + 400 });
  });
});

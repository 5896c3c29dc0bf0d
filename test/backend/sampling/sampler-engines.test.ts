import { describe, expect, test } from 'vitest';

import { createExpositionReader } from '#backend/sources/prometheus/exposition-reader.ts';
import { createSampleReader } from '#backend/sources/sample-reader.ts';
import { settingsText } from '#shared/model/engine-settings.ts';
import type { EngineSample, PodSample, Scrape } from '#shared/model/sample.ts';
import { plusSeconds } from '#shared/time/instant.ts';
import { createRandom } from '../store/store-facts.ts';
import { engine, gpu, kindsOf, POLL_SECONDS, scrape, START, startFleet, totalOf } from './readings.ts';

type Fleet = ReturnType<typeof startFleet>;
const outputOf = (fleet: Fleet) => totalOf(fleet.all('engineFacts'), 'outputTokens');
const eventsOf = (fleet: Fleet) => fleet.batches.flatMap(kindsOf);
/** An engine that does not tell when it started, with so many tokens. */
const silent = (inputTokens: number, outputTokens: number, changes: Partial<Omit<EngineSample, 'counters'>> = {}) =>
  engine({ kind: 'sglang', startedAt: null, ...changes, counters: { inputTokens, outputTokens } });

describe('M08 several processes behind one address that do not tell their start', () => {
  /** Tokens that are counted while replicas with these totals answer in some order, each moving on by 100 a poll. */
  function counted(totals: readonly number[], order: (poll: number) => number, polls = 400) {
    const fleet = startFleet();
    for (let poll = 0; poll < polls; poll += 1) {
      const tokens = (totals[order(poll)] ?? 0) + poll * 100;
      const versions = ['0.5.8', '0.5.9', '0.5.10'];
      fleet.take(
        scrape(poll * POLL_SECONDS, {
          engines: [silent(tokens * 10, tokens, { version: versions[order(poll)] ?? null })],
        }),
      );
    }
    return { fleet, output: outputOf(fleet) };
  }

  test.each([
    ['far apart', [4_000_000, 1_000_000]],
    ['the lower first', [1_000_000, 4_000_000]],
    ['close together', [1_000_000, 990_000]],
    ['three of them', [5_000_000, 2_000_000, 600_000]],
  ])('in turn, %s: only growth is counted, a total at most once', (_, totals) => {
    const { fleet, output } = counted(totals, (poll) => poll % totals.length);
    const spread = Math.max(...totals) - Math.min(...totals);
    expect(output).toBeLessThanOrEqual(400 * 100 + spread);
    expect(eventsOf(fleet).filter((kind) => kind === 'engine-restarted').length).toBeLessThanOrEqual(1);
    expect(fleet.spans.engines.all().length).toBeLessThanOrEqual(2);
  });

  test.each([1, 2, 3, 4, 5])('in any order (seed %i): no endless totals', (seed) => {
    const random = createRandom(seed);
    const totals = [4_000_000, 1_000_000];
    const { output } = counted(totals, () => random.below(2));
    expect(output).toBeLessThanOrEqual(400 * 100 + 2 * 3_000_000);
  });

  test('a lone engine that restarts is no such thing: what it counted since is counted', () => {
    const fleet = startFleet();
    [1_000_000, 1_003_000, 500, 2500, 5500].forEach((tokens, poll) =>
      fleet.take(scrape(poll * POLL_SECONDS, { engines: [silent(tokens * 10, tokens)] })),
    );
    expect([outputOf(fleet), eventsOf(fleet)]).toEqual([3000 + 5500, ['engine-restarted']]);
  });
});

describe('M10 the same engine under two names', () => {
  const direct = { target: 'http://10.0.0.1:8000/metrics' };
  const server = { target: 'vllm 10.0.0.1:8000', intervalSeconds: POLL_SECONDS };
  type Changes = Partial<Omit<EngineSample, 'counters'>>;

  /** Polls of one process that two routes read a few seconds apart, from poll `from` on by the second one too. */
  function readTwice(one: Changes, other: Changes, { polls = 30, from = 0, tokensOf = (at: number) => at * 50 } = {}) {
    const fleet = startFleet();
    const at = (seconds: number, changes: Changes) => {
      const tokens = 50_000 + tokensOf(seconds);
      return engine({ ...changes, counters: { inputTokens: tokens * 8, outputTokens: tokens } });
    };
    for (let poll = 0; poll < polls; poll += 1) {
      const seconds = poll * POLL_SECONDS;
      const second = poll < from ? [] : [scrape(seconds + 4, { engines: [at(seconds + 4, other)] }, server)];
      fleet.take(scrape(seconds, { engines: [at(seconds, one)] }, direct), ...second);
    }
    return fleet;
  }
  const bare = { engine: '10.0.0.1:8000/llama', pod: null, node: null };
  const labelled = { engine: 'pod-1/llama', pod: 'pod-1' };

  test.each<[string, Changes, Changes]>([
    ['by its address', { startedAt: null }, { startedAt: null }],
    ['by its start', { address: 'llm.example:80' }, {}],
    ['by its counters alone', { address: 'llm.example:80', startedAt: null }, { startedAt: null }],
  ])('is known %s, counted once, and placed by the route that knows its pod', (_, one, other) => {
    const fleet = readTwice({ ...bare, ...one }, { ...labelled, ...other });
    const growth = 29 * POLL_SECONDS * 50;
    expect(outputOf(fleet)).toBeGreaterThanOrEqual(growth - 500);
    expect(outputOf(fleet)).toBeLessThanOrEqual(growth + 500);
    const [deployment] = fleet.sampler.report();
    expect(deployment?.engines).toMatchObject([{ engine: bare.engine, alsoSeenAs: [labelled.engine], pod: null }]);
    fleet.take(scrape(300, { gpus: [gpu({ workloads: [{ pod: 'pod-1', namespace: null, share: 1 }] })] }));
    expect(fleet.sampler.report()[0]?.engines[0]?.placement).toMatchObject({ rule: 'pod' });
  });

  test('is counted once where two sources list the very same address', () => {
    const fleet = startFleet();
    for (let poll = 0; poll < 20; poll += 1) {
      const counters = { inputTokens: 8000 + poll * 800, outputTokens: 1000 + poll * 100 };
      const read = [bare, labelled].map((changes) => {
        const sample = engine({ ...changes, startedAt: null, counters });
        return scrape(poll * POLL_SECONDS, { engines: [sample] }, direct);
      });
      fleet.take(...read);
    }
    expect(outputOf(fleet)).toBe(1900);
  });

  test('a second route that comes later takes nothing over and adds nothing', () => {
    const fleet = readTwice({ ...bare }, { ...labelled }, { from: 10 });
    expect(outputOf(fleet)).toBe(29 * POLL_SECONDS * 50);
  });

  test('two replicas of one model are two, whatever they have in common', () => {
    const fleet = startFleet();
    const random = createRandom(5);
    const totals = [100_000, 100_400];
    const first = [...totals];
    for (let poll = 0; poll < 40; poll += 1) {
      const scrapes = totals.map((tokens, index) => {
        const changes = { engine: `pod-${index}/llama`, pod: `pod-${index}`, address: `10.0.0.${index}:8000` };
        const sample = silent(tokens * 5, tokens, changes);
        return scrape(poll * POLL_SECONDS + index, { engines: [sample] }, { target: `t${index}` });
      });
      fleet.take(...scrapes);
      if (poll < 39) totals.forEach((_, index) => (totals[index]! += random.below(900)));
    }
    const grown = totals[0]! + totals[1]! - first[0]! - first[1]!;
    expect(outputOf(fleet)).toBe(grown);
  });

  test('replicas that were started at the same moment and have served nothing yet are two, and stay two', () => {
    const fleet = startFleet();
    for (let poll = 0; poll < 20; poll += 1) {
      const scrapes = [0, 1].map((index) => {
        const busy = Math.max(0, poll - 5);
        const counters = { inputTokens: busy * (900 - index * 30), outputTokens: busy * (90 + index * 3) };
        const changes = { engine: `n${index}:8000/llama`, pod: null, node: `n${index}`, address: `n${index}:8000` };
        return scrape(poll * POLL_SECONDS, { engines: [engine({ ...changes, counters })] }, { target: `t${index}` });
      });
      fleet.take(...scrapes);
      if (poll === 4) expect(fleet.sampler.report()[0]?.engines).toHaveLength(2);
    }
    expect(outputOf(fleet)).toBe(14 * 90 + 14 * 93);
    expect(fleet.sampler.report()[0]?.engines).toHaveLength(2);
  });

  test('addresses that two clusters both use are two engines once their counters contradict each other', () => {
    const fleet = startFleet();
    for (let poll = 0; poll < 20; poll += 1) {
      const one = silent(poll * 900, 9000 + poll * 90, { engine: 'a/llama' });
      const other = silent(poll * 100, 700 + poll * 10, { engine: 'b/llama' });
      const clusters = [one, other].map((sample, index) =>
        scrape(poll * POLL_SECONDS, { engines: [sample] }, { target: `cluster ${index}` }),
      );
      fleet.take(...clusters);
    }
    expect(outputOf(fleet)).toBe(19 * 90 + 19 * 10);
  });

  test('when the route that counts falls silent the other one takes over within a few polls', () => {
    const fleet = startFleet();
    const at = (poll: number, changes: Changes) => {
      const tokens = 50_000 + poll * 500;
      return engine({ ...changes, counters: { inputTokens: tokens * 8, outputTokens: tokens } });
    };
    for (let poll = 0; poll < 40; poll += 1) {
      const seconds = poll * POLL_SECONDS;
      const first = poll < 20 ? [scrape(seconds, { engines: [at(poll, bare)] }, direct)] : [];
      fleet.take(...first, scrape(seconds + 4, { engines: [at(poll, labelled)] }, server));
    }
    expect(outputOf(fleet)).toBeGreaterThanOrEqual(38 * 500);
    expect(outputOf(fleet)).toBeLessThanOrEqual(39 * 500);
    expect(fleet.sampler.report()[0]?.engines.map((one) => one.engine)).toEqual([labelled.engine]);
  });

  test('a restart that one route sees before the other does not part them', () => {
    const fleet = startFleet();
    const slow = { ...server, intervalSeconds: 60 };
    const at = (seconds: number, changes: Changes) => {
      const isNew = seconds >= 200;
      const tokens = isNew ? (seconds - 200) * 50 : 50_000 + seconds * 50;
      const startedAt = plusSeconds(START, isNew ? 199 : -3600);
      return engine({ ...changes, startedAt, counters: { inputTokens: tokens * 8, outputTokens: tokens } });
    };
    for (let seconds = 0; seconds <= 600; seconds += POLL_SECONDS) {
      const second = seconds % 60 === 0 ? [scrape(seconds + 1, { engines: [at(seconds + 1, labelled)] }, slow)] : [];
      fleet.take(scrape(seconds, { engines: [at(seconds, bare)] }, direct), ...second);
    }
    expect(outputOf(fleet)).toBe(190 * 50 + 400 * 50);
    expect(totalOf(fleet.all('engineFacts'), 'restarts')).toBe(1);
  });
});

describe('texts of engines, scraped and sampled', () => {
  /** Takes texts of one target poll by poll. */
  function taken(texts: readonly string[]): Fleet {
    const fleet = startFleet();
    const exposition = createExpositionReader();
    const readSamples = createSampleReader({}, 'gpu-7:8000');
    texts.forEach((text, poll) => {
      const read = exposition.read(Buffer.from(text), 'prometheus-text');
      if (!read.ok) throw new Error(read.failure.message);
      const { series, values, warnings } = read.value;
      const { engines, problems } = readSamples(series, (index) => values[index]);
      const conflicts = warnings
        .filter(({ kind }) => kind === 'conflict')
        .map(({ message }) => ({ kind: 'conflict', message }) as const);
      fleet.take(scrape(poll * POLL_SECONDS, { engines }, { problems: [...problems, ...conflicts] }));
    });
    return fleet;
  }
  const started = `process_start_time_seconds ${(START - 3_600_000) / 1000}\n`;
  const tokens = (model: string, count: number) => `vllm:generation_tokens_total{model_name="${model}"} ${count}\n`;

  test('M09 a series that is there twice counts once; one that contradicts itself counts when it no longer does', () => {
    const twice = started + tokens('q', 150) + tokens('q', 150);
    expect(outputOf(taken([started + tokens('q', 100), twice, started + tokens('q', 180)]))).toBe(80);
    const torn = started + tokens('q', 150) + tokens('q', 90);
    const fleet = taken([started + tokens('q', 100), torn, started + tokens('q', 180)]);
    expect(outputOf(fleet)).toBe(80);
    expect(eventsOf(fleet)).toEqual([]);
  });

  test('M17 a model that is served for the first time counts from zero', () => {
    const texts = [
      tokens('q', 100),
      tokens('q', 120),
      tokens('q', 150) + tokens('lora', 40),
      tokens('q', 150) + tokens('lora', 70),
    ];
    expect(outputOf(taken(texts.map((text) => started + text)))).toBe(50 + 70);
    // Without the start of the process, nobody knows whether it was there before.
    expect(outputOf(taken(texts))).toBe(50 + 30);
  });

  test('M17 a frontend that shows no model before its first request counts from it', () => {
    const idle = `${started}dynamo_frontend_disconnected_clients 0\n`;
    const busy = (count: number) => `${started}dynamo_frontend_output_tokens_total{model="q"} ${count}\n`;
    expect(outputOf(taken([idle, idle, busy(300), busy(400)]))).toBe(400);
  });

  test('M17 an engine that is there with more than it can have counted since is a new baseline', () => {
    const texts = [
      tokens('q', 100),
      tokens('q', 120) + tokens('old', 5_000_000),
      tokens('q', 120) + tokens('old', 5_000_070),
    ];
    expect(outputOf(taken(texts.map((text) => started + text)))).toBe(20 + 70);
  });

  test('M19 an answer without metrics is a gap in watching, and no tokens', () => {
    const fleet = taken([started + tokens('q', 100), '', '# nothing\n', started + tokens('q', 190)]);
    expect(fleet.all('engineFacts')).toMatchObject([{ outputTokens: 90, observedSeconds: 0, bridgedSeconds: 30 }]);
  });

  test('M20 a model whose name changes without a restart ends, and the new one begins where it stands', () => {
    const fleet = taken(
      [tokens('q', 5000), tokens('q', 5100), tokens('q-lora', 5200), tokens('q-lora', 5250)].map(
        (text) => started + text,
      ),
    );
    expect(outputOf(fleet)).toBe(100 + 50);
    expect(fleet.spans.engines.all().map(({ model }) => model)).toEqual(['q', 'q-lora']);
  });
});

describe('G01 an engine in a crash loop', () => {
  test('is told in growing steps, and every run counts', () => {
    const fleet = startFleet();
    for (let poll = 0; poll <= 37; poll += 1) {
      const startedAt = plusSeconds(START, poll * POLL_SECONDS - 1);
      fleet.take(scrape(poll * POLL_SECONDS, { engines: [engine({ startedAt, counters: { outputTokens: 7 } })] }));
    }
    expect(totalOf(fleet.all('engineFacts'), 'restarts')).toBe(37);
    expect(outputOf(fleet)).toBe(37 * 7);
    const told = fleet.batches.flatMap(({ events }) => events.map(({ message }) => message));
    expect(told).toEqual([
      'llama: an engine restarted',
      'llama: an engine restarted 2 times within an hour',
      'llama: an engine restarted 3 times within an hour',
      'llama: an engine restarted 10 times within an hour',
      'llama: an engine restarted 30 times within an hour',
    ]);
  });
});

describe('G02 releases that change', () => {
  const pod = (name: string, version: string | null, startedSeconds = -3600, counters = {}) =>
    engine({
      engine: `${name}/llama`,
      pod: name,
      version,
      address: `${name}:8000`,
      startedAt: plusSeconds(START, startedSeconds),
      counters,
    });
  const messagesOf = (fleet: Fleet) => fleet.batches.flatMap(({ events }) => events.map(({ message }) => message));
  const poll = (fleet: Fleet, seconds: number, ...engines: EngineSample[]) =>
    fleet.take(...engines.map((one) => scrape(seconds, { engines: [one] }, { target: one.engine })));

  test('an upgrade in place is a span and an event', () => {
    const fleet = startFleet();
    poll(fleet, 0, pod('a', '0.11.0', -3600, { outputTokens: 900 }));
    poll(fleet, 10, pod('a', '0.12.0', 5, { outputTokens: 40 }));
    expect(messagesOf(fleet)).toEqual(['llama: vllm 0.11.0 to 0.12.0']);
    expect(fleet.all('engineSpans').map(({ version }) => version)).toContain('0.12.0');
    expect(outputOf(fleet)).toBe(40);
  });

  test('a roll-out by new pods is one event, and the rest of it none', () => {
    const fleet = startFleet();
    poll(fleet, 0, pod('a', '0.11.0'), pod('b', '0.11.0'), pod('c', '0.11.0'));
    poll(fleet, 10, pod('a', '0.11.0'), pod('b', '0.11.0'), pod('c2', '0.12.0', 4));
    poll(fleet, 20, pod('a', '0.11.0'), pod('b2', '0.12.0', 14), pod('c2', '0.12.0', 4));
    poll(fleet, 30, pod('a2', '0.12.0', 24), pod('b2', '0.12.0', 14), pod('c2', '0.12.0', 4));
    expect(messagesOf(fleet)).toEqual(['llama: vllm 0.11.0 to 0.12.0, by a new engine']);
  });

  test('two replicas on two releases do not flap, whoever is heard first', () => {
    const fleet = startFleet();
    poll(fleet, 0, pod('a', '0.11.0'));
    for (let seconds = 10; seconds < 900; seconds += 10) poll(fleet, seconds, pod('a', '0.11.0'), pod('b', '0.12.0'));
    expect(messagesOf(fleet)).toEqual([]);
    expect(fleet.spans.engines.all()).toHaveLength(2);
  });

  test('a version that is told by name only, then by the engine, is no change', () => {
    const fleet = startFleet();
    const told = pod('a', '0.12.0');
    poll(fleet, 0, { ...told, version: '≥ 0.11.1', versionEvidence: 'metric-names' });
    poll(fleet, 10, told);
    poll(fleet, 20, { ...told, version: '≥ 0.11.1', versionEvidence: 'metric-names' });
    poll(fleet, 30, told);
    expect([messagesOf(fleet), fleet.spans.engines.all().length]).toEqual([[], 1]);
  });
});

describe('a version that only the cluster knows', () => {
  const podOf = (image: string, versionLabel: string | null = null): PodSample => ({
    pod: 'pod-1',
    namespace: null,
    images: [
      { container: 'istio-proxy', image: 'istio/proxyv2:1.20.1', imageId: '' },
      { container: 'vllm', image, imageId: 'sha256:aabbccddeeff00' },
    ],
    versionLabel,
  });
  const untold = { version: '≥ 0.11', versionEvidence: 'metric-names' } as const;
  const told = (version: string) => ({ version, versionEvidence: 'http' }) as const;
  type Step = readonly [pod: PodSample | null, changes: Partial<Omit<EngineSample, 'counters'>>];

  function versionsOf(steps: readonly Step[]) {
    const fleet = startFleet();
    steps.forEach(([pod, changes], poll) => {
      const pods = pod === null ? [] : [pod];
      fleet.take(scrape(poll * POLL_SECONDS, { engines: [engine(changes)] }, { pods }));
    });
    const versions = fleet.spans.engines.all().map((span) => `${span.version} ${span.versionEvidence}`);
    return { versions, messages: fleet.batches.flatMap(({ events }) => events.map(({ message }) => message)) };
  }

  test.each<[string, readonly Step[], readonly string[], readonly string[]]>([
    ['its image tells it', [[podOf('vllm/vllm-openai:v0.11.0'), untold]], ['0.11.0 image'], []],
    ['the label of its pod tells it', [[podOf('corp/llm:7', 'v0.11.0'), untold]], ['0.11.0 pod-label'], []],
    ['an image of its own is at least seen to change', [[podOf('corp/llm:7'), untold]], ['llm:7 image'], []],
    [
      'what the engine says of itself refines the image',
      [
        [podOf('vllm/vllm-openai:v0.11.0'), untold],
        [null, told('0.11.0')],
        [podOf('vllm/vllm-openai:v0.11.0'), untold],
      ],
      ['0.11.0 http'],
      [],
    ],
    [
      'a pod that comes back with another image is an update',
      [
        [podOf('corp/llm:7'), untold],
        [podOf('corp/llm:8'), { ...untold, startedAt: plusSeconds(START, 9) }],
      ],
      ['llm:7 image', 'llm:8 image'],
      ['llama: vllm llm:7 to llm:8'],
    ],
    [
      'an image is believed where the engine no longer answers and is another process',
      [
        [podOf('vllm/vllm-openai:v0.11.0'), told('0.11.0')],
        [podOf('vllm/vllm-openai:v0.12.0'), { ...untold, startedAt: plusSeconds(START, 9) }],
        [null, { ...told('0.12.0'), startedAt: plusSeconds(START, 9) }],
      ],
      ['0.11.0 http', '0.12.0 http'],
      ['llama: vllm 0.11.0 to 0.12.0'],
    ],
    [
      'a stale label changes nothing of what the engine says',
      [
        [podOf('corp/llm:7', '0.9.0'), told('0.11.0')],
        [null, untold],
        [null, told('0.11.0')],
      ],
      ['0.11.0 http'],
      [],
    ],
  ])('%s', (_, steps, versions, messages) => {
    const result = versionsOf(steps);
    expect(result.versions).toEqual(versions);
    expect(result.messages.filter((message) => message.includes(' to '))).toEqual(messages);
  });
});

describe('G12 other work on the GPU of an engine', () => {
  test('has its part of the card, which is no cost of inference', () => {
    const fleet = startFleet();
    const workloads = [
      { pod: 'pod-1', namespace: null, share: 0.5 },
      { pod: 'notebook', namespace: 'research', share: 0.5 },
    ];
    [0, 10].forEach((seconds) => fleet.take(scrape(seconds, { gpus: [gpu({ workloads })], engines: [engine()] })));
    const [placement] = fleet.all('placements');
    expect(placement?.members.map(({ share }) => share)).toEqual([0.5, 0.5]);
    expect(placement?.members.map(({ engineSpan }) => engineSpan !== null)).toContain(false);
  });

  test('that holds a whole card is placed on no engine, though it makes the card busy', () => {
    const fleet = startFleet();
    const busy = gpu({ gpu: 'GPU-1', workloads: [{ pod: 'training', namespace: null, share: 1 }] });
    const ours = gpu({ workloads: [{ pod: 'pod-1', namespace: null, share: 1 }] });
    [0, 10].forEach((seconds) => fleet.take(scrape(seconds, { gpus: [ours, busy], engines: [engine()] })));
    expect(fleet.all('gpuFacts').map(({ state, placement }) => [state, placement !== null])).toEqual([
      ['serving', true],
      ['serving', false],
    ]);
  });
});

test('a sleeping engine leaves its GPU loaded-idle: it holds it, and nobody else can have it', () => {
  const fleet = startFleet();
  const asleep = engine({ sleeping: 1, requestsRunning: 0 });
  const gpus = [
    gpu({ workloads: [{ pod: 'pod-1', namespace: null, share: 1 }], memoryUsedBytes: 2e9, utilisation: 0 }),
  ];
  const polls: Scrape[] = [0, 10, 20].map((seconds) => scrape(seconds, { gpus, engines: [asleep] }));
  for (const one of polls) fleet.take(one);
  expect(fleet.all('gpuFacts').map(({ state }) => state)).toEqual(['loaded-idle', 'loaded-idle']);
  expect(totalOf(fleet.all('engineFacts'), 'sleepingSeconds')).toBe(20);
});

describe('an engine that is launched otherwise', () => {
  test('is told once, with what differs, and its facts go on in another span', () => {
    const fleet = startFleet();
    const launched = (cacheType: string, at: number) =>
      engine({
        settings: settingsText({ kv_cache_dtype: cacheType, block_size: '16' }),
        startedAt: plusSeconds(START, at),
        counters: { inputTokens: 100, outputTokens: 100 },
      });
    fleet.take(scrape(0, { engines: [launched('auto', -3600)] }));
    fleet.take(scrape(10, { engines: [launched('auto', -3600)] }));
    fleet.take(scrape(20, { engines: [launched('fp8', 12)] }));
    fleet.take(scrape(30, { engines: [launched('fp8', 12)] }));
    const events = fleet.all('events').filter(({ kind }) => kind !== 'engine-restarted');
    expect(events.map(({ kind, message }) => [kind, message])).toEqual([
      ['engine-settings-changed', 'llama: kv_cache_dtype auto to fp8'],
    ]);
    expect(new Set(fleet.all('engineFacts').map(({ engineSpan }) => engineSpan)).size).toBe(2);
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { systemClock, type Clock } from '#backend/clock.ts';
import { createHttpClient, type HttpClient } from '#backend/sources/http/http-client.ts';
import { createServerSource } from '#backend/sources/prometheus-server/server-source.ts';
import type { Source } from '#backend/sources/source.ts';
import { succeed } from '#shared/lib/result.ts';
import type { Scrape } from '#shared/model/sample.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { startScriptedServer, type HeldSeries, type ScriptedServer } from '../../../fakes/scripted-server.ts';

const START = 1_795_600_000;

let server: ScriptedServer;
let http: HttpClient;
/** The clock of ours, which only a test moves. */
let now: EpochMs;
beforeEach(async () => {
  now = epochMs(START * 1000);
  server = await startScriptedServer();
  const clock: Clock = { ...systemClock, now: () => now, monotonicMs: () => now };
  http = createHttpClient(clock);
  // The server's clock is ours, unless a test says otherwise.
  server.reply = (_, answer) => dated(answer);
});
afterEach(async () => {
  http.close();
  await server.close();
});

const dated = <Answer extends object>(answer: Answer, aheadSeconds = 0) => ({
  ...(answer as { body: unknown }),
  headers: { date: new Date(now + aheadSeconds * 1000).toUTCString() },
});

function sourceOf(options: Partial<Parameters<typeof createServerSource>[0]> = {}): Source {
  return createServerSource({
    name: 'prom',
    url: server.url,
    use: 'live',
    http,
    now: () => now,
    pollSeconds: 10,
    ...options,
  });
}

async function poll(source: Source, seconds = 10): Promise<Scrape[]> {
  const scrapes: Scrape[] = [];
  await source.poll((scrape) => scrapes.push(scrape), new AbortController().signal);
  now = plusSeconds(now, seconds);
  return scrapes;
}
const healthOf = (source: Source) => source.health(now);

/** One gauge of a GPU, scraped every 15 s over so many seconds before and after the start; the value is its instant. */
function power(gpu: string, labels: Record<string, string> = {}, offset = 0): HeldSeries {
  const values = Array.from({ length: 400 }, (_, index) => START - 3000 + offset + index * 15);
  return {
    metric: {
      __name__: 'DCGM_FI_DEV_POWER_USAGE',
      job: 'dcgm',
      instance: 'n1:9400',
      UUID: gpu,
      Hostname: 'n1',
      ...labels,
    },
    values: values.map((at) => [at, String(100 + (at % 900))] as const),
  };
}
/** Instants of scrapes relative to the start, s, and how many GPUs each has. */
const told = (scrapes: readonly Scrape[]) => scrapes.map(({ at, gpus }) => [at / 1000 - START, gpus.length]);
const instants = (scrapes: readonly Scrape[]) => scrapes.map(({ at }) => at / 1000 - START);

describe('a query that the server refuses', () => {
  const refusal = (status: number, error: string) => () => ({
    status,
    body: { status: 'error', errorType: 'bad_data', error },
  });

  test.each([400, 422])('P01 with %s is said once with its error, and not asked again', async (status) => {
    server.reply = refusal(status, 'parse error: unexpected "}"');
    const source = sourceOf();
    await poll(source);
    const { reason } = healthOf(source);
    expect(reason).toBe(`The server refused the query (${status}): parse error: unexpected "}"`);
    const before = server.questions.length;
    server.reply = null;
    for (let round = 0; round < 20; round += 1) await poll(source, 60);
    expect(server.questions.length).toBe(before);
    expect(healthOf(source)).toMatchObject({ state: 'down', reason });
  });

  test('P01 is asked when the query has changed with the configuration', async () => {
    server.held = [power('GPU-a')];
    server.reply = (question, answer) => (question.query.includes('bad=') ? refusal(400, 'no')() : dated(answer));
    await poll(sourceOf({ matchers: [{ label: 'bad', value: 'x', isRegex: false }] }));
    expect(await poll(sourceOf({ matchers: [{ label: 'good', value: 'x', isRegex: false }] }))).not.toEqual([]);
  });

  test('P01 a 400 of something else in between is no refusal: it is asked again', async () => {
    server.held = [power('GPU-a')];
    const source = sourceOf();
    server.reply = () => ({ status: 400, body: '<html>The plain HTTP request was sent to HTTPS port</html>' });
    await poll(source);
    expect(healthOf(source).state).toBe('down');
    server.reply = (_, answer) => dated(answer);
    expect(await poll(source)).not.toEqual([]);
    expect(healthOf(source).state).toBe('fresh');
  });

  test('P10 an error wins over status 200 and over data beside it, with our own secret taken out', async () => {
    const access = () => Promise.resolve(succeed({ authorization: 'Bearer planted-token-1234' }));
    server.held = [power('GPU-a')];
    server.reply = (_, { body }) => ({
      body: { ...(body as object), status: 'error', error: 'no planted-token-1234' },
    });
    const source = sourceOf({ access });
    expect(await poll(source)).toEqual([]);
    expect(healthOf(source)).toMatchObject({ state: 'down', reason: 'The server refused the query: no [secret]' });
  });
});

describe('a server that is busy', () => {
  test('P02 is left alone ever longer, asked for half the range at each repeat, and misses nothing once it answers', async () => {
    server.held = [power('GPU-a')];
    const source = sourceOf();
    const before = instants(await poll(source));
    const asked = server.questions.length;
    server.reply = () => ({ status: 503, body: { status: 'error', errorType: 'timeout', error: 'query timed out' } });
    for (let round = 0; round < 30; round += 1) await poll(source);
    const tried = server.questions.slice(asked);
    expect(tried.length).toBeLessThan(10);
    const [first, second] = tried.map(({ seconds }) => seconds);
    expect(first).toBe(191);
    expect(second).toBeLessThanOrEqual(96);
    expect(Math.max(...tried.slice(1).map(({ seconds }) => seconds))).toBeLessThanOrEqual(96);
    expect(healthOf(source)).toMatchObject({ state: 'down', reason: expect.stringContaining('503') });
    server.reply = (_, answer) => dated(answer);
    now = plusSeconds(now, 120);
    const after = instants(await poll(source));
    const all = [...before, ...after];
    expect(all).toEqual(all.map((_, index) => all[0]! + index * 15));
    expect(all.at(-1)).toBeGreaterThan(400);
  });

  test('P02 429 waits as long as it is told to', async () => {
    const source = sourceOf();
    server.reply = () => ({ status: 429, headers: { 'retry-after': '45' }, body: 'slow down' });
    for (let round = 0; round < 5; round += 1) await poll(source);
    expect(server.questions).toHaveLength(1);
    expect(healthOf(source).reason).toMatch(/429.*Asked again in \d+ s\.$/);
  });
});

describe('an answer over the limits of the server', () => {
  const limited =
    (samplesMax: number): NonNullable<ScriptedServer['reply']> =>
    (_, answer) => {
      const { body } = answer as { body: { data: { result: HeldSeries[] } } };
      const samples = body.data.result.reduce((total, { values }) => total + values.length, 0);
      if (samples <= samplesMax) return dated(answer);
      const error = 'query processing would load too many samples into memory in query execution';
      return { status: 422, body: { status: 'error', errorType: 'execution', error } };
    };
  const names = ['DCGM_FI_DEV_POWER_USAGE', 'DCGM_FI_DEV_GPU_UTIL', 'DCGM_FI_DEV_GPU_TEMP', 'DCGM_FI_DEV_FB_USED'];
  const many = () =>
    names.flatMap((__name__) =>
      ['GPU-a', 'GPU-b'].map((gpu) => ({ ...power(gpu), metric: { ...power(gpu).metric, __name__ } })),
    );

  test('P04 is asked for in parts by metric names, to the same scrapes as in one', async () => {
    server.held = many();
    const whole = await poll(sourceOf());
    now = epochMs(START * 1000);
    server.reply = limited(40);
    const source = sourceOf();
    const before = server.questions.length;
    expect(await poll(source)).toEqual(whole);
    const found = server.questions.length;
    expect(found - before).toBeGreaterThan(3);
    // Once found, the number of parts is kept.
    await poll(source);
    expect(server.questions.length - found).toBeLessThan(found - before);
    const [one, ...others] = server.questions.slice(found);
    expect(new Set([one!, ...others].map(({ until }) => until)).size).toBe(1);
    expect(healthOf(source).state).toBe('fresh');
  });

  test('P04 that stays too much says so, and is tried again over less time', async () => {
    server.held = many();
    server.reply = limited(0);
    const source = sourceOf();
    expect(await poll(source)).toEqual([]);
    expect(healthOf(source).reason).toContain('too many samples');
    server.reply = (_, answer) => dated(answer);
    expect(await poll(source)).not.toEqual([]);
  });
});

describe('a partial answer', () => {
  test('P03 is marked, its warning made safe, and never takes the place of the complete one', async () => {
    server.held = [power('GPU-a'), power('GPU-b')];
    const source = sourceOf();
    await poll(source);
    server.reply = (_, { body }) => {
      const { data, ...rest } = body as { data: { result: HeldSeries[] } };
      const result = data.result.filter(({ metric }) => metric['UUID'] !== 'GPU-b');
      return dated({
        body: { ...rest, data: { ...data, result }, warnings: ['store \u001b[31m10.0.0.7\u0007 is down'] },
      });
    };
    expect(told(await poll(source))).toEqual([]);
    expect(told(await poll(source))).toEqual([]);
    const [note] = healthOf(source).notes;
    expect(note).toMatch(/^Partial: .*store \\u001b\[31m10\.0\.0\.7\\u0007 is down/);
    server.reply = (_, answer) => dated(answer);
    expect(told(await poll(source))).toEqual([
      [15, 2],
      [30, 2],
    ]);
    expect(healthOf(source).notes).toEqual([expect.stringContaining('scrapes every 15 s')]);
  });

  test('P03 that stays partial is read for what it holds before it is lost', async () => {
    server.held = [power('GPU-a'), power('GPU-b')];
    const source = sourceOf();
    await poll(source);
    server.reply = (_, { body }) => {
      const { data, ...rest } = body as { data: { result: HeldSeries[] } };
      const result = data.result.filter(({ metric }) => metric['UUID'] !== 'GPU-b');
      return dated({ body: { ...rest, data: { ...data, result }, warnings: ['one store is down'] } });
    };
    const later: Scrape[] = [];
    for (let round = 0; round < 25; round += 1) later.push(...(await poll(source)));
    expect(told(later).slice(0, 3)).toEqual([
      [15, 1],
      [30, 1],
      [45, 1],
    ]);
  });

  test('a remark of the server is shown and holds nothing up', async () => {
    server.held = [power('GPU-a')];
    server.reply = (_, { body }) => dated({ body: { ...(body as object), infos: ['metric might not be a counter'] } });
    const source = sourceOf();
    expect(await poll(source)).not.toEqual([]);
    expect(healthOf(source).notes[0]).toContain('might not be a counter');
  });

  test('a scrape whose second half is still on its way waits for it', async () => {
    const [a, b] = [power('GPU-a'), power('GPU-b')];
    const late = { ...b, values: b.values.filter(([at]) => at <= START) };
    server.held = [a, late];
    const source = sourceOf();
    await poll(source, 20);
    expect(told(await poll(source, 10))).toEqual([]);
    server.held = [a, b];
    expect(told(await poll(source, 10))).toEqual([
      [15, 2],
      [30, 2],
    ]);
  });
});

describe('gaps', () => {
  test('P05 a time in which the server was down stays a gap, and the interval around it its own', async () => {
    const a = power('GPU-a');
    server.held = [{ ...a, values: a.values.filter(([at]) => at <= START + 30 || at > START + 300) }];
    const source = sourceOf();
    const scrapes = [...(await poll(source, 330)), ...(await poll(source))];
    expect(instants(scrapes).filter((at) => at > 15 && at < 320)).toEqual([30, 315]);
    expect(scrapes.at(-1)!.intervalSeconds).toBe(15);
    expect(server.questions.every(({ query }) => !/(rate|increase)\(/.test(query))).toBe(true);
  });

  test('P05 what came while Tokenwatt was not running is read first, in order and in one piece', async () => {
    server.held = [power('GPU-a')];
    const source = sourceOf({ resumeAt: plusSeconds(now, -2400) });
    const scrapes = instants(await poll(source));
    expect(scrapes[0]).toBeLessThanOrEqual(-2400);
    expect(scrapes).toEqual(scrapes.map((_, index) => scrapes[0]! + index * 15));
    expect(scrapes.at(-1)).toBe(0);
    expect(Math.max(...server.questions.map(({ seconds }) => seconds))).toBeLessThanOrEqual(901);
  });
});

describe('P06 two replicas that scrape the same targets', () => {
  const replica = (name: string, offset: number) => [
    power('GPU-a', { prometheus_replica: name }, offset),
    power('GPU-b', { prometheus_replica: name }, offset),
  ];

  test('are read as one, the other is shown, and no series alternates between them', async () => {
    server.held = [...replica('prom-0', 0), ...replica('prom-1', 7.25)];
    const source = sourceOf();
    const scrapes: Scrape[] = [];
    for (let round = 0; round < 20; round += 1) scrapes.push(...(await poll(source)));
    expect(instants(scrapes)).toEqual(instants(scrapes).map((_, index) => instants(scrapes)[0]! + index * 15));
    expect(scrapes.every(({ gpus, intervalSeconds }) => gpus.length === 2 && intervalSeconds === 15)).toBe(true);
    expect(healthOf(source).notes.join()).toContain('prom-0 is read, prom-1 is left out');
    expect(healthOf(source).targets).toHaveLength(1);
  });

  test('change over when the one that is read falls silent, with no instant twice', async () => {
    const [silent, other] = [replica('prom-0', 0), replica('prom-1', 7.25)];
    server.held = [
      ...silent.map((series) => ({ ...series, values: series.values.filter(([at]) => at < START + 60) })),
      ...other,
    ];
    const source = sourceOf();
    const scrapes: Scrape[] = [];
    for (let round = 0; round < 60; round += 1) scrapes.push(...(await poll(source)));
    const found = instants(scrapes);
    expect(found).toEqual(found.toSorted((one, two) => one - two));
    expect(new Set(found).size).toBe(found.length);
    const spacings = found.slice(1).map((at, index) => at - found[index]!);
    expect(spacings.filter((seconds) => seconds !== 15)).toEqual([7.25]);
    expect(found.at(-1)).toBeGreaterThan(570);
  });

  test('are not taken for replicas of the workload, whose series share each scrape', async () => {
    server.held = [power('GPU-a', { replica: '0' }), power('GPU-b', { replica: '1' })];
    const source = sourceOf();
    expect((await poll(source)).every(({ gpus }) => gpus.length === 2)).toBe(true);
    expect(healthOf(source).notes.join()).not.toContain('left out');
  });

  test('two clusters with targets of one name stay two targets', async () => {
    server.held = [power('GPU-a', { cluster: 'ash' }), power('GPU-b', { cluster: 'dal' }, 4.5)];
    const source = sourceOf();
    const scrapes = await poll(source);
    expect(new Set(scrapes.map(({ target }) => target))).toEqual(new Set(['dcgm n1:9400 ash', 'dcgm n1:9400 dal']));
    expect(scrapes.every(({ gpus }) => gpus.length === 1)).toBe(true);
  });
});

describe('P08 a server whose clock is off', () => {
  test.each([
    [300, 'ahead of'],
    [-240, 'behind'],
  ])('by %i s is asked by its own time, and said', async (ahead, side) => {
    // What it holds ends at its own now.
    const a = power('GPU-a');
    const source = sourceOf();
    const scrapes: Scrape[] = [];
    for (let round = 0; round < 4; round += 1) {
      const itsNow = now / 1000 + ahead;
      server.held = [{ ...a, values: a.values.filter(([at]) => at <= itsNow) }];
      server.reply = (_, answer) => dated(answer, ahead);
      scrapes.push(...(await poll(source)));
    }
    expect(instants(scrapes).at(-1)).toBeGreaterThan(ahead);
    const { notes, state } = healthOf(source);
    expect(notes.join()).toContain(`clock is ${Math.abs(ahead)} s ${side}`);
    expect(state).toBe('fresh');
  });

  test('and then corrected tells nothing twice', async () => {
    const a = power('GPU-a');
    const source = sourceOf();
    let ahead = 120;
    server.reply = (_, answer) => dated(answer, ahead);
    const scrapes: Scrape[] = [];
    for (let round = 0; round < 40; round += 1) {
      if (round === 10) ahead = 0;
      server.held = [{ ...a, values: a.values.filter(([at]) => at <= now / 1000 + ahead) }];
      scrapes.push(...(await poll(source)));
    }
    const found = instants(scrapes);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual(found.toSorted((one, other) => one - other));
    expect(found.at(-1)).toBeGreaterThan(370);
  });

  test('is not read from an answer that a cache kept', async () => {
    server.held = [power('GPU-a')];
    server.reply = (_, answer) => {
      const { body, headers } = dated(answer, -600);
      return { body, headers: { ...headers, age: '600' } };
    };
    const source = sourceOf();
    expect(instants(await poll(source)).at(-1)).toBe(0);
    expect(healthOf(source).notes.join()).not.toContain('clock');
  });
});

describe('P11 values that are no numbers', () => {
  test.each(['NaN', '+Inf', '-Inf', 'abc', '-5'])(
    '%s is held out with a reason, and the rest is read',
    async (text) => {
      const held = (name: string, value: string) => ({
        metric: { ...power('GPU-a').metric, __name__: name },
        values: [[START - 5, value]] as const,
      });
      server.held = [held('DCGM_FI_DEV_POWER_USAGE', text), held('DCGM_FI_DEV_GPU_TEMP', '4.1e+01')];
      const source = sourceOf();
      const [scrape] = await poll(source);
      expect(scrape!.gpus[0]).toMatchObject({ powerWatts: null, temperatureCelsius: 41 });
      expect(healthOf(source).targets[0]).toMatchObject({ heldOut: 1 });
    },
  );

  test('native histograms are left out, and counted in a note', async () => {
    server.held = [power('GPU-a')];
    server.reply = (_, { body }) => {
      const { data, ...rest } = body as { data: { result: object[] } };
      const histogram = {
        metric: { __name__: 'vllm:time_to_first_token_seconds' },
        histograms: [[START, { count: '1' }]],
      };
      return dated({ body: { ...rest, data: { ...data, result: [...data.result, histogram] } } });
    };
    const source = sourceOf();
    expect(await poll(source)).not.toEqual([]);
    expect(healthOf(source).notes.join()).toContain('1 series are native histograms');
  });

  test('stale markers of VictoriaMetrics are neither values nor scrapes of their own', async () => {
    const [a, b] = [power('GPU-a'), power('GPU-b')];
    const ended = b.values.filter(([at]) => at < START - 60);
    server.held = [a, { ...b, values: [...ended, [START - 44.998, 'NaN']] }];
    server.reply = (_, answer) => {
      const { body, headers } = dated(answer);
      return { body, headers: { ...headers, 'x-server-hostname': 'vm' } };
    };
    const source = sourceOf();
    const scrapes = await poll(source);
    expect(instants(scrapes).every((at) => at % 15 === 0)).toBe(true);
    expect(told(scrapes).slice(-3)).toEqual([
      [-30, 1],
      [-15, 1],
      [0, 1],
    ]);
    expect(healthOf(source).targets[0]).toMatchObject({ heldOut: 0 });
  });
});

test('a server that scrapes more slowly than the poll says how closely figures come', async () => {
  const a = power('GPU-a');
  server.held = [{ ...a, values: a.values.filter(([at]) => at % 60 === START % 60) }];
  const source = sourceOf();
  await poll(source);
  expect(healthOf(source).notes).toEqual([expect.stringContaining('scrapes every 60 s')]);
  expect(healthOf(source).state).toBe('fresh');
});

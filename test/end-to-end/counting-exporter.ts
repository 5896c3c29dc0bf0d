import { listenOnLoopback, sendExposition, sendJson } from '#electron/sample-fleet/loopback-server.ts';
import { createRandom } from '../backend/store/store-facts.ts';

/** Every counter value that one answer held, by the name it is checked under. */
export type Reading = { readonly counters: Readonly<Record<string, number>>; readonly startedAt: number };

/**
 * Three GPUs and two engines that count upwards with time, and remember what they told. Counters move only when asked,
 * so the list of readings is all that anybody could ever know about them.
 */
export type CountingExporter = {
  readonly targets: readonly { readonly url: string; readonly labels: Record<string, string> }[];
  /** The node that its GPUs are on. */
  readonly node: string;
  readonly gpus: readonly string[];
  readonly engines: readonly string[];
  /** Readings of one GPU or engine, oldest first. */
  readonly readings: (thing: string) => readonly Reading[];
  /** Resolves when every target has been asked this many more times. */
  readonly asked: (times: number) => Promise<void>;
  /** From now on every counter stands still. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** A new process behind an engine: its counters begin at zero. */
  readonly restart: (engine: string) => void;
  readonly close: () => Promise<void>;
};

type Thing = {
  readonly name: string;
  readonly readings: Reading[];
  counters: Record<string, number>;
  startedAt: number;
  movedAt: number;
};

const NODE = 'lab-1';
const GPUS = [0, 1, 2].map((index) => `GPU-0c0c0c0c-0000-4000-8000-00000000000${index}`);
const PODS = ['lab-engine-0', 'lab-engine-1'];
const MODEL = 'lab/small-model';
const BOUNDS = ['0.05', '0.25', '1.0', '+Inf'];
export const HISTOGRAMS = {
  ttft: 'vllm:time_to_first_token_seconds',
  interToken: 'vllm:inter_token_latency_seconds',
  endToEnd: 'vllm:e2e_request_latency_seconds',
} as const;

export async function startCountingExporter(seed: number): Promise<CountingExporter> {
  const random = createRandom(seed);
  const gpus = GPUS.map((name) => newThing(name, { energyMillijoules: 5_000_000_000 + random.below(1e6) }));
  const engines = PODS.map((pod) => newThing(`${pod}/${MODEL}`, startCounters()));
  const things = new Map([...gpus, ...engines].map((thing) => [thing.name, thing]));
  const waiting: { left: Map<string, number>; done: () => void }[] = [];
  let isFrozen = false;

  function tell(thing: Thing): void {
    const now = Date.now();
    const seconds = (now - thing.movedAt) / 1000;
    thing.movedAt = now;
    if (!isFrozen) thing.counters = thing.name.startsWith('GPU-') ? drawn(thing, seconds) : worked(thing, seconds);
    thing.readings.push({ counters: thing.counters, startedAt: thing.startedAt });
  }

  /** Far below the limit of power, so that no jitter of the clock makes a reading implausible. */
  function drawn({ counters }: Thing, seconds: number): Record<string, number> {
    const millijoules = Math.round(seconds * (80 + random.below(60)) * 1000) + 1;
    return { energyMillijoules: (counters['energyMillijoules'] ?? 0) + millijoules };
  }

  function worked({ counters }: Thing, seconds: number): Record<string, number> {
    const requests = 1 + Math.round(seconds * (1 + random.below(9)));
    const input = requests * (100 + random.below(900));
    const grown: Record<string, number> = {
      inputTokens: input,
      cachedTokens: Math.floor(input / 3),
      outputTokens: requests * (50 + random.below(450)),
      requestsStopped: requests - 1,
      requestsLength: 1,
      preemptions: random.below(2),
    };
    for (const measure of Object.keys(HISTOGRAMS)) {
      let below = 0;
      for (const [place, bound] of BOUNDS.entries()) {
        below = place === BOUNDS.length - 1 ? requests : Math.min(requests, below + random.below(3));
        grown[`${measure}.le.${bound}`] = below;
      }
      grown[`${measure}.sum`] = requests * (0.01 + random.below(1000) / 997);
      grown[`${measure}.count`] = requests;
    }
    return Object.fromEntries(Object.entries(counters).map(([name, value]) => [name, value + (grown[name] ?? 0)]));
  }

  function count(path: string): void {
    for (const { left } of waiting) left.set(path, (left.get(path) ?? 1) - 1);
    for (const wait of waiting.filter(({ left }) => [...left.values()].every((times) => times <= 0))) {
      waiting.splice(waiting.indexOf(wait), 1);
      wait.done();
    }
  }

  const server = await listenOnLoopback(0, (request, response) => {
    const path = request.url ?? '/';
    const engine = engines[Number(/^\/engines\/(\d)\//.exec(path)?.[1] ?? Number.NaN)];
    if (path.endsWith('/version')) return sendJson(response, { version: '0.14.0' });
    for (const thing of engine === undefined ? gpus : [engine]) tell(thing);
    response.once('finish', () => count(path));
    sendExposition(request, response, engine === undefined ? gpuText(gpus) : engineText(engine));
  });
  const paths = ['/node/metrics', '/engines/0/metrics', '/engines/1/metrics'];
  return {
    targets: paths.map((path, at) => ({
      url: server.url + path,
      labels: { node: NODE, ...(at === 0 ? {} : { pod: PODS[at - 1] ?? '' }) },
    })),
    node: NODE,
    gpus: GPUS,
    engines: engines.map(({ name }) => name),
    readings: (name) => things.get(name)?.readings ?? [],
    asked: (times) => new Promise((done) => waiting.push({ left: new Map(paths.map((path) => [path, times])), done })),
    freeze: () => {
      isFrozen = true;
    },
    thaw: () => {
      isFrozen = false;
    },
    restart: (name) => {
      const thing = things.get(name);
      if (thing === undefined) throw new Error(`no engine ${name}`);
      thing.counters = Object.fromEntries(Object.keys(thing.counters).map((counter) => [counter, 0]));
      thing.startedAt = Date.now();
    },
    close: server.close,
  };
}

function newThing(name: string, counters: Record<string, number>): Thing {
  return { name, readings: [], counters, startedAt: Date.now() - 3_600_000, movedAt: Date.now() };
}

function startCounters(): Record<string, number> {
  const names = ['inputTokens', 'cachedTokens', 'outputTokens', 'requestsStopped', 'requestsLength', 'preemptions'];
  const bins = Object.keys(HISTOGRAMS).flatMap((measure) => [
    ...BOUNDS.map((bound) => `${measure}.le.${bound}`),
    `${measure}.sum`,
    `${measure}.count`,
  ]);
  return Object.fromEntries([...names, ...bins].map((name) => [name, 0]));
}

function gpuText(gpus: readonly Thing[]): string {
  const labels = (index: number): string => {
    const pod = index < PODS.length ? `,exported_pod="${PODS[index]}",exported_namespace="lab"` : '';
    return `{gpu="${index}",UUID="${GPUS[index]}",modelName="NVIDIA B200",Hostname="${NODE}"${pod}}`;
  };
  const family = (name: string, type: string, valueOf: (gpu: Thing) => number): string =>
    `# TYPE ${name} ${type}\n${gpus.map((gpu, index) => `${name}${labels(index)} ${valueOf(gpu)}\n`).join('')}`;
  return [
    family('DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', 'counter', (gpu) => gpu.counters['energyMillijoules'] ?? 0),
    family('DCGM_FI_DEV_POWER_USAGE', 'gauge', () => 110),
    family('DCGM_FI_DEV_POWER_MGMT_LIMIT', 'gauge', () => 1000),
    family('DCGM_FI_DEV_GPU_UTIL', 'gauge', () => 40),
    family('DCGM_FI_DEV_FB_USED', 'gauge', () => 90_000),
  ].join('');
}

function engineText({ counters, startedAt }: Thing): string {
  const model = `model_name="${MODEL}"`;
  const line = (name: string, value: number | undefined, more = ''): string => `${name}{${model}${more}} ${value}\n`;
  const counter = (name: string, value: number | undefined, more = ''): string =>
    `# TYPE ${name} counter\n${line(name, value, more)}`;
  const histogram = (measure: string, family: string): string =>
    [
      `# TYPE ${family} histogram\n`,
      ...BOUNDS.map((bound) => line(`${family}_bucket`, counters[`${measure}.le.${bound}`], `,le="${bound}"`)),
      line(`${family}_sum`, counters[`${measure}.sum`]),
      line(`${family}_count`, counters[`${measure}.count`]),
    ].join('');
  return [
    `# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds ${startedAt / 1000}\n`,
    counter('vllm:prompt_tokens_total', counters['inputTokens']),
    counter('vllm:prompt_tokens_cached_total', counters['cachedTokens']),
    counter('vllm:generation_tokens_total', counters['outputTokens']),
    counter('vllm:num_preemptions_total', counters['preemptions']),
    counter('vllm:request_success_total', counters['requestsStopped'], ',finished_reason="stop"'),
    line('vllm:request_success_total', counters['requestsLength'], ',finished_reason="length"'),
    `# TYPE vllm:num_requests_running gauge\n${line('vllm:num_requests_running', 3)}`,
    ...Object.entries(HISTOGRAMS).map(([measure, family]) => histogram(measure, family)),
  ].join('');
}

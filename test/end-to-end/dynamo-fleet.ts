import { listenOnLoopback, sendExposition } from '#electron/sample-fleet/loopback-server.ts';

/** Requests that a frontend hands to its workers, by what became of them. */
export type Served = { readonly input: number; readonly cached: number; readonly output: number };

/** One model behind a Dynamo frontend: a prefill and a decode worker of one engine, each on two GPUs of one node. */
export type DynamoFleet = {
  readonly targets: readonly { readonly url: string; readonly labels: Record<string, string> }[];
  /** Serves some requests at once: frontend and workers then count them, each in its own way. */
  readonly serve: (requests: number) => void;
  /** All that was served so far: the one truth that frontend and workers both tell. */
  readonly served: () => Served;
  readonly close: () => Promise<void>;
};

export const DYNAMO_MODEL = 'Lab/Small-8B';
const NODE = 'lab-1';
const STARTED_AT = Math.floor(Date.now() / 1000) - 3600;

type Request = { readonly input: number; readonly cached: number; readonly output: number; readonly isLocal: boolean };

/** Every fifth prompt is so short that the decode worker of vLLM prefills it itself. */
function requestOf(number: number): Request {
  const isLocal = number % 5 === 0;
  const input = isLocal ? 40 + (number % 7) : 600 + ((number * 37) % 900);
  return { input, cached: isLocal ? 0 : Math.floor(input / 3), output: 20 + ((number * 13) % 200), isLocal };
}

export async function startDynamoFleet(engine: 'vllm' | 'sglang'): Promise<DynamoFleet> {
  const requests: Request[] = [];
  const pages: Readonly<Record<string, (done: readonly Request[]) => string>> = {
    '/frontend/metrics': frontendText,
    '/prefill/metrics': engine === 'vllm' ? vllmPrefillText : (done) => sglangText(done, 'prefill'),
    '/decode/metrics': engine === 'vllm' ? vllmDecodeText : (done) => sglangText(done, 'decode'),
    '/gpus/metrics': gpuText,
    '/pods/metrics': () => podText(engine),
  };
  const server = await listenOnLoopback(0, (request, response) => {
    const page = pages[request.url ?? ''];
    if (page === undefined) response.writeHead(404).end();
    else sendExposition(request, response, page(requests));
  });
  const pods: Readonly<Record<string, string>> = {
    frontend: 'front-0',
    prefill: 'prefill-0',
    decode: 'decode-0',
    pods: 'kube-state-metrics-0',
  };
  return {
    targets: Object.keys(pages).map((path) => {
      const pod = pods[path.split('/')[1] ?? ''];
      return {
        url: server.url + path,
        labels: { node: NODE, ...(pod === undefined ? {} : { pod, namespace: 'lab' }) },
      };
    }),
    serve: (count) => {
      for (let left = count; left > 0; left -= 1) requests.push(requestOf(requests.length));
    },
    served: () => ({
      input: sumOf(requests, ({ input }) => input),
      cached: sumOf(requests, ({ cached }) => cached),
      output: sumOf(requests, ({ output }) => output),
    }),
    close: server.close,
  };
}

function sumOf(requests: readonly Request[], read: (request: Request) => number): number {
  return requests.reduce((total, request) => total + read(request), 0);
}

type Labels = Readonly<Record<string, string>>;

function line(name: string, labels: Labels, value: number): string {
  const text = Object.entries(labels).map(([label, content]) => `${label}="${content}"`);
  return `${name}{${text.join(',')}} ${value}\n`;
}

function counter(name: string, labels: Labels, value: number): string {
  return `# TYPE ${name} counter\n${line(name, labels, value)}`;
}

function histogram(name: string, labels: Labels, values: readonly number[]): string {
  const bounds = [100, 1000, Infinity];
  const buckets = bounds.map((bound) => {
    const le = bound === Infinity ? '+Inf' : String(bound);
    return line(`${name}_bucket`, { ...labels, le }, values.filter((value) => value <= bound).length);
  });
  const total = values.reduce((sum, value) => sum + value, 0);
  const ends = line(`${name}_sum`, labels, total) + line(`${name}_count`, labels, values.length);
  return `# TYPE ${name} histogram\n${buckets.join('')}${ends}`;
}

const START = `# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds ${STARTED_AT}\n`;

/** The frontend counts every request whole, and its router counts them a third time. Names are in lower case there. */
function frontendText(done: readonly Request[]): string {
  const model = { model: DYNAMO_MODEL.toLowerCase() };
  const input = done.map((request) => request.input);
  const output = done.map((request) => request.output);
  return [
    START,
    histogram('dynamo_frontend_input_sequence_tokens', model, input),
    histogram('dynamo_frontend_output_sequence_tokens', model, output),
    histogram(
      'dynamo_frontend_cached_tokens',
      model,
      done.map((request) => request.cached),
    ),
    counter(
      'dynamo_frontend_output_tokens_total',
      model,
      sumOf(done, (request) => request.output),
    ),
    counter('dynamo_frontend_requests_total', { ...model, status: 'success', error_type: '' }, done.length),
    line('dynamo_frontend_active_requests', model, 2),
    histogram('dynamo_component_router_input_sequence_tokens', model, input),
    histogram('dynamo_component_router_output_sequence_tokens', model, output),
  ].join('');
}

function workerLabels(component: string): Labels {
  const place = { dynamo_namespace: 'lab', dynamo_component: component, dynamo_endpoint: 'generate', worker_id: '7' };
  return { ...place, model: DYNAMO_MODEL, model_name: DYNAMO_MODEL };
}

function vllmText(component: string, tokens: Readonly<Record<string, number>>, reason: string, count: number): string {
  const labels = { ...workerLabels(component), engine: '0' };
  const sources = ['local_compute', 'local_cache_hit', 'external_kv_transfer'];
  return [
    counter('vllm:prompt_tokens_total', labels, tokens['input'] ?? 0),
    '# TYPE vllm:prompt_tokens_by_source_total counter\n',
    ...sources.map((source) => line('vllm:prompt_tokens_by_source_total', { ...labels, source }, tokens[source] ?? 0)),
    counter('vllm:prompt_tokens_cached_total', labels, tokens['cached'] ?? 0),
    counter('vllm:generation_tokens_total', labels, tokens['output'] ?? 0),
    counter('vllm:request_success_total', { ...labels, finished_reason: reason }, count),
    line('vllm:num_requests_running', labels, 1),
    counter('dynamo_component_requests_total', workerLabels(component), count),
  ].join('');
}

function vllmPrefillText(all: readonly Request[]): string {
  const done = all.filter((request) => !request.isLocal);
  const [input, cached] = [sumOf(done, (request) => request.input), sumOf(done, (request) => request.cached)];
  const bySource = { local_compute: input - cached, local_cache_hit: cached };
  return vllmText('prefill', { input, cached, output: done.length, ...bySource }, 'length', done.length);
}

/** It counts whole prompts again: what came over is told by source, and is cached in its own eyes. */
function vllmDecodeText(all: readonly Request[]): string {
  const over = sumOf(all, (request) => (request.isLocal ? 0 : request.input));
  const input = sumOf(all, (request) => request.input);
  const bySource = { local_compute: input - over, external_kv_transfer: over };
  const output = sumOf(all, (request) => request.output);
  return vllmText('backend', { input, cached: over, output, ...bySource }, 'stop', all.length);
}

/** Both engines of SGLang add the prompt at the end of a request, and neither tells when its process started. */
function sglangText(done: readonly Request[], role: 'prefill' | 'decode'): string {
  const labels = { ...workerLabels(role === 'prefill' ? 'prefill' : 'backend'), engine_type: role };
  const output = role === 'prefill' ? done.length : sumOf(done, (request) => request.output);
  const cached = role === 'prefill' ? sumOf(done, (request) => request.cached) : 0;
  const ranks = { ...labels, tp_rank: '0', pp_rank: '0' };
  return [
    counter(
      'sglang:prompt_tokens_total',
      labels,
      sumOf(done, (request) => request.input),
    ),
    counter('sglang:generation_tokens_total', labels, output),
    counter('sglang:cached_tokens_total', { ...labels, cache_source: 'device' }, cached),
    counter('sglang:num_requests_total', labels, done.length),
    line('sglang:num_running_reqs', ranks, 1),
    counter('sglang:realtime_tokens_total', { ...ranks, mode: 'decode' }, output * 2),
    counter('dynamo_component_requests_total', labels, done.length),
  ].join('');
}

const GPUS = ['prefill-0', 'prefill-0', 'decode-0', 'decode-0'];

function gpuText(): string {
  const millijoules = Math.round((Date.now() / 1000 - STARTED_AT) * 400_000);
  const family = (name: string, type: string, value: number): string => {
    const lines = GPUS.map((pod, index) => {
      const uuid = `GPU-0d0d0d0d-0000-4000-8000-00000000000${index}`;
      const labels = { gpu: String(index), UUID: uuid, modelName: 'NVIDIA B200', Hostname: NODE };
      return line(name, { ...labels, exported_pod: pod, exported_namespace: 'lab' }, value);
    });
    return `# TYPE ${name} ${type}\n${lines.join('')}`;
  };
  return [
    family('DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', 'counter', millijoules),
    family('DCGM_FI_DEV_POWER_USAGE', 'gauge', 400),
    family('DCGM_FI_DEV_POWER_MGMT_LIMIT', 'gauge', 1000),
    family('DCGM_FI_DEV_GPU_UTIL', 'gauge', 60),
    family('DCGM_FI_DEV_FB_USED', 'gauge', 150_000),
  ].join('');
}

/** kube-state-metrics of the cluster: the images of the engines' pods, and of one that serves nothing. */
function podText(engine: 'vllm' | 'sglang'): string {
  const image = engine === 'vllm' ? 'vllm/vllm-openai:v0.20.1' : 'lmsysorg/sglang:v0.5.9-cu126';
  const pods = {
    'front-0': 'nvcr.io/nvidia/ai-dynamo/frontend:1.4.0',
    'prefill-0': image,
    'decode-0': image,
    web: 'nginx:1',
  };
  const lines = Object.entries(pods).map(([pod, name]) =>
    line('kube_pod_container_info', { namespace: 'lab', pod, container: 'main', image: name, image_id: 'sha256:1' }, 1),
  );
  return `# TYPE kube_pod_container_info gauge\n${lines.join('')}`;
}

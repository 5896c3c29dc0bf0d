import type { EngineMoment } from '../world/engine-moment.ts';
import type { Engine } from '../world/fleet-plan.ts';
import { requestSeconds, type ServedModel } from '../world/served-models.ts';
import { twoPaces, type TwoPaces } from './two-paces.ts';
import { tokenBounds, vllmBounds } from './vllm-bounds.ts';
import type { HistogramSpec, VllmFamily, vllmFamilyMakers } from './vllm-family-makers.ts';

type Paces = { readonly light: number; readonly heavy: number };
type Makers = ReturnType<typeof vllmFamilyMakers>;

/** The latency, token and step histograms of one engine; their counts are its finished requests and tokens. */
export function vllmHistograms(engine: Engine, make: Makers): readonly VllmFamily[] {
  return [...latencyHistograms(engine, make), ...tokenHistograms(engine, make)];
}

function latencyHistograms(engine: Engine, make: Makers): readonly VllmFamily[] {
  const { model } = engine;
  const { gapSeconds, firstTokenSeconds } = model;
  const { firstToken, betweenTokens, request } = vllmBounds;
  const scaled = (paces: Paces, factor: number) => ({ light: paces.light * factor, heavy: paces.heavy * factor });
  const whole = { light: requestSeconds(model, 'light'), heavy: requestSeconds(model, 'heavy') };
  const decode = scaled(gapSeconds, model.outputTokens);
  const perRequest = (bounds: readonly number[], means: Paces, spread: number) =>
    perRequestSpec(timedShape(engine, bounds, means, spread), bounds);
  const perGap = perGapSpec(timedShape(engine, betweenTokens, gapSeconds, 0.35), betweenTokens);
  const queued = scaled(firstTokenSeconds, 0.2);
  const prefill = scaled(firstTokenSeconds, 0.8);
  const inference = { light: prefill.light + decode.light, heavy: prefill.heavy + decode.heavy };
  const perToken = perRequest(betweenTokens, gapSeconds, 0.3);
  return [
    ...make.histogram(
      'vllm:time_to_first_token_seconds',
      'Time to first token in seconds.',
      perRequest(firstToken, firstTokenSeconds, 0.7),
    ),
    ...make.histogram('vllm:time_per_output_token_seconds', 'Old name of the inter-token latency.', perGap, {
      from: 1002,
      before: 1500,
    }),
    ...make.histogram('vllm:inter_token_latency_seconds', 'Time between tokens in seconds.', perGap),
    ...make.histogram('vllm:request_time_per_output_token_seconds', 'Mean time per token of a request.', perToken, {
      from: 1100,
    }),
    ...make.histogram('vllm:e2e_request_latency_seconds', 'Request time.', perRequest(request, whole, 0.65)),
    ...make.histogram('vllm:request_queue_time_seconds', 'Time in the queue.', perRequest(request, queued, 0.8)),
    ...make.histogram('vllm:request_inference_time_seconds', 'Time running.', perRequest(request, inference, 0.65)),
    ...make.histogram('vllm:request_prefill_time_seconds', 'Time in prefill.', perRequest(request, prefill, 0.7)),
    ...make.histogram('vllm:request_decode_time_seconds', 'Time in decode.', perRequest(request, decode, 0.65)),
  ];
}

function tokenHistograms(engine: Engine, make: Makers): readonly VllmFamily[] {
  const { model } = engine;
  const bounds = tokenBounds(model.maxModelLength);
  const same = (mean: number) => ({ light: mean, heavy: mean });
  const spec = (mean: number, spread: number, sum?: HistogramSpec['sum']) => {
    const made = perRequestSpec(fixedShape(bounds, same(mean), spread), bounds);
    return sum === undefined ? made : { ...made, sum };
  };
  const input = spec(model.inputTokens, 0.9, ({ counts }) => counts.input);
  const output = spec(model.outputTokens, 0.8, ({ counts }) => counts.output);
  const computed = spec(model.inputTokens * (1 - model.cacheHit), 1, ({ counts }) => counts.inputComputed);
  const samples = perRequestSpec(fixedShape(vllmBounds.samples, same(0.9), 0.01), vllmBounds.samples);
  const since = { from: 1300 };
  return [
    ...make.histogram('vllm:request_prompt_tokens', 'Prefill tokens of a request.', input),
    ...make.histogram('vllm:request_generation_tokens', 'Generated tokens of a request.', output),
    ...make.histogram('vllm:request_max_num_generation_tokens', 'Most tokens a request may generate.', output),
    ...make.histogram('vllm:request_params_max_tokens', 'The max_tokens of a request.', spec(4096, 0.4)),
    ...make.histogram('vllm:request_params_n', 'The n of a request.', { ...samples, sum: (at) => at.counts.requests }),
    ...make.histogram('vllm:request_prefill_kv_computed_tokens', 'Prefill tokens computed.', computed, since),
    ...make.histogram('vllm:iteration_tokens_total', 'Tokens per engine step.', stepSpec(model, engine)),
  ];
}

/** Latency shapes, quicker after an update that helped. */
function timedShape(engine: Engine, bounds: readonly number[], means: Paces, spread: number) {
  const before = twoPaces(bounds, means, spread);
  const factor = engine.story.speedUp?.factor ?? 1;
  const after = twoPaces(bounds, { light: means.light / factor, heavy: means.heavy / factor }, spread);
  return (at: EngineMoment): TwoPaces => (at.speed === 1 ? before : after);
}

function fixedShape(bounds: readonly number[], means: Paces, spread: number) {
  const shape = twoPaces(bounds, means, spread);
  return (): TwoPaces => shape;
}

function perRequestSpec(shapeOf: HistogramSpec['shapeOf'], bounds: readonly number[]): HistogramSpec {
  return {
    shapeOf,
    bounds,
    count: ({ counts }) => counts.requests,
    light: ({ sums }) => sums.requestsLight,
    heavy: ({ sums }) => sums.requestsHeavy,
  };
}

function perGapSpec(shapeOf: HistogramSpec['shapeOf'], bounds: readonly number[]): HistogramSpec {
  return {
    shapeOf,
    bounds,
    count: ({ counts }) => counts.gaps,
    light: ({ sums }) => sums.gapsLight,
    heavy: ({ sums }) => sums.gapsHeavy,
  };
}

/** An engine step makes one token for each running request, so there are as many fewer steps than gaps. */
function stepSpec(model: ServedModel, engine: Engine): HistogramSpec {
  const requestsPerSecond = (model.outputPerGpu * engine.gpuIndexes.length) / model.outputTokens;
  const batch = {
    light: Math.max(1, 0.35 * requestsPerSecond * requestSeconds(model, 'light')),
    heavy: Math.max(1, 0.85 * requestsPerSecond * requestSeconds(model, 'heavy')),
  };
  const prefillPerOutput = 1 + (model.inputTokens * (1 - model.cacheHit)) / model.outputTokens;
  const means = { light: batch.light * prefillPerOutput, heavy: batch.heavy * prefillPerOutput };
  const light = ({ sums }: EngineMoment) => sums.gapsLight / batch.light;
  const heavy = ({ sums }: EngineMoment) => sums.gapsHeavy / batch.heavy;
  return {
    shapeOf: fixedShape(vllmBounds.step, means, 0.9),
    bounds: vllmBounds.step,
    count: (at) => Math.floor(light(at) + heavy(at)),
    light,
    heavy,
    sum: ({ counts }) => counts.inputComputed + counts.output,
  };
}

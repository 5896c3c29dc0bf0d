import type { Answers, CallInput, CallName } from '#shared/contract/backend-api.ts';
import { FLEET_END, FLEET_START } from './query-fleet.ts';
import type { PrometheusServer, Series } from './prometheus-server.ts';

/** Prices of the performance reference, section 6: energy at $0.12 a kWh and GPUs at $2.50 an hour. */
export const USD_PER_KWH = 0.12;
export const USD_PER_GPU_HOUR = 2.5;

export const RUNS = 5;
export const WINDOW = { from: FLEET_START, to: FLEET_END };

/** An answer as figures by key, such as hour and model: what is compared between stores. */
export type Figures = ReadonlyMap<string, number>;

/** A question as calls of the contract. */
export type Call = (
  call: <Name extends CallName>(name: Name, input: CallInput[Name]) => Promise<Answers[Name]>,
) => Promise<Figures>;

export type PrometheusQuestion = {
  readonly expression: string;
  readonly isRange: boolean;
  readonly keyOf: (metric: Series['metric']) => string;
};

export async function median<Value>(job: () => Promise<Value>, runs = RUNS) {
  const times: number[] = [];
  let value = await job();
  for (let count = 0; count < runs; count += 1) {
    const start = performance.now();
    value = await job();
    times.push(performance.now() - start);
  }
  times.sort((one, other) => one - other);
  return { value, milliseconds: times[times.length >> 1] ?? NaN };
}

/** The largest relative difference of two answers; a figure that one of them lacks differs by all of it. */
export function differenceOf(ours: Figures, reference: Figures): number {
  let largest = 0;
  for (const [key, value] of reference) {
    const own = ours.get(key) ?? 0;
    largest = Math.max(largest, Math.abs(own - value) / Math.max(Math.abs(value), 1e-9));
  }
  return largest;
}

// Prometheus' side: the expressions of the performance reference, section 6.

export async function ask(
  server: PrometheusServer,
  { expression, isRange, keyOf }: PrometheusQuestion,
): Promise<Figures> {
  const [from, to] = [FLEET_START / 1000, FLEET_END / 1000];
  const times = isRange ? { from: from + 3600, to, stepSeconds: 3600 } : { at: to };
  const figures: (readonly [string, number])[] = [];
  for (const { metric, value, values } of await server.query(expression, times)) {
    const key = keyOf(metric);
    // A node without waste is left out of ours, and zero here.
    if (value !== undefined && Number(value[1]) !== 0) figures.push([key, Number(value[1])]);
    // A value at the end of an hour is about the hour before.
    for (const [at, figure] of values ?? []) figures.push([`${(at - 3600) * 1000} ${key}`, Number(figure)]);
  }
  return new Map(figures.filter(([, figure]) => Number.isFinite(figure)));
}

export const ENERGY = 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION';
export const TOKENS = '(rate(vllm:prompt_tokens_total[1h]) + rate(vllm:generation_tokens_total[1h]))';
export const byHost = (expression: string) => `label_replace(${expression},"Hostname","$1","instance","(.*):.*")`;
export const HOST_USD = `(sum by (Hostname) (rate(${ENERGY}[1h])) / 1e6 * ${USD_PER_KWH} + count by (Hostname) (${ENERGY}) * ${USD_PER_GPU_HOUR})`;
export const HOST_MODELS = `on(Hostname) group_left(model_name) group by (Hostname, model_name) (${byHost('vllm:generation_tokens_total')})`;
export const IDLE = `((DCGM_FI_DEV_GPU_UTIL < bool 5) * on(Hostname) group_left() (sum by (Hostname) (${byHost('vllm:num_requests_running')}) == bool 0))`;
export const IDLE_USD = `(${IDLE} * on(Hostname, gpu) (${USD_PER_GPU_HOUR} + DCGM_FI_DEV_POWER_USAGE / 1000 * ${USD_PER_KWH}))`;

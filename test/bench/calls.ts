import {
  ENERGY_DEFAULTS,
  HARDWARE_DEFAULTS,
  RENTAL_DEFAULTS,
  REVISION_DEFAULTS,
} from '#shared/model/cost-book-defaults.ts';
import { configSchema } from '#backend/config.ts';
import { createBackend } from '#backend/create-backend.ts';
import { systemClock } from '#backend/clock.ts';
import type { Answers, BackendApi, CallInput, CallName } from '#shared/contract/backend-api.ts';
import { dispatch } from '#shared/contract/dispatch.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { BenchRow } from './bench-row.ts';
import {
  ask,
  differenceOf,
  median,
  USD_PER_GPU_HOUR,
  USD_PER_KWH,
  WINDOW,
  type Call,
  type Figures,
  type PrometheusQuestion,
} from './figures.ts';
import type { PrometheusServer } from './prometheus-server.ts';
import { DAYS, FLEET_END } from './query-fleet.ts';

const MILLISECONDS_MAX = 50;

type ContractQuestion = {
  readonly name: string;
  readonly contract: Call;
  readonly raw: PrometheusQuestion;
};

/**
 * The same questions put to the backend's contract over the fact store in `folder`, for the week as a whole: each is one
 * call, checked on its way in, priced and explained. With a server the figures must agree with its raw samples to 1 %.
 */
export async function benchCalls(
  questions: readonly ContractQuestion[],
  fleet: { readonly folder: string; readonly gpus: number; readonly server: PrometheusServer | null },
): Promise<BenchRow[]> {
  const made = await createBackend({
    host: 'server',
    dataFolder: fleet.folder,
    config: configSchema.parse({}),
    polls: false,
    clock: { ...systemClock, now: () => FLEET_END },
    startSampleFleet: () => Promise.reject(new Error('nothing is polled')),
  });
  if (!made.ok) throw new Error(made.failure.message);
  const { api } = made.value;
  const saved = await dispatch(api, 'saveCostBook', BOOK);
  if (!saved.ok) throw new Error(saved.failure.message);
  const rows: BenchRow[] = [];
  for (const question of questions) rows.push(await rowOf(question, api, fleet));
  await made.value.stop();
  return rows;
}

async function rowOf(
  { name, contract, raw }: ContractQuestion,
  api: BackendApi,
  { gpus, server }: { readonly gpus: number; readonly server: PrometheusServer | null },
): Promise<BenchRow> {
  const { value, milliseconds } = await median(() => contract(callOf(api)));
  const reference = server === null ? null : await median(() => ask(server, overTheWeek(raw)), 1);
  const difference = reference === null ? 0 : differenceOf(value, reference.value);
  const isSame = reference === null || (difference <= 0.01 && value.size === reference.value.size);
  return {
    name: `contract: ${name}, the week, ${gpus.toLocaleString('en')} GPUs`,
    ours: `${milliseconds.toFixed(1)} ms`,
    reference: reference === null ? '' : `raw ${reference.milliseconds.toFixed(0)} ms`,
    ratio: reference === null ? '' : `differs by ${(100 * difference).toFixed(3)} %`,
    target: `< ${MILLISECONDS_MAX} ms${reference === null ? '' : ', <= 1 %'}`,
    met: milliseconds < MILLISECONDS_MAX && isSame,
  };
}

/** Rates over hours become one rate over all of them. */
function overTheWeek(question: PrometheusQuestion): PrometheusQuestion {
  return { ...question, expression: question.expression.replaceAll('[1h]', `[${DAYS}d]`), isRange: false };
}

function callOf(api: BackendApi): Parameters<Call>[0] {
  return async <Name extends CallName>(name: Name, input: CallInput[Name]): Promise<Answers[Name]> => {
    const answer = await dispatch(api, name, input);
    if (!answer.ok) throw new Error(answer.failure.message);
    return answer.value as Answers[Name];
  };
}

/** The prices of the performance reference: rented GPUs, their measured energy, nothing else; all tokens alike. */
const BOOK: CostBook = {
  revisions: [
    {
      ...REVISION_DEFAULTS,
      from: epochMs(0),
      hardware: [
        {
          ...HARDWARE_DEFAULTS,
          ...HARDWARE_DEFAULTS,
          sku: '*',
          terms: { ...RENTAL_DEFAULTS, kind: 'rented', usdPerGpuHour: USD_PER_GPU_HOUR, includesEnergy: false },
          facility: null,
          networkUsdPerGpuHour: 0,
          operationsUsdPerGpuHour: 0,
          provenance: { quality: 'entered', note: 'benchmark', asOf: null },
        },
      ],
      energy: {
        ...ENERGY_DEFAULTS,
        usdPerKilowattHour: USD_PER_KWH,
        pue: 1,
        nodeOverhead: 1,
        moduleOverhead: 1,
        provenance: { quality: 'entered', note: 'benchmark', asOf: null },
      },
      weights: { input: 1, cached: 1, output: 1 },
    },
  ],
};

export const fleetCost: Call = async (call) => {
  const { range } = await call('overview', { window: WINDOW, basis: 'total' });
  return new Map([['', range.cost.value ?? NaN]]);
};

export const costBy =
  (by: 'model' | 'node'): Call =>
  async (call) => {
    const { rows } = await call('costBreakdown', { window: WINDOW, basis: 'total', by });
    return figuresOf(rows.filter((row) => row.group === 'member').map((row) => [row.key, row.cost]));
  };

export const idleHours: Call = async (call) => {
  const { gpuHours } = await call('idleWaste', { window: WINDOW });
  return new Map([['', gpuHours['loaded-idle'] + gpuHours.unallocated]]);
};

export const mostIdleNodes: Call = async (call) => {
  const { nodes } = await call('idleWaste', { window: WINDOW, limit: 20 });
  return figuresOf(nodes.map((node) => [node.node ?? '', node.idleUsd]));
};

function figuresOf(entries: readonly (readonly [string, number | null])[]): Figures {
  return new Map(entries.flatMap(([key, value]) => (value === null || value === 0 ? [] : [[key, value] as const])));
}

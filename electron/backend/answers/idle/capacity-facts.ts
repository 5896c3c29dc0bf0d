import type { FactRow } from '#backend/store/store.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import type { GpuFactSums } from '#shared/model/fact.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import { epochMs } from '#shared/time/instant.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { answerableWindow, type AnswerContext } from '../answer-context.ts';
import { placedDeployments, type PlacedDeployment } from './deployments.ts';
import { readEngines, spreadFrontends, wholeSteps, type EngineStepFact, type StepWindow } from './engine-facts.ts';
import { freePools, type FreePool } from './free-gpus.ts';
import { readStates } from './stranded.ts';

/** Engines and free GPUs over a window of steps. */
export type StepFacts = {
  readonly asked: StepWindow;
  readonly engines: readonly EngineStepFact[];
  readonly free: readonly FreePool[];
  /** How long anything was heard in each step, s. */
  readonly heardSeconds: readonly number[];
};

/** All that is known for the question what could be given back. */
export type CapacityFacts = {
  readonly deployments: readonly PlacedDeployment[];
  readonly window: StepFacts;
  /** Hours of a longer past, from which speed and habits are told. */
  readonly past: StepFacts;
  readonly seats: readonly GpuSeat[];
  readonly states: readonly FactRow<GpuFactSums>[];
};

/** Speed and habits are told from at least this much of the past before the end of the window, days. */
const PAST_DAYS = 14;

const DAY_MS = 86_400_000;

/** Steps by the length of the window: short ones show more, long ones have more of them. */
const STEPS = [
  { upToSeconds: 6 * SECONDS_PER_HOUR, stepSeconds: 300 },
  { upToSeconds: 36 * SECONDS_PER_HOUR, stepSeconds: 900 },
] as const;

export function stepSecondsFor(window: TimeRange): number {
  return STEPS.find(({ upToSeconds }) => secondsOf(window) <= upToSeconds)?.stepSeconds ?? SECONDS_PER_HOUR;
}

export async function readCapacity(
  context: AnswerContext,
  window: TimeRange,
  scope: CallScope,
): Promise<CapacityFacts> {
  const from = epochMs(Math.max(0, Math.min(window.from, window.to - PAST_DAYS * DAY_MS)));
  const past = wholeSteps(await answerableWindow(context, { from, to: window.to }), SECONDS_PER_HOUR);
  const asked = wholeSteps(window, stepSecondsFor(window));
  const isPart = asked.stepSeconds === past.stepSeconds;
  const [pastEngines, ownEngines, seats, states] = await Promise.all([
    readEngines(context, past),
    isPart ? null : readEngines(context, asked),
    context.store.seats({ from: past.window.from, to: epochMs(Math.max(window.to, past.window.from + 1)) }),
    readStates(context, window, scope),
  ]);
  const placeWindow = past.steps > 0 ? past.window : window;
  const deployments = await placedDeployments(context, { window: placeWindow, scope }, pastEngines);
  const placed = new Set(deployments.flatMap(({ engines }) => [...engines]));
  const factsOf = async (steps: StepWindow, rows: readonly EngineStepFact[]): Promise<StepFacts> => {
    const heard = await heardSeconds(context, steps, rows);
    return {
      asked: steps,
      engines: spreadFrontends(rows, (engine) => placed.has(engine)),
      free: await freePools(context, steps, { scope, seats, deployments, heardSeconds: heard }),
      heardSeconds: heard,
    };
  };
  const [pastFacts, ownFacts] = await Promise.all([
    factsOf(past, pastEngines.steps),
    ownEngines === null ? null : factsOf(asked, ownEngines.steps),
  ]);
  return { deployments, past: pastFacts, window: ownFacts ?? partOf(pastFacts, asked), seats, states };
}

/** The steps of a window that lie within a longer one of equal steps. */
function partOf(facts: StepFacts, asked: StepWindow): StepFacts {
  const first = Math.round((asked.window.from - facts.asked.window.from) / (asked.stepSeconds * 1000));
  if (first === 0 && asked.steps === facts.asked.steps) return facts;
  const isIn = (step: number): boolean => step >= first && step < first + asked.steps;
  return {
    asked,
    engines: facts.engines.filter(({ step }) => isIn(step)).map((row) => ({ ...row, step: row.step - first })),
    free: facts.free.map((pool) => ({ ...pool, steps: pool.steps.slice(first, first + asked.steps) })),
    heardSeconds: facts.heardSeconds.slice(first, first + asked.steps),
  };
}

/** How long anything was heard in each step: any engine, and where none was, the GPUs. */
export async function heardSeconds(
  context: AnswerContext,
  { window, stepSeconds, steps }: StepWindow,
  rows: readonly EngineStepFact[],
): Promise<readonly number[]> {
  const heard = Array.from({ length: steps }, () => 0);
  for (const { step, observedSeconds } of rows) heard[step] = Math.max(heard[step] ?? 0, observedSeconds);
  if (heard.every((seconds) => seconds >= stepSeconds / 2)) return heard;
  const gpus = await context.store.gpuFacts({ window, by: [], stepSeconds, columns: ['observedSeconds'] });
  const most = gpus.reduce((max, row) => Math.max(max, row.sums.observedSeconds ?? 0), 0);
  for (const row of gpus) {
    const step = Math.round((row.start - window.from) / (stepSeconds * 1000));
    const share = most > 0 ? (row.sums.observedSeconds ?? 0) / most : 0;
    heard[step] = Math.max(heard[step] ?? 0, share * stepSeconds);
  }
  return heard;
}

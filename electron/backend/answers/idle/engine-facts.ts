import type { EngineFactColumn } from '#shared/model/fact.ts';
import { revisionAt } from '#shared/cost/hourly-rates.ts';
import type { EngineStep } from '#shared/cost/idle/engine-steps.ts';
import { serviceLevelOf } from '#shared/cost/service-level.ts';
import { tokensIn } from '#shared/cost/token-count.ts';
import type { CostBook, CostBookRevision, ServiceLevel } from '#shared/model/cost-book.ts';
import type { EngineFactSums } from '#shared/model/fact.ts';
import { isFrontend, type EngineKind, type EngineSpan } from '#shared/model/inference-engine.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { AnswerContext } from '../answer-context.ts';

/** A window of whole, equally long steps. */
export type StepWindow = { readonly window: TimeRange; readonly stepSeconds: number; readonly steps: number };

/** What one engine or frontend did in one step. */
export type EngineStepFact = EngineStep & { readonly model: string; readonly kind: EngineKind };

/** The whole steps that lie within a window; none where it is shorter than a step. */
export function wholeSteps(window: TimeRange, stepSeconds: number): StepWindow {
  const stepMs = stepSeconds * 1000;
  const from = Math.ceil(window.from / stepMs) * stepMs;
  const to = Math.max(from, Math.floor(window.to / stepMs) * stepMs);
  return {
    window: { from: epochMs(from), to: epochMs(to) },
    stepSeconds,
    steps: (to - from) / stepMs,
  };
}

const COLUMNS = [
  'observedSeconds',
  'bridgedSeconds',
  'inputTokens',
  'cachedTokens',
  'outputTokens',
  'runningRequestSeconds',
  'waitingRequestSeconds',
  'ttftSeconds',
  'ttftCount',
  'interTokenSeconds',
  'interTokenCount',
  'restarts',
] as const satisfies readonly EngineFactColumn[];

export type EngineFacts = {
  readonly steps: readonly EngineStepFact[];
  /** Restarts by engine. */
  readonly restarts: ReadonlyMap<string, number>;
};

/** What every engine did, step by step, with its tokens weighted by the cost book of the time. */
export async function readEngines(context: AnswerContext, asked: StepWindow): Promise<EngineFacts> {
  if (asked.steps === 0) return { steps: [], restarts: new Map() };
  const { window, stepSeconds } = asked;
  // An engine is named by its spans alone: asking for its model and kind too would double the text of an answer of thousands of rows.
  const [rows, spans] = await Promise.all([
    context.store.engineFacts({ window, by: ['engine'], stepSeconds, columns: COLUMNS }),
    context.store.engineSpans(window),
  ]);
  const known = new Map(spans.map((span) => [span.engine, span]));
  const rules = ruleMaker(context.costBook());
  const restarts = new Map<string, number>();
  const steps: EngineStepFact[] = [];
  for (const row of rows) {
    const span = known.get(row.by[0] ?? '');
    if (span === undefined) continue;
    const { engine } = span;
    restarts.set(engine, (restarts.get(engine) ?? 0) + (row.sums.restarts ?? 0));
    const step = Math.round((row.start - window.from) / (stepSeconds * 1000));
    steps.push(stepOf(row.sums, span, step, rules(row.start, span.model)));
  }
  return { steps, restarts };
}

type Rules = { readonly weights: CostBookRevision['weights']; readonly level: ServiceLevel };

/** Weights and targets of a model at an instant, looked up once for each revision. */
function ruleMaker(book: CostBook): (at: EpochMs, model: string) => Rules {
  const known = new Map<CostBookRevision, Map<string, Rules>>();
  return (at, model) => {
    const revision = revisionAt(book, at);
    if (revision === null) throw new Error('a cost book has at least one revision');
    const ofRevision = known.get(revision) ?? new Map<string, Rules>();
    known.set(revision, ofRevision);
    const found = ofRevision.get(model) ?? {
      weights: revision.modelWeights.find((one) => one.model === model)?.weights ?? revision.weights,
      level: serviceLevelOf(revision, model),
    };
    ofRevision.set(model, found);
    return found;
  };
}

function stepOf(
  sums: EngineFactSums,
  { engine, model, kind }: EngineSpan,
  step: number,
  { weights, level }: Rules,
): EngineStepFact {
  const counts = { input: sums.inputTokens ?? 0, cached: sums.cachedTokens, output: sums.outputTokens ?? 0 };
  return {
    engine,
    model,
    kind,
    step,
    observedSeconds: sums.observedSeconds ?? 0,
    bridgedSeconds: sums.bridgedSeconds ?? 0,
    weightedTokens: tokensIn('billed', counts, weights),
    runningRequestSeconds: sums.runningRequestSeconds,
    waitingRequestSeconds: sums.waitingRequestSeconds,
    isWithinTargets:
      isWithin(level.ttftSeconds, sums.ttftSeconds, sums.ttftCount) &&
      isWithin(level.interTokenSeconds, sums.interTokenSeconds, sums.interTokenCount),
  };
}

/** Without a target, and without an observation, nothing was missed. */
function isWithin(target: number | null, total: number | null, count: number | null): boolean {
  if (target === null || total === null || count === null || count <= 0) return true;
  return total / count <= target;
}

/**
 * Where a frontend counts the tokens of a model, its engines have none of their own: they are given the frontend's by the
 * requests that ran on them, and by equal parts where nobody tells.
 */
export function spreadFrontends(steps: readonly EngineStepFact[], isPlaced: (engine: string) => boolean) {
  const isFront = (row: EngineStepFact): boolean => isFrontend(row.kind) && !isPlaced(row.engine);
  const told = steps.filter((row) => isFront(row) && row.weightedTokens > 0);
  if (told.length === 0) return steps.filter((row) => !isFront(row));
  const keyOf = (row: EngineStepFact): string => `${row.step} ${row.model}`;
  const tokens = new Map<string, number>();
  for (const row of told) tokens.set(keyOf(row), (tokens.get(keyOf(row)) ?? 0) + row.weightedTokens);
  const engines = steps.filter((row) => !isFront(row));
  const byKey = Map.groupBy(engines, keyOf);
  return engines.map((row) => {
    const given = tokens.get(keyOf(row));
    const peers = byKey.get(keyOf(row)) ?? [];
    if (given === undefined) return row;
    const running = peers.reduce((sum, peer) => sum + (peer.runningRequestSeconds ?? 0), 0);
    const share = running > 0 ? (row.runningRequestSeconds ?? 0) / running : 1 / peers.length;
    return { ...row, weightedTokens: row.weightedTokens + given * share };
  });
}

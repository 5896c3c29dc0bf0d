import type { ComparedReference } from '#shared/contract/compare-schema.ts';
import { provisionedJoulesPerToken, utilisationAdjustedCost } from '#shared/cost/benchmark-cost.ts';
import type { BesideReference } from '#shared/cost/reference/beside-reference.ts';
import { throughputAt } from '#shared/cost/reference/front.ts';
import { gapOf } from '#shared/cost/reference/gap.ts';
import { reasonText } from '#shared/cost/reference/not-comparable.ts';
import { tableOn } from '#shared/cost/reference/reference-tables.ts';
import type { Figure, FigureAbsence, FigureInput } from '#shared/model/figure.ts';
import type { BenchmarkFront, FrontPoint } from '#shared/model/reference-catalogue.ts';
import { explained, itBoundary } from '../explained.ts';
import { dollars, short } from '../figure-text.ts';
import { publishedAt, publishedInput, rateInput, type CompareContext } from './compare-context.ts';
import { referenceThroughputInput, workOf, type Pair } from './compare-pair.ts';
import { gapFigure } from './gap-figures.ts';

/** One reference beside a deployment: what it reached at the fleet's interactivity, and what lies between the two. */
export function comparedReference(
  context: CompareContext,
  beside: BesideReference,
  interactivity: number | null,
): ComparedReference | null {
  const { front } = beside;
  const source = context.catalogue.sources[front.source];
  if (source === undefined) return null;
  const reasons = beside.notComparable.map(reasonText);
  const pair: Pair = { context, beside, interactivity, reasons };
  return {
    front,
    source,
    curve: curveOf(front),
    isOtherModel: beside.notComparable.some(({ kind }) => kind === 'other-model'),
    isComparable: reasons.length === 0,
    reasons,
    remarks: remarksOf(pair),
    throughput: throughput(pair),
    costAtOwnRate: costAtOwnRate(pair),
    costAtTierRate: costAtTierRate(pair),
    adjustedCost: adjustedCost(pair),
    efficiency: efficiency(pair),
    efficiencyReasons: efficiencyReasons(pair),
    utilisation: utilisation(pair),
    gap: gapFigure(pair, 'all'),
    gapAtWork: gapFigure(pair, 'at-work'),
  };
}

/** Steps between the first and the last run of a front. */
const CURVE_STEPS = 48;

function curveOf({ points }: BenchmarkFront): ComparedReference['curve'] {
  const all = points.map((point) => point.interactivity);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const steps = least === most ? 0 : CURVE_STEPS;
  return Array.from({ length: steps + 1 }, (_, index) => {
    const interactivity = steps === 0 ? least : least + ((most - least) * index) / steps;
    return { interactivity, totalPerGpu: throughputAt(points, interactivity) ?? 0 };
  });
}

/** The runs on both sides of the fleet's interactivity; all runs where it is not known or beyond them. */
function runsBeside({ beside, interactivity }: Pair): readonly FrontPoint[] {
  const { points } = beside.front;
  if (interactivity === null) return points;
  const slower = points.findLast((point) => point.interactivity <= interactivity);
  const faster = points.find((point) => point.interactivity >= interactivity);
  const found = [...new Set([slower, faster])].filter((point) => point !== undefined);
  return found.length === 0 ? points : found;
}

function remarksOf(pair: Pair): string[] {
  const { deployment } = pair.context;
  const runs = runsBeside(pair);
  const isReferenceDivided = runs.some((run) => run.isDisaggregated);
  const recipe = isReferenceDivided
    ? 'Its runs near this interactivity give prefill and decode GPUs of their own, this deployment does not; both are counted over all GPUs.'
    : 'Its runs near this interactivity do prefill and decode on the same GPUs, this deployment does not; both are counted over all GPUs.';
  return [
    ...(isReferenceDivided === deployment.isDisaggregated ? [] : [recipe]),
    'A benchmark machine is always full: the time in which these GPUs had no work is part of the difference.',
    'Its interactivity is a median over requests, that of this fleet a median over all tokens.',
  ];
}

function throughput(pair: Pair): Figure {
  const { context, beside, interactivity } = pair;
  const value = beside.referencePerGpu;
  return explained(context.figures, {
    value,
    absence: referenceAbsence(pair),
    unit: 'token/s/GPU',
    formula: 'input and output tokens per second and GPU of the public runs, at the interactivity of this deployment',
    working:
      value === null || interactivity === null
        ? '–'
        : `monotone cubic between the runs below, at ${short(interactivity)} tok/s per user = ${short(value)} tok/s per GPU`,
    inputs: [ownInteractivity(pair), ...runInputs(pair)],
  });
}

function referenceAbsence({ beside, interactivity }: Pair): FigureAbsence | null {
  if (beside.referencePerGpu !== null) return null;
  return interactivity === null ? 'no-latency' : 'no-reference';
}

function ownInteractivity({ interactivity }: Pair): FigureInput {
  const source = '1 ÷ median time between tokens, histograms of its engines';
  return {
    label: 'Interactivity of this deployment',
    value: interactivity,
    unit: 'token/s/user',
    source,
    quality: 'estimated',
  };
}

/** Runs that are shown where the fleet's interactivity is not among them. */
const RUNS_MAX = 8;

function runInputs(pair: Pair): FigureInput[] {
  const { context, beside } = pair;
  return runsBeside(pair)
    .slice(0, RUNS_MAX)
    .map((run) =>
      publishedInput({
        label: `Run at ${short(run.interactivity)} tok/s per user`,
        value: run.totalPerGpu,
        unit: 'token/s/GPU',
        source: `${run.engine}${run.isDisaggregated ? ', prefill and decode apart' : ''}, ${run.date}: ${publishedAt(context.catalogue, beside.front.source)}`,
      }),
    );
}

/** USD/Mtok = USD per GPU-h x 1e6 / (3600 x tok/s per GPU) */
const COST_FORMULA = 'USD per GPU-hour × 10⁶ ÷ (3600 × tokens per second and GPU)';

function costWorking(rate: number | null, perGpu: number | null, value: number | null): string {
  if (rate === null || perGpu === null || value === null) return '–';
  return `${dollars(rate)} × 10⁶ ÷ (3600 × ${short(perGpu)}) = ${value.toPrecision(4)} $/Mtok`;
}

function costAtOwnRate(pair: Pair): Figure {
  const { context, beside } = pair;
  const rate = gapRate(pair);
  const value = rate === null ? null : beside.costAtOwnRate;
  return explained(context.figures, {
    value,
    absence: value === null ? (rate === null ? 'no-price' : referenceAbsence(pair)) : null,
    unit: 'USD/Mtok',
    formula: `${COST_FORMULA}, a full machine at this fleet's own rate`,
    working: costWorking(rate, beside.referencePerGpu, value),
    inputs: [rateInput(rate), referenceThroughputInput(pair)],
  });
}

function gapRate({ context }: Pair): number | null {
  const work = workOf(context);
  return work === null ? null : (gapOf(work, 1)?.usdPerGpuHour ?? null);
}

function tierInput({ context, beside }: Pair): FigureInput {
  const table = tableOn(context.catalogue.tiers, context.day);
  return publishedInput({
    label: `Assumed rate, ${context.tier}, ${beside.front.gpu}`,
    value: table?.usdPerGpuHour[beside.front.gpu]?.[context.tier] ?? null,
    unit: 'USD/GPU-h',
    source: table === null ? 'no table of rates' : `${publishedAt(context.catalogue, table.source)}. ${table.note}`,
  });
}

function costAtTierRate(pair: Pair): Figure {
  const { context, beside } = pair;
  const value = beside.costAtTierRate;
  const rate = tierInput(pair);
  return explained(context.figures, {
    value,
    absence: value === null ? (referenceAbsence(pair) ?? 'no-price') : null,
    unit: 'USD/Mtok',
    formula: `${COST_FORMULA}, a full machine at the assumed rate`,
    working: costWorking(rate.value, beside.referencePerGpu, value),
    inputs: [rate, referenceThroughputInput(pair)],
  });
}

/** adjusted [USD/Mtok] = reference at the tier's rate / utilisation. Source: economics reference, section 4.2. */
function adjustedCost(pair: Pair): Figure {
  const { context, beside } = pair;
  const work = workOf(context);
  const { costAtTierRate: full, referencePerGpu } = beside;
  const value =
    work === null || full === null || referencePerGpu === null
      ? null
      : utilisationAdjustedCost(full, {
          deliveredTokens: work.tokens,
          paidGpuSeconds: work.paidGpuSeconds,
          benchmarkTokensPerSecond: referencePerGpu,
        });
  const { value: utilised } = utilisation(pair);
  return explained(context.figures, {
    value,
    absence: value === null ? (referenceAbsence(pair) ?? 'no-tokens') : null,
    unit: 'USD/Mtok',
    formula: 'cost of the full reference machine at the assumed rate ÷ utilisation of this deployment against it',
    working:
      value === null || full === null || utilised === null
        ? '–'
        : `${full.toPrecision(4)} ÷ ${short(utilised)} = ${value.toPrecision(4)} $/Mtok`,
    inputs: [
      tierInput(pair),
      referenceThroughputInput(pair),
      { ...workInput(pair, 'Utilisation against the reference'), value: utilised, unit: 'factor' },
    ],
  });
}

function workInput({ context }: Pair, label: string): Omit<FigureInput, 'value' | 'unit'> {
  const source = `tokens and GPU time of ${context.deployment.engines.length} engines`;
  return { label, source, quality: 'measured' };
}

/** u = delivered tokens / (paid GPU-seconds x reference throughput) */
function utilisation(pair: Pair): Figure {
  const { context, beside } = pair;
  const work = workOf(context);
  const gap = work === null ? null : gapOf(work, beside.referencePerGpu);
  const perGpu = beside.referencePerGpu;
  return explained(context.figures, {
    value: gap?.utilisation ?? null,
    absence: gap === null ? (referenceAbsence(pair) ?? 'no-tokens') : null,
    // Above one where the fleet is faster: no share of anything.
    unit: 'factor',
    formula: 'delivered tokens ÷ tokens that these GPUs would have made in this time at the reference’s throughput',
    working:
      gap === null || work === null || perGpu === null
        ? '–'
        : `${short(work.tokens)} ÷ (${short(work.paidGpuSeconds)} GPU-s × ${short(perGpu)}) = ${short(gap.utilisation)}`,
    inputs: [
      { ...workInput(pair, 'Input and output tokens'), value: work?.tokens ?? null, unit: 'token' },
      {
        ...workInput(pair, 'GPU time of the deployment'),
        value: work === null ? null : work.paidGpuSeconds / 3600,
        unit: 'GPU-h',
      },
      referenceThroughputInput(pair),
    ],
  });
}

/** tokens per joule = tok/s per GPU / (provisioned kW per GPU x 1000) */
function efficiency(pair: Pair): Figure {
  const { context, beside } = pair;
  const table = tableOn(context.catalogue.power, context.day);
  const kilowatts = table?.kilowattsPerGpu[beside.front.gpu] ?? null;
  const perToken = kilowatts === null ? null : provisionedJoulesPerToken(beside.referencePerGpu, kilowatts);
  const value = perToken === null ? null : 1 / perToken;
  const figure = explained(context.figures, {
    value,
    absence: value === null ? (referenceAbsence(pair) ?? 'no-energy') : null,
    unit: 'token/J',
    formula: 'tokens per second and GPU ÷ provisioned power of a GPU',
    working:
      value === null
        ? '–'
        : `${short(beside.referencePerGpu ?? 0)} tok/s ÷ ${short((kilowatts ?? 0) * 1000)} W = ${short(value)} tok/J`,
    inputs: [
      referenceThroughputInput(pair),
      publishedInput({
        label: `Provisioned power of a ${beside.front.gpu}`,
        value: kilowatts === null ? null : kilowatts * 1000,
        unit: 'W',
        source: table === null ? 'no table of power' : publishedAt(context.catalogue, table.source),
      }),
    ],
  });
  return { ...figure, powerBoundary: table?.boundary ?? null };
}

function efficiencyReasons({ context, beside, reasons }: Pair): string[] {
  const table = tableOn(context.catalogue.power, context.day);
  if (table === null || beside.referencePerGpu === null) return [...reasons];
  const own = context.figures.group.hasEnergy ? `measured (${itBoundary(context.figures)})` : 'not measured';
  return [`its power is ${table.boundary}, not measured; that of this fleet is ${own}`, ...reasons];
}

import type { ComparedDeployment } from '#shared/contract/compare-schema.ts';
import { WORKING_STATES } from '#shared/cost/cost-per-million-tokens.ts';
import type { Figure, FigureAbsence, FigureInput } from '#shared/model/figure.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { explained, facilityBoundary } from '../explained.ts';
import { isEnergyCharged } from '../energy-inputs.ts';
import { costInputs, stateInputs, tokenInputs } from '../figure-inputs.ts';
import { dollars, percent, short } from '../figure-text.ts';
import { figureOf } from '../figures.ts';
import { GPU_STATES } from '#shared/model/gpu-state.ts';
import { gpuSecondsOf } from '../priced-group.ts';
import { knownCost } from '../unit-cost.ts';
import type { CompareContext } from './compare-context.ts';

/** What the fleet itself reached, each figure with its working. */
export function ownFigures(context: CompareContext): ComparedDeployment['own'] {
  const { tokens } = context.figures.group;
  return {
    inputPerGpu: throughputPerGpu(context, { words: 'input tokens', count: tokens.input }),
    outputPerGpu: throughputPerGpu(context, { words: 'output tokens', count: tokens.output }),
    totalPerGpu: throughputPerGpu(context, {
      words: 'input and output tokens',
      count: tokens.input + tokens.output,
    }),
    totalAtWork: throughputAtWork(context, tokens.input + tokens.output),
    cost: figureOf('cost-per-million-tokens', context.figures),
    rate: rate(context),
    efficiency: figureOf('efficiency', context.figures),
    busy: busyShare(context),
    interactivity: interactivity(context),
    cachedShare: cachedShare(context),
    inputLength: length(context, { words: 'input tokens', count: tokens.input }),
    outputLength: length(context, { words: 'output tokens', count: tokens.output }),
  };
}

type Counted = { readonly words: string; readonly count: number };

/** throughput [tok/s/GPU] = tokens / GPU-seconds of the deployment, idle ones too. Cached input counts as input. */
function throughputPerGpu({ figures }: CompareContext, { words, count }: Counted): Figure {
  const { group } = figures;
  const gpuSeconds = gpuSecondsOf(group);
  const absence = throughputAbsence(figures.group.hasTokens, gpuSeconds);
  const value = absence === null ? count / gpuSeconds : null;
  return explained(figures, {
    value,
    absence,
    unit: 'token/s/GPU',
    formula: `${words} ÷ GPU-seconds of the deployment, idle ones too`,
    working:
      value === null ? '–' : `${short(count)} tokens ÷ ${short(gpuSeconds)} GPU-s = ${short(value)} tok/s per GPU`,
    inputs: [...tokenInputs(figures), ...stateInputs(group)],
  });
}

/** throughput at work [tok/s/GPU] = tokens / GPU-seconds with work */
function throughputAtWork({ figures }: CompareContext, count: number): Figure {
  const { group } = figures;
  const gpuSeconds = gpuSecondsOf(group, WORKING_STATES);
  const absence = throughputAbsence(group.hasTokens, gpuSeconds);
  const value = absence === null ? count / gpuSeconds : null;
  return explained(figures, {
    value,
    absence,
    unit: 'token/s/GPU',
    formula: 'input and output tokens ÷ GPU-seconds that served, were throttled or loaded',
    working:
      value === null ? '–' : `${short(count)} tokens ÷ ${short(gpuSeconds)} GPU-s = ${short(value)} tok/s per GPU`,
    inputs: [...tokenInputs(figures), ...stateInputs(group, WORKING_STATES)],
  });
}

function throughputAbsence(hasTokens: boolean, gpuSeconds: number): FigureAbsence | null {
  if (gpuSeconds <= 0) return 'no-gpus';
  return hasTokens ? null : 'no-tokens';
}

/** rate [USD/GPU-h] = all cost of the deployment's GPU time / GPU-hours */
function rate({ figures }: CompareContext): Figure {
  const { group } = figures;
  const cost = knownCost('loaded', group);
  const hours = gpuSecondsOf(group) / SECONDS_PER_HOUR;
  const value = cost.value === null || hours <= 0 ? null : cost.value / hours;
  return explained(figures, {
    value,
    absence: value === null ? (cost.absence ?? 'no-gpus') : null,
    unit: 'USD/GPU-h',
    formula: 'all cost of the GPU time, energy included, ÷ GPU-hours',
    working:
      value === null ? '–' : `${dollars(cost.value ?? 0)} ÷ ${short(hours)} GPU-h = ${dollars(value)} per GPU-hour`,
    inputs: costInputs(figures, { states: GPU_STATES, energyOnly: false }),
    powerBoundary: isEnergyCharged(group) ? facilityBoundary(figures) : null,
  });
}

/** busy share = GPU time with work (serving, throttled, loading) / GPU time */
function busyShare({ figures }: CompareContext): Figure {
  const { group } = figures;
  const [working, all] = [gpuSecondsOf(group, WORKING_STATES), gpuSecondsOf(group)];
  const value = all > 0 ? working / all : null;
  const hours = (seconds: number): string => `${short(seconds / SECONDS_PER_HOUR)} GPU-h`;
  return explained(figures, {
    value,
    absence: value === null ? 'no-gpus' : null,
    unit: 'ratio',
    formula: 'GPU time that served, was throttled or loaded ÷ GPU time of the deployment',
    working: value === null ? '–' : `${hours(working)} ÷ ${hours(all)} = ${percent(value)}`,
    inputs: stateInputs(group),
  });
}

/** interactivity [tok/s per user] = 1 / median time between the tokens of a request [s] */
function interactivity({ deployment, figures }: CompareContext): Figure {
  const { gapMedian } = deployment;
  const value = gapMedian === null || gapMedian.seconds <= 0 ? null : 1 / gapMedian.seconds;
  const note =
    'A histogram tells the median as exactly as its bins are wide; within its bin an even spread is assumed.';
  const figure = explained(figures, {
    value,
    absence: value === null ? 'no-latency' : null,
    unit: 'token/s/user',
    formula: '1 ÷ median time between the tokens of a request',
    working: value === null || gapMedian === null ? '–' : `1 ÷ ${short(gapMedian.seconds)} s = ${short(value)} tok/s`,
    inputs: gapMedian === null ? [] : gapInputs(gapMedian, deployment.engines.length),
  });
  return value === null ? figure : { ...figure, notes: [note, ...figure.notes] };
}

function gapInputs(median: NonNullable<CompareContext['deployment']['gapMedian']>, engines: number): FigureInput[] {
  const bins = `inter-token histograms of ${engines} ${engines === 1 ? 'engine' : 'engines'}`;
  const source = `${bins}, ${short(median.observations)} observations, half of them counted by the bin from ${short(median.from)} to ${short(median.to)} s`;
  return [{ label: 'Median time between tokens', value: median.seconds, unit: 's', source, quality: 'estimated' }];
}

/** cached share = cached input tokens / input tokens */
function cachedShare({ figures }: CompareContext): Figure {
  const { cached, input } = figures.group.tokens;
  const value = cached === null || input <= 0 ? null : Math.min(1, cached / input);
  return explained(figures, {
    value,
    absence: value === null ? 'no-tokens' : null,
    unit: 'ratio',
    formula: 'cached input tokens ÷ input tokens',
    working: value === null ? '–' : `${short(cached ?? 0)} ÷ ${short(input)} = ${percent(value)}`,
    inputs: tokenInputs(figures),
  });
}

/** length [tokens per request] = tokens / answered requests */
function length({ deployment, figures }: CompareContext, { words, count }: Counted): Figure {
  const { requests } = deployment;
  const value = requests === null || requests <= 0 ? null : count / requests;
  const source = 'counters of finished requests of the engines that count output';
  return explained(figures, {
    value,
    absence: value === null ? 'no-tokens' : null,
    unit: 'token',
    formula: `${words} ÷ answered requests`,
    working: value === null ? '–' : `${short(count)} ÷ ${short(requests ?? 0)} = ${short(value)} tokens per request`,
    inputs: [
      ...tokenInputs(figures),
      { label: 'Answered requests', value: requests, unit: 'count', source, quality: 'measured' },
    ],
  });
}

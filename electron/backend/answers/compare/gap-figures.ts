import { gapOf, type PaidWork } from '#shared/cost/reference/gap.ts';
import type { Figure, FigureInput } from '#shared/model/figure.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { explained } from '../explained.ts';
import { costInputs } from '../figure-inputs.ts';
import { dollars, short } from '../figure-text.ts';
import { GPU_STATES } from '#shared/model/gpu-state.ts';
import type { CompareContext } from './compare-context.ts';
import { referenceThroughputInput, workOf, type Pair } from './compare-pair.ts';

/**
 * What the work of the window cost beyond the same work at the reference's throughput and the fleet's own rate, USD; `at-work`
 * leaves out GPU time without work. Only where the two can be compared.
 */
export function gapFigure(pair: Pair, of: 'all' | 'at-work'): Figure {
  const { context, beside, reasons } = pair;
  const work = workOf(context);
  const gap = work === null ? null : gapOf(work, beside.referencePerGpu);
  const isComparable = reasons.length === 0;
  const amount = gap === null || !isComparable ? null : of === 'all' ? gap.total : gap.slower;
  const hours = (seconds: number): string => `${short(seconds / SECONDS_PER_HOUR)} GPU-h`;
  const workings =
    work === null || gap === null
      ? '–'
      : of === 'all'
        ? `${dollars(work.cost)} − ${hours(gap.referenceGpuSeconds)} × ${dollars(gap.usdPerGpuHour)}`
        : `(${hours(work.workingGpuSeconds)} − ${hours(gap.referenceGpuSeconds)}) × ${dollars(gap.usdPerGpuHour)}`;
  const figure = explained(context.figures, {
    value: amount,
    absence: amount !== null ? null : isComparable ? (work === null ? 'no-price' : 'no-tokens') : 'not-comparable',
    unit: 'USD',
    formula: FORMULAS[of],
    working: amount === null ? '–' : `${workings} = ${signed(amount)}`,
    parts: amount === null || gap === null || of === 'at-work' ? [] : partsOf(gap),
    inputs: [...workInputs(work), referenceThroughputInput(pair), ...ownCostInputs(context)],
  });
  const against = reasons.map((reason) => `Not comparable because ${reason}.`);
  return { ...figure, notes: [...against, ...figure.notes] };
}

const FORMULAS = {
  all: 'cost of the GPU time − (tokens ÷ reference throughput) × own rate per GPU-hour',
  'at-work': '(GPU time with work − tokens ÷ reference throughput) × own rate per GPU-hour',
} as const;

function signed(amount: number): string {
  return amount < 0 ? `−${dollars(-amount)}` : dollars(amount);
}

function partsOf(gap: NonNullable<ReturnType<typeof gapOf>>): Figure['parts'] {
  return [
    { key: 'idle', label: 'GPU time without work', value: gap.idle, unit: 'USD' },
    { key: 'capital', label: 'Work that took longer', value: gap.slower, unit: 'USD' },
  ];
}

function workInputs(work: PaidWork | null): FigureInput[] {
  const hours = (label: string, seconds: number | undefined): FigureInput => ({
    label,
    value: seconds === undefined ? null : seconds / SECONDS_PER_HOUR,
    unit: 'GPU-h',
    source: 'state of each GPU per interval',
    quality: 'measured',
  });
  return [
    {
      label: 'Input and output tokens',
      value: work?.tokens ?? null,
      unit: 'token',
      source: 'counters of the engines',
      quality: 'measured',
    },
    hours('GPU time of the deployment', work?.paidGpuSeconds),
    hours('GPU time with work', work?.workingGpuSeconds),
  ];
}

function ownCostInputs({ figures }: CompareContext): FigureInput[] {
  return costInputs(figures, { states: GPU_STATES, energyOnly: false });
}

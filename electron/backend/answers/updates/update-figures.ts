import { creditedEffect } from '#shared/cost/savings/credited-effect.ts';
import type { Effect } from '#shared/cost/savings/effect.ts';
import { freedGpuHours, valueOfFreed } from '#shared/cost/savings/freed-capacity.ts';
import { loadBinOf } from '#shared/cost/savings/stratum.ts';
import { showsNumber } from '#shared/cost/savings/verdict.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { Coverage, Figure, FigureInput, FigurePart } from '#shared/model/figure.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { HOURS_PER_AVERAGE_MONTH, SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import type { FigureUnit } from '#shared/units/figure-unit.ts';
import { dollars, percent, short } from '../figure-text.ts';
import type { AssessedChange } from './assessed-changes.ts';
import { WINDOW_SECONDS } from './sides.ts';

/** Whether GPU-hours and dollars of a change may be shown at all: sound evidence of a saving, or of a regression. */
export function isCounted({ assessment: { gpuTime } }: AssessedChange): boolean {
  return showsNumber(gpuTime.grade) && (gpuTime.verdict === 'saving' || gpuTime.verdict === 'regression');
}

/** Share of the time after a change that could be used, in windows. */
export function telemetryOf({ usable, sides }: AssessedChange): Coverage {
  return { observedSeconds: usable.after.length * WINDOW_SECONDS, expectedSeconds: secondsOf(sides.after) };
}

/** change = A / CF - 1, with its interval: below 0 the same work takes less GPU time. Null where there is no number to show. */
export function effectFigure(assessed: AssessedChange): Figure | null {
  const { gpuTime, regression } = assessed.assessment;
  const { effect, interval, saving } = gpuTime;
  if (!showsNumber(gpuTime.grade) || effect === null || interval === null || saving === null) return null;
  const hours = (seconds: number): string => `${short(seconds / SECONDS_PER_HOUR)} GPU-h`;
  return {
    ...bare(assessed),
    value: -saving,
    unit: 'ratio',
    formula:
      'GPU time of the compared work after the change ÷ the GPU time it would have taken before − 1. Before: per stratum of load, lengths, cache hits and power, tokens after × GPU-seconds per token before',
    working: `${hours(effect.actual)} ÷ ${hours(effect.counterfactual)} − 1 = ${signedPercent(-saving)}, 95 % interval ${signedPercent(-interval.high)} to ${signedPercent(-interval.low)}`,
    inputs: [
      ...effectInputs(assessed, effect),
      counted(
        'Comparable share of the tokens after',
        gpuTime.coverage,
        'ratio',
        'strata with 6 windows and 2 days on each side',
      ),
      counted('Days before', gpuTime.daysBefore, 'count', 'days with a usable window'),
      counted('Days after', gpuTime.daysAfter, 'count', 'days with a usable window'),
      counted('Seed of the interval', interval.seed, 'count', `${interval.replicates} resamples of whole days`),
      ...estimate('Placebo: first half of the baseline against its second', gpuTime.placebo),
      ...estimate('At the mix of work before (Laspeyres)', gpuTime.laspeyres),
      ...estimate('By regression to load', regression?.saving ?? null),
      ...estimate('Not adjusted for load and mix', gpuTime.naive),
    ],
  };
}

/** freed [GPU-h] = (CF - A) / 3600 of the compared work of a stretch of time; its parts, by load, add to it. */
export function freedFigure(assessed: AssessedChange, stretch: TimeRange): Figure | null {
  if (!isCounted(assessed)) return null;
  const effect = creditedIn(assessed, stretch);
  const freed = freedGpuHours(effect);
  const hours = (seconds: number): string => `${short(seconds / SECONDS_PER_HOUR)} GPU-h`;
  return {
    ...bare(assessed),
    value: freed,
    unit: 'GPU-h',
    formula:
      'GPU-hours that the compared work would have taken before the change − GPU-hours that it took, over strata of equal load',
    working: `${hours(effect.counterfactual)} − ${hours(effect.actual)} = ${short(freed)} GPU-h`,
    parts: freedByLoad(assessed, stretch),
    inputs: effectInputs(assessed, effect),
    notes: [
      'At most 14 days after a change are compared, and nothing later is credited to it.',
      'On owned hardware freed hours are capacity: they are cash once they are released.',
    ],
  };
}

/** value [USD] = freed [GPU-h] x fixed rate of the baseline [USD/GPU-h]. */
export function valueFigure(assessed: AssessedChange, freed: Figure | null): Figure | null {
  const { rate } = assessed;
  if (freed === null || freed.value === null || rate.usdPerGpuHour === null) return null;
  const { value } = valueOfFreed(freed.value, rate.usdPerGpuHour, 'still-idle');
  return {
    ...bare(assessed),
    value,
    unit: 'USD',
    formula:
      'freed GPU-hours × fixed rate per GPU-hour (capital, facility, network, operations) at the prices before the change',
    working: `${short(freed.value)} GPU-h × ${dollars(rate.usdPerGpuHour)} = ${dollars(Math.abs(value))}${value < 0 ? ' more' : ''}`,
    inputs: [...freedInputs(freed), ...rate.inputs],
    notes: ['Energy is not in the fixed rate: its change per token stands beside it.'],
  };
}

/** What a month of the compared time is worth: a rate, no forecast. */
export function perMonthFigure(assessed: AssessedChange, freed: Figure | null, value: Figure | null): Figure | null {
  const hours = telemetryOf(assessed).observedSeconds / SECONDS_PER_HOUR;
  const [hoursFreed, amount] = [freed?.value ?? null, value?.value ?? null];
  if (value === null || hoursFreed === null || amount === null || hours <= 0) return null;
  const perMonth = (amount / hours) * HOURS_PER_AVERAGE_MONTH;
  return {
    ...value,
    value: perMonth,
    formula: 'value of the freed GPU-hours ÷ hours that were compared × 730 hours of an average month',
    working: `${dollars(Math.abs(amount))} ÷ ${short(hours)} h × 730 h = ${dollars(Math.abs(perMonth))} a month`,
    inputs: [...value.inputs, counted('Hours compared', hours, 'count', 'usable five-minute windows after the change')],
    notes: [...value.notes, 'It holds while work and software stay as they were in the compared time.'],
  };
}

function creditedIn(assessed: AssessedChange, stretch: TimeRange): Effect {
  const { strata, gpuTime } = assessed.assessment;
  return creditedEffect(assessed.usable.after, { strata, controlRatio: gpuTime.controlRatio ?? 1, stretch });
}

/** Freed hours of strata with one load, in order of load. */
function freedByLoad(assessed: AssessedChange, stretch: TimeRange): FigurePart[] {
  const { strata, gpuTime } = assessed.assessment;
  const byLoad = Map.groupBy(
    strata.filter((one) => one.isSupported),
    (one) => loadBinOf(one.stratum)?.from ?? -1,
  );
  return [...byLoad]
    .toSorted(([one], [other]) => one - other)
    .map(([from, own]) => {
      const credit = { strata: own, controlRatio: gpuTime.controlRatio ?? 1, stretch };
      const bin = loadBinOf(own[0]?.stratum ?? '[]');
      const label = bin === null ? 'Load not known' : `${short(bin.from)} to ${short(bin.to)} requests per GPU`;
      return {
        key: String(from),
        label,
        value: freedGpuHours(creditedEffect(assessed.usable.after, credit)),
        unit: 'GPU-h' as const,
      };
    });
}

function effectInputs(assessed: AssessedChange, { actual, counterfactual }: Effect): FigureInput[] {
  const { gpuTime, strata } = assessed.assessment;
  const compared = strata.filter((one) => one.isSupported);
  const tokens = sumOf(compared, (one) => one.after.weightedTokens);
  const control = gpuTime.controlRatio;
  return [
    counted(
      'GPU time of the compared work',
      actual / SECONDS_PER_HOUR,
      'GPU-h',
      'GPU facts, all states of the placed GPUs',
    ),
    {
      label: 'GPU time that it would have taken before',
      value: counterfactual / SECONDS_PER_HOUR,
      unit: 'GPU-h',
      source: `${compared.length} strata: tokens after × GPU-seconds per token before${control === null ? '' : ', less what the control changed'}`,
      quality: 'estimated',
    },
    counted(
      'Weighted tokens compared, all days after',
      tokens,
      'token',
      'engine counters, at the weights before the change',
    ),
    ...(control === null
      ? []
      : [counted('Control: GPU time after ÷ before at equal load', control, 'factor', assessed.controls.join(', '))]),
  ];
}

function freedInputs(freed: Figure): FigureInput[] {
  return [{ label: 'Freed GPU-hours', value: freed.value, unit: 'GPU-h', source: freed.working, quality: 'estimated' }];
}

function estimate(label: string, saving: number | null): FigureInput[] {
  if (saving === null) return [];
  return [
    { label, value: -saving, unit: 'ratio', source: 'the same windows, another estimator', quality: 'estimated' },
  ];
}

function counted(label: string, value: number, unit: FigureUnit, source: string): FigureInput {
  return { label, value, unit, source, quality: 'measured' };
}

function bare(assessed: AssessedChange) {
  return {
    absence: null,
    parts: [],
    coverage: telemetryOf(assessed),
    powerBoundary: null,
    notes: [] as readonly string[],
  };
}

export function signedPercent(share: number): string {
  return `${share > 0 ? '+' : share < 0 ? '−' : ''}${percent(Math.abs(share))}`;
}

import { FORECAST_DAYS, FORECAST_DAYS_LEAST, type ForecastOutcome } from '#shared/cost/budget/month-forecast.ts';
import type { Figure } from '#shared/model/figure.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { dollars } from '../figure-text.ts';

/** The forecast of a month's end with its working; without a value, why there is none. */
export function forecastFigure(
  spent: Figure,
  outcome: ForecastOutcome | null,
  { month, known }: { readonly month: TimeRange; readonly known: TimeRange },
): Figure {
  const base = {
    unit: 'USD' as const,
    formula: 'spent so far + each remaining hour at the mean cost of its hour of the week',
    coverage: spent.coverage,
    powerBoundary: spent.powerBoundary,
  };
  if (outcome?.kind !== 'forecast' || spent.value === null)
    return {
      ...base,
      value: null,
      absence: spent.absence ?? 'not-observed',
      working: '–',
      parts: [],
      inputs: [],
      notes: [lackOf(outcome), ...spent.notes],
    };
  const { forecast, remainingUsd } = outcome;
  return {
    ...base,
    value: forecast.usd,
    absence: null,
    working: `${dollars(spent.value)} + ${dollars(remainingUsd)} = ${dollars(forecast.usd)}; nine of ten between ${dollars(forecast.low)} and ${dollars(forecast.high)}`,
    parts: [
      { key: 'spent', label: 'Spent so far', value: spent.value, unit: 'USD' },
      { key: 'remaining', label: 'Rest of the month', value: remainingUsd, unit: 'USD' },
    ],
    inputs: [
      input('Spent so far', spent.value, 'USD', 'all cost of the scope since the month began', 'measured'),
      input(
        'Rest of the month',
        remainingUsd,
        'USD',
        `${Math.round(secondsOf({ from: known.to, to: month.to }) / 3600)} h at the mean of ${forecast.daysLearnt} whole days`,
        'estimated',
      ),
      input('Low end of the range', forecast.low, 'USD', RANGE_METHOD, 'estimated'),
      input('High end of the range', forecast.high, 'USD', RANGE_METHOD, 'estimated'),
      input('Seed of the draws', forecast.seed, 'count', 'fixed: the same facts give the same range', 'assumed'),
    ],
    notes: [
      'A forecast: the month goes on like the days behind it. Growth, price changes to come and new hardware are not in it.',
      ...lateNotes(month, known),
      ...spent.notes,
    ],
  };
}

const RANGE_METHOD = '5th or 95th percentile of 1000 draws of whole days and how far they lay from their pattern';

function input(
  label: string,
  value: number,
  unit: 'USD' | 'count',
  source: string,
  quality: 'measured' | 'estimated' | 'assumed',
): Figure['inputs'][number] {
  return { label, value, unit, source, quality };
}

function lackOf(outcome: ForecastOutcome | null): string {
  if (outcome === null) return 'What was spent is not known, so there is nothing to go on from.';
  const days = outcome.kind === 'forecast' ? outcome.forecast.daysLearnt : outcome.wholeDays;
  return `Not enough history: a forecast needs ${FORECAST_DAYS_LEAST} whole days of the last ${FORECAST_DAYS}, and ${days} ${days === 1 ? 'is' : 'are'} known.`;
}

function lateNotes(month: TimeRange, known: TimeRange): readonly string[] {
  if (known.from <= month.from) return [];
  return [`Facts begin at ${formatInstant(known.from, 'UTC')}: what the month cost before is not in it.`];
}

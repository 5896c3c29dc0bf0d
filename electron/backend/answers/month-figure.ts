import { monthAtPace } from '#shared/cost/month/month-at-pace.ts';
import type { Figure } from '#shared/model/figure.ts';
import { HOURS_PER_AVERAGE_MONTH } from '#shared/units/arithmetic.ts';
import { dollars } from './figure-text.ts';

/** The amount of an average month at the pace of a window, USD, from its amount per hour. */
export function monthFigure(rate: Figure): Figure {
  const value = rate.value === null ? null : monthAtPace(rate.value);
  const perHour = rate.value === null ? '–' : `${dollars(rate.value)}/h`;
  return {
    ...rate,
    value,
    unit: 'USD',
    formula: `${rate.formula} × ${HOURS_PER_AVERAGE_MONTH} h, an average month`,
    working: `${perHour} × ${HOURS_PER_AVERAGE_MONTH} h = ${value === null ? '–' : dollars(value)}`,
    inputs: [
      ...rate.inputs,
      {
        label: 'Hours of an average month',
        value: HOURS_PER_AVERAGE_MONTH,
        unit: 'count',
        source: '8,760 hours of a year ÷ 12',
        quality: 'assumed',
      },
    ],
    parts: rate.parts.map((part) => ({ ...part, value: monthAtPace(part.value), unit: 'USD' })),
    notes: [...rate.notes, 'An estimate: it takes the month to go on as this window went.'],
  };
}

import type { CheckedInput } from '#shared/contract/backend-api.ts';
import type { ClaimAnswer } from '#shared/contract/compare-schema.ts';
import { claimResult } from '#shared/cost/reference/claim-arithmetic.ts';
import type { Figure, FigureInput } from '#shared/model/figure.ts';
import type { ClaimArithmetic } from '#shared/model/reference-catalogue.ts';
import { assertNever } from '#shared/lib/assert.ts';
import { dollars, short } from '../figure-text.ts';
import type { FigureUnit } from '#shared/units/figure-unit.ts';

/** Does the sum behind a claim with the inputs that it is given. Nothing of the fleet enters it. */
export function claim({ arithmetic }: CheckedInput['claim']): ClaimAnswer {
  const inputs = inputsOf(arithmetic);
  const workings = workingsOf(arithmetic);
  const results = claimResult(arithmetic).map(({ label, value, unit, formula }, index) => ({
    label,
    figure: figureOf({ value, unit, formula, working: workings[index] ?? '', inputs, note: arithmetic.note }),
  }));
  return { results };
}

function figureOf(draft: {
  readonly value: number | null;
  readonly unit: FigureUnit;
  readonly formula: string;
  readonly working: string;
  readonly inputs: readonly FigureInput[];
  readonly note: string;
}): Figure {
  const { value, unit, formula, working, inputs, note } = draft;
  return {
    value,
    unit,
    absence: value === null ? 'no-reference' : null,
    formula,
    working: value === null ? '–' : `${working} = ${short(value)}`,
    parts: [],
    inputs,
    coverage: { observedSeconds: 0, expectedSeconds: 0 },
    powerBoundary: null,
    notes: ['Nothing of this comes from this fleet.', `${note}.`],
  };
}

/** The sums in numbers, in the order of their results. A ratio shows its two sides as they are worked out above it. */
function workingsOf(arithmetic: ClaimArithmetic): readonly string[] {
  switch (arithmetic.kind) {
    case 'per-megawatt':
      return inTwo(arithmetic, (at) => `${short(at.tokensPerSecondPerGpu)} × 1000 ÷ ${short(at.kilowattsPerGpu)}`);
    case 'cost':
      return inTwo(
        arithmetic,
        (at) => `${dollars(at.usdPerGpuHour)} × 10⁶ ÷ (3600 × ${short(at.tokensPerSecondPerGpu)})`,
        'there ÷ here',
      );
    case 'throughput-for-cost':
      return [`${dollars(arithmetic.usdPerGpuHour)} × 10⁶ ÷ (3600 × ${dollars(arithmetic.usdPerMillionTokens)})`];
    case 'rate':
      return [`${short(arithmetic.count)} ÷ ${short(arithmetic.seconds)} s`];
    case 'revenue': {
      const { revenueUsd, investmentUsd, gpus, years, load } = arithmetic;
      return [
        `${dollars(revenueUsd)} ÷ ${dollars(investmentUsd)}`,
        `${dollars(revenueUsd)} × 10⁶ ÷ (${short(gpus)} × ${short(years)} × 8760 × 3600 × ${short(load)})`,
      ];
    }
    default:
      return assertNever(arithmetic);
  }
}

function inTwo<Point>(
  { here, there }: { readonly here: Point; readonly there: Point },
  textOf: (point: Point) => string,
  ratio = 'here ÷ there',
): readonly string[] {
  return [textOf(here), textOf(there), ratio];
}

/** What each input of a sum is counted in. */
const UNITS: Readonly<Record<string, FigureUnit>> = {
  tokensPerSecondPerGpu: 'token/s/GPU',
  usdPerGpuHour: 'USD/GPU-h',
  usdPerMillionTokens: 'USD/Mtok',
  seconds: 's',
  revenueUsd: 'USD',
  investmentUsd: 'USD',
  load: 'ratio',
};

const LABELS: Readonly<Record<string, string>> = {
  tokensPerSecondPerGpu: 'Tokens per second and GPU',
  kilowattsPerGpu: 'Power of a GPU, kW',
  usdPerGpuHour: 'Rate',
  usdPerMillionTokens: 'Cost of a million tokens',
  count: 'Count',
  seconds: 'Time',
  revenueUsd: 'Revenue',
  investmentUsd: 'Investment',
  gpus: 'GPUs',
  years: 'Years',
  load: 'Share of full load',
};

function inputsOf(arithmetic: ClaimArithmetic): FigureInput[] {
  return Object.entries(arithmetic).flatMap(([name, value]): FigureInput[] => {
    if (typeof value === 'number') return [inputOf(name, value, '')];
    if (typeof value !== 'object') return [];
    const side = name === 'here' ? ', here' : ', there';
    const point = value as Readonly<Record<string, number>>;
    return Object.entries(point).map(([part, amount]) => inputOf(part, amount, side));
  });
}

function inputOf(name: string, value: number, side: string): FigureInput {
  const unit = UNITS[name] ?? 'count';
  return { label: `${LABELS[name] ?? name}${side}`, value, unit, source: 'as entered on screen', quality: 'entered' };
}

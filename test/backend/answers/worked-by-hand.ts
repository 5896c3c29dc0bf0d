import type { Figure, FigureInput } from '#shared/model/figure.ts';

/** A figure of an answer with the place where it stands. */
export type PlacedFigure = { readonly at: string; readonly figure: Figure };

/** Every figure that an answer holds, wherever it lies. */
export function figuresIn(value: unknown, at = ''): PlacedFigure[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, one]) => figuresIn(one, at === '' ? key : `${at}.${key}`));
  return isFigure(value) ? [{ at, figure: value }, ...inner] : inner;
}

function isFigure(value: object): value is Figure {
  return ['value', 'unit', 'formula', 'working', 'inputs', 'parts'].every((key) => key in value);
}

/** Numbers in a working are printed with four digits, shares with three. */
const PRINTED = 0.006;

/**
 * What is wrong with the arithmetic that a working shows: each side of its equals signs is worked out as a person would, with
 * units and words left out. Null where it is right, or where it shows no equation.
 */
export function troubleOfWorking(working: string): string | null {
  const [first = ''] = working.split(';');
  const sides = first.split(' = ').map((side) => ({ side, value: workedOut(side) }));
  const known = sides.flatMap(({ value }) => (value === null ? [] : [value]));
  if (sides.length < 2 || known.length < sides.length) return null;
  const [wanted = 0] = known.slice(-1);
  const isRight = known.every(
    (value) => Math.abs(value - wanted) <= PRINTED * Math.max(Math.abs(value), Math.abs(wanted), 1e-3),
  );
  return isRight ? null : `${sides.map(({ side, value }) => `${side} [${value}]`).join(' = ')}`;
}

const TOKEN = /10⁶|\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?(?: [kMG%](?![\w·]))?|[()+×÷−]/gu;
const SCALES: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9, '%': 0.01 };

/** The value of `12.3 GPU-h × $2.10/GPU-h`; null where the text is no sum that can be read. */
function workedOut(text: string): number | null {
  const tokens = text.replaceAll('10⁶', '1000000').match(TOKEN) ?? [];
  let at = 0;
  const next = (): string | undefined => tokens[at];
  const atom = (): number => {
    const token = tokens[at++];
    if (token === '(') {
      const inner = sum();
      if (tokens[at++] !== ')') return Number.NaN;
      return inner;
    }
    if (token === '−') return -atom();
    const [digits = '', scale = ''] = (token ?? '').split(' ');
    return Number(digits.replaceAll(',', '') || Number.NaN) * (SCALES[scale] ?? 1);
  };
  const product = (): number => {
    let value = atom();
    while (next() === '×' || next() === '÷') value = tokens[at++] === '×' ? value * atom() : value / atom();
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (next() === '+' || next() === '−') value = tokens[at++] === '+' ? value + product() : value - product();
    return value;
  };
  const value = sum();
  return Number.isFinite(value) && at === tokens.length ? value : null;
}

const SAME = 1e-9;

function isSame(one: number, other: number): boolean {
  return Math.abs(one - other) <= SAME * Math.max(1e-9, Math.abs(one), Math.abs(other));
}

/** What a value may be scaled by between the units of its inputs and its own. */
const SCALES_OF_UNITS = [1, 3600, 1 / 3600, 1e6, 1e-6, 1e3, 1e-3, 3.6e6, 1 / 3.6e6, 1 / 3.6, 730, 24];

/** Whether the inputs of a figure give its value by one of the ways in which figures are worked out. */
export function isRecomputed({ value, unit, inputs }: Figure): boolean {
  if (value === null || value === 0) return true;
  const known = inputs.flatMap((input) => (input.value === null ? [] : [{ ...input, value: input.value }]));
  const of = (wanted: FigureInput['unit']): number =>
    known.filter((input) => input.unit === wanted).reduce((sum, input) => sum + input.value, 0);
  const [span = 1] = known.flatMap((input) => (input.label === 'Length of the window' ? [input.value] : []));
  const [month = 1] = known.flatMap((input) => (input.label === 'Hours of an average month' ? [input.value] : []));
  const found = (amount: number): boolean =>
    SCALES_OF_UNITS.some((scale) => isSame(((amount * scale) / span) * month, value));
  const tokens = weighted(known);
  const energy = energyOf(known);
  const usd = of('USD');
  const shares = known.flatMap((input) => (input.unit === 'ratio' ? [input.value] : []));
  const counts = known.flatMap((input) => (input.unit === 'token' ? [input.value] : []));
  const [firstUsd = 0] = known.flatMap((input) => (input.unit === 'USD' ? [input.value] : []));
  return (
    [usd, of(unit), of('GPU-h'), of('USD/GPU-h'), tokens, energy].some((sum) => sum !== 0 && found(sum)) ||
    [usd / tokens, tokens / energy, usd / energy, firstUsd / (usd - firstUsd)].some(found) ||
    [
      provisioned(known),
      tokens / provisioned(known),
      beyondQuiet(known) / tokens,
      monthOfSchedule(known),
      ...hourlyRates(known),
    ].some(found) ||
    shares.some((share) => found(usd * share) || counts.some((count) => found((usd * share) / count))) ||
    isSmallSum(
      known.map((input) => input.value),
      found,
    )
  );
}

type KnownInput = Omit<FigureInput, 'value'> & { readonly value: number };

/** Tokens by class, each times the weight that follows it in the list; plain counts where there is no weight. */
function weighted(inputs: readonly KnownInput[]): number {
  const weightOf = (label: string): number => {
    const [, name = '', suffix = ''] = /^(Output|Uncached input|Cached input) tokens(.*)$/u.exec(label) ?? [];
    const weight = inputs.find((input) => input.label === `Weight of ${name.toLowerCase()} tokens${suffix}`);
    return weight?.value ?? 1;
  };
  return inputs
    .filter(({ unit, label }) => unit === 'token' && /^(?:Output|Uncached input|Cached input) tokens/u.test(label))
    .reduce((sum, { label, value }) => sum + value * weightOf(label), 0);
}

/** Energy in kWh, each line times the factors of the same place and meter, which its label names after a comma. */
function energyOf(inputs: readonly KnownInput[]): number {
  const placeOf = (label: string): string => label.split(', ').slice(1).join(', ');
  const factors = inputs.filter(
    ({ unit, label }) => unit === 'factor' && /^(?:\w+ overhead|PUE|1 ÷ PUE)(?:,|$)/u.test(label),
  );
  return inputs
    .filter(({ unit, label }) => unit === 'kWh' && /energy(?: at the wall)?(?:,|$)|at the wall/iu.test(label))
    .reduce((sum, { label, value }) => {
      const own = factors.filter((factor) => placeOf(factor.label) === placeOf(label));
      return sum + own.reduce((product, factor) => product * factor.value, value);
    }, 0);
}

/** Power that is paid for, times the GPU time of the same product, kWh. */
function provisioned(inputs: readonly KnownInput[]): number {
  return inputs.reduce((sum, { unit, value }, index) => {
    const time = inputs[index + 1];
    return unit === 'W' && time?.unit === 'GPU-h' ? sum + (value * time.value) / 1000 : sum;
  }, 0);
}

/** (IT energy − power of a quiet GPU × GPU time) × price of energy. */
function beyondQuiet(inputs: readonly KnownInput[]): number {
  const first = (unit: FigureInput['unit']): number => inputs.find((input) => input.unit === unit)?.value ?? Number.NaN;
  return (first('kWh') - (first('W') * first('GPU-h')) / 1000) * first('USD/kWh');
}

/** What a schedule is worth in an average month: GPUs × hours a week, less those lost at each release, × rate. */
function monthOfSchedule(inputs: readonly KnownInput[]): number {
  const of = (label: string): number => inputs.find((input) => input.label === label)?.value ?? Number.NaN;
  const hours = of('Hours a week') - (of('Releases a week') * of('Drain and reload')) / 3600;
  return (of('GPUs') * hours * 730 * of('Fixed rate')) / 168;
}

/** What an hour costs by the terms of a price: rent, or an annuity or straight line, with what is paid beside it. */
function hourlyRates(inputs: readonly KnownInput[]): number[] {
  const of = (label: string): number => inputs.find((input) => input.label.startsWith(label))?.value ?? 0;
  const [price, residual, months, rate] = [
    of('Purchase price'),
    of('Residual'),
    of('Term'),
    of('Cost of capital') / 12,
  ];
  const annuity = ((price - residual / (1 + rate) ** months) * rate) / (1 - (1 + rate) ** -months) / 730;
  const line = (price - residual) / months / 730;
  const beside = (of('Colocation') * of('Provisioned power')) / 1000 / 730 + of('Licences') / 8760;
  const hourly = ['Network', 'Storage', 'Operations'].reduce((sum, label) => sum + of(label), beside);
  const worth = inputs.find(({ label }) => label.includes('in USD; amounts'))?.value ?? 1;
  return [of('Rent'), annuity, line].map((capital) => (capital + hourly) * worth);
}

/** Whether two or three of a few inputs give the value by +, −, ×, ÷ or as one share of two. */
function isSmallSum(values: readonly number[], found: (amount: number) => boolean): boolean {
  const few = values.slice(0, FEW);
  return few.some((a, i) =>
    few.some((b, j) => {
      if (i === j) return found(a);
      const pairs = [a + b, a - b, a * b, a / b, a / (a + b), (a - b) / b, 1 - a / b];
      return (
        pairs.some(found) ||
        few.some(
          (c, k) => k !== i && k !== j && [a * b * c, (a * b) / c, (a - b) * c, (a - b) / c, (a + b) * c].some(found),
        )
      );
    }),
  );
}

const FEW = 14;

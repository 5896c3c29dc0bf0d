import { totalRateOf } from '#shared/cost/hourly-rates.ts';
import { placeWords } from '#shared/cost/matching-price.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { CostBookRevision } from '#shared/model/cost-book.ts';
import type { FigureInput } from '#shared/model/figure.ts';
import { GPU_STATES, type GpuState } from '#shared/model/gpu-state.ts';
import type { TokenBasis } from '#shared/model/token-basis.ts';
import { priceOfGpuTime, SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { seconds } from '#shared/units/quantities.ts';
import { chargedEnergyInputs } from './energy-inputs.ts';
import { dollars, enteredIn, short } from './figure-text.ts';
import { rateWords } from './rate-figure.ts';
import type { MeasuredPue } from './measured-pue.ts';
import { periodsOf, type Period } from './price-periods.ts';
import { isUnusedCommitment } from './unused-commitments.ts';
import { addCounts, type PricedGroup, type TokenPiece, type UsageLine } from './priced-group.ts';

/** What a figure is made from: one priced group, and what it rests on. */
export type FigureContext = {
  readonly group: PricedGroup;
  /** The revision in force at the end of the window: the one that explains where nothing was measured. */
  readonly revision: CostBookRevision;
  readonly basis: TokenBasis;
  readonly windowSeconds: number;
  readonly engines: number;
  /** Says that the window begins later than asked, or that its past is still being read; null when neither. */
  readonly windowNote: string | null;
  /** PUE as meters have it; null where no place has one at the wall and one of IT. */
  readonly measuredPue: MeasuredPue | null;
  /** What meters measured and no figure uses: whose place is not known, or who is not believed. */
  readonly meterNotes: readonly string[];
};

/** What a rate is divided by. */
export function spanInput({ windowSeconds }: FigureContext): FigureInput {
  return {
    label: SPAN_LABEL,
    value: windowSeconds,
    unit: 's',
    source: 'from its first to its last instant',
    quality: 'measured',
  };
}

const SPAN_LABEL = 'Length of the window';

/** Token counts of the classes that the basis counts, and their weights where it weighs them. */
export function tokenInputs(context: FigureContext): FigureInput[] {
  const { basis, group } = context;
  if (basis !== 'billed') return countInputs(context, group.tokens, '').slice(0, basis === 'output' ? 1 : 3);
  const { revision } = context;
  const none = { revision, weights: revision.weights, model: null, counts: group.tokens };
  const pieces = group.hasTokens ? group.tokenPieces : [none];
  const wordsOf = ({ model }: TokenPiece): string => (model === null ? '' : `model ${model}`);
  return periodsOf(pieces, ({ weights }) => weights, wordsOf).flatMap((period) => billedInputs(context, period));
}

function billedInputs(
  context: FigureContext,
  { first: { weights, model }, items, suffix }: Period<TokenPiece>,
): FigureInput[] {
  const weight = (label: string, value: number): FigureInput => ({
    label: `Weight of ${label}${suffix}`,
    value,
    unit: 'factor',
    source: `cost book, ${model === null ? '' : 'weights of this model, '}relative to one uncached input token`,
    quality: 'assumed',
  });
  return [
    ...countInputs(context, addCounts(items.map((piece) => piece.counts)), suffix),
    weight('output tokens', weights.output),
    weight('uncached input tokens', weights.input),
    weight('cached input tokens', weights.cached),
  ];
}

function countInputs(context: FigureContext, counts: PricedGroup['tokens'], suffix: string): FigureInput[] {
  const source = `counters of ${context.engines} ${context.engines === 1 ? 'engine' : 'engines'}`;
  const cached = counts.cached === null ? null : Math.min(counts.cached, counts.input);
  const count = (label: string, value: number | null, from: string): FigureInput => ({
    label: `${label}${suffix}`,
    value,
    unit: 'token',
    source: from,
    quality: 'measured',
  });
  return [
    count('Output tokens', counts.output, source),
    count('Uncached input tokens', counts.input - (cached ?? 0), source),
    count('Cached input tokens', cached, `${source}, prefix-cache hits`),
  ];
}

/**
 * Everything that a cost is worked out from, line by line: GPU time x rate per product, and energy x node overhead x PUE x
 * tariff, each with its product in USD. The lines in USD add to the cost.
 */
export function costInputs(
  context: FigureContext,
  { states, energyOnly }: { readonly states: readonly GpuState[]; readonly energyOnly: boolean },
): FigureInput[] {
  const lines = context.group.lines.filter((line) => states.includes(line.state));
  const bySku = [...Map.groupBy(lines, (line) => line.sku)].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const gpuTime = energyOnly ? [] : bySku.flatMap(([sku, list]) => gpuTimeInputs(sku, list));
  return [...gpuTime, ...chargedEnergyInputs(lines)];
}

function gpuTimeInputs(sku: string, lines: readonly UsageLine[]): FigureInput[] {
  const wordsOf = ({ rates }: UsageLine): string => (rates === null ? '' : (placeWords(rates.price.where) ?? ''));
  const priceOf = ({ rates }: UsageLine): unknown => (rates === null ? null : [rates.price, rates.usdPerUnit]);
  return periodsOf(lines, priceOf, wordsOf).flatMap(({ first, items, suffix }) => {
    const time = seconds(sumOf(items, (line) => line.gpuSeconds));
    const hours: FigureInput = {
      label: `${sku}, GPU time${suffix}`,
      value: time / SECONDS_PER_HOUR,
      unit: 'GPU-h',
      source: isUnusedCommitment(first)
        ? 'committed GPUs less those of the fleet'
        : 'every GPU from its first sight on, heard or not',
      quality: 'measured',
    };
    return [hours, ...rateInputs({ sku, suffix, first, time })];
  });
}

function rateInputs(line: {
  readonly sku: string;
  readonly suffix: string;
  readonly first: UsageLine;
  readonly time: ReturnType<typeof seconds>;
}): FigureInput[] {
  const { sku, suffix, time } = line;
  const { revision, rates } = line.first;
  const label = `${sku}, rate${suffix}`;
  if (rates === null) {
    return [{ label, value: null, unit: 'USD/GPU-h', source: 'no price in the cost book', quality: 'assumed' }];
  }
  const rate = totalRateOf(rates);
  const { note, quality } = rates.price.provenance;
  const cost: FigureInput = {
    label: `${sku}, cost of GPU time${suffix}`,
    value: priceOfGpuTime(time, rate),
    unit: 'USD',
    source: `${short(time / SECONDS_PER_HOUR)} GPU-h × ${dollars(rate)}`,
    quality,
  };
  const source = `${rateWords(rates)}; ${note}${enteredIn(revision, rates.price.currency)}`;
  return [{ label, value: rate, unit: 'USD/GPU-h', source, quality }, cost];
}

/** GPU time by state, GPU-h. */
export function stateInputs(group: PricedGroup, states: readonly GpuState[] = GPU_STATES): FigureInput[] {
  return states.map((state) => ({
    label: `GPU time ${state}`,
    value: group.gpuSeconds[state] / SECONDS_PER_HOUR,
    unit: 'GPU-h',
    source: state === 'unobserved' ? 'owned, but not heard' : 'state of each GPU per interval',
    quality: 'measured',
  }));
}

import { costOfKind, IDLE_STATES, type CostKind } from '#shared/cost/cost-per-million-tokens.ts';
import { costOf } from '#shared/cost/price-usage.ts';
import type { CostPart, FigureName } from '#shared/contract/backend-api.ts';
import type { Figure, FigurePart } from '#shared/model/figure.ts';
import type { FigureUnit } from '#shared/units/figure-unit.ts';
import { GPU_STATES, type GpuState } from '#shared/model/gpu-state.ts';
import type { TokenBasis } from '#shared/model/token-basis.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { costParts, PART_LABELS, SERVING_PARTS } from './cost-parts.ts';
import { efficiency, energy, power } from './energy-figures.ts';
import { explained, facilityBoundary } from './explained.ts';
import { isEnergyCharged } from './energy-inputs.ts';
import { costInputs, stateInputs, tokenInputs, type FigureContext, spanInput } from './figure-inputs.ts';
import { dollars, short } from './figure-text.ts';
import { classesOf, gpuSecondsOf, onlyStates, tokensOf, type PricedGroup } from './priced-group.ts';
import { knownCost, STATES_OF_KIND, unitCostOf, type Known } from './unit-cost.ts';

/** Any figure of the contract, with everything needed to explain it. */
export function figureOf(name: FigureName, context: FigureContext): Figure {
  switch (name) {
    case 'cost-per-million-tokens':
      return unitCost('loaded', context);
    case 'serving-cost-per-million-tokens':
      return unitCost('serving', context);
    case 'marginal-cost-per-million-tokens':
      return unitCost('marginal', context);
    case 'spend':
      return spend(context, 'USD', 1);
    case 'spend-rate':
      return spend(context, 'USD/h', SECONDS_PER_HOUR / context.windowSeconds);
    case 'throughput':
      return tokenFigure(context, 'token/s', 1 / context.windowSeconds);
    case 'tokens':
      return tokenFigure(context, 'token', 1);
    case 'power':
      return power(context);
    case 'energy':
      return energy(context);
    case 'efficiency':
      return efficiency(context);
    case 'idle-spend':
      return idleSpend(context, 'USD', 1);
    case 'idle-spend-rate':
      return idleSpend(context, 'USD/h', SECONDS_PER_HOUR / context.windowSeconds);
    case 'idle-energy':
      return energy({ ...context, group: onlyStates(context.group, IDLE_STATES) });
    case 'idle-share':
      return idleShare(context);
    case 'coverage':
      return coverageFigure(context);
  }
}

const COST_WORDS: Readonly<Record<CostKind, string>> = {
  loaded: 'all cost of the scope, idle included',
  serving: 'cost of GPUs at work',
  marginal: 'energy cost of the scope',
};

/** unit cost [USD/Mtok] = cost / tokens x 1e6. Source: economics reference, section 4.2. */
function unitCost(kind: CostKind, context: FigureContext): Figure {
  const { group, basis } = context;
  const count = tokensOf(group, basis);
  const known = unitCostOf(kind, group, basis);
  const amount = `${costText(knownCost(kind, group))} ÷ ${short(count / 1e6)} Mtok`;
  const states = { states: STATES_OF_KIND[kind], energyOnly: kind === 'marginal' };
  return explained(context, {
    ...known,
    unit: 'USD/Mtok',
    formula: `${COST_WORDS[kind]} ÷ ${basis} tokens × 10⁶`,
    working: known.value === null ? `${amount} = –` : `${amount} = ${known.value.toPrecision(4)} $/Mtok`,
    parts: known.value === null ? [] : partsOf(kind, context, 'USD/Mtok', 1e6 / count),
    inputs: [...tokenInputs(context), ...costInputs(context, states)],
    powerBoundary: costBoundary(context),
  });
}

/** A cost as text; a dash where a part of it is not known, because a partial sum would read like the whole. */
function costText(cost: Known): string {
  return cost.value === null ? '–' : dollars(cost.value);
}

function costBoundary(context: FigureContext): string | null {
  return isEnergyCharged(context.group) ? facilityBoundary(context) : null;
}

function partsOf(kind: CostKind, context: FigureContext, unit: FigureUnit, factor: number): FigurePart[] {
  if (kind === 'marginal') {
    const amount = costOfKind('marginal', context.group.cost);
    return [{ key: 'energy', label: PART_LABELS.energy, value: amount * factor, unit }];
  }
  const amounts = Object.entries(costParts(context.group)) as [CostPart, number][];
  return amounts
    .filter(([key]) => kind === 'loaded' || SERVING_PARTS.includes(key))
    .map(([key, amount]) => ({ key, label: PART_LABELS[key], value: amount * factor, unit }));
}

function spend(context: FigureContext, unit: 'USD' | 'USD/h', factor: number): Figure {
  const cost = knownCost('loaded', context.group);
  const hours = context.windowSeconds / SECONDS_PER_HOUR;
  const rate = cost.value === null ? '–' : `${dollars(cost.value * factor)}/h`;
  return explained(context, {
    ...scaled(cost, factor),
    unit,
    formula: unit === 'USD' ? 'all cost of the scope in the window' : 'all cost of the scope ÷ hours',
    working: unit === 'USD' ? costText(cost) : `${costText(cost)} ÷ ${short(hours)} h = ${rate}`,
    parts: cost.value === null ? [] : partsOf('loaded', context, unit, factor),
    inputs: [
      ...costInputs(context, { states: GPU_STATES, energyOnly: false }),
      ...(unit === 'USD' ? [] : [spanInput(context)]),
    ],
    powerBoundary: costBoundary(context),
  });
}

function scaled(known: Known, factor: number): Known {
  return known.value === null ? known : { value: known.value * factor, absence: null };
}

function tokenFigure(context: FigureContext, unit: 'token' | 'token/s', factor: number): Figure {
  const { group, basis } = context;
  const count = tokensOf(group, basis);
  const seconds = `÷ ${short(context.windowSeconds)} s = ${short(count * factor)} tok/s`;
  return explained(context, {
    value: group.hasTokens ? count * factor : null,
    unit,
    absence: group.hasTokens ? null : 'no-tokens',
    formula: BASIS_FORMULAS[basis] + (unit === 'token/s' ? ' ÷ seconds' : ''),
    working: group.hasTokens ? `${short(count)} tokens${unit === 'token/s' ? ` ${seconds}` : ''}` : '–',
    parts: group.hasTokens ? classParts(context, unit, factor) : [],
    inputs: [...tokenInputs(context), ...(unit === 'token' ? [] : [spanInput(context)])],
  });
}

const BASIS_FORMULAS: Readonly<Record<TokenBasis, string>> = {
  output: 'output tokens',
  total: 'input + output tokens',
  billed: 'each class of tokens × its weight (below)',
};

function classParts(context: FigureContext, unit: FigureUnit, factor: number): FigurePart[] {
  if (context.basis === 'output') return [];
  const { output, uncachedInput, cachedInput } = classesOf(context.group, context.basis);
  return [
    { key: 'output', label: 'Output', value: output * factor, unit },
    { key: 'uncached-input', label: 'Uncached input', value: uncachedInput * factor, unit },
    { key: 'cached-input', label: 'Cached input', value: cachedInput * factor, unit },
  ];
}

function idleSpend(context: FigureContext, unit: 'USD' | 'USD/h', factor: number): Figure {
  const { group } = context;
  const cost = idleCostOf(group);
  const idleHours = short(gpuSecondsOf(group, IDLE_STATES) / SECONDS_PER_HOUR);
  const hours = short(context.windowSeconds / SECONDS_PER_HOUR);
  const rate = cost.value === null ? '–' : `${dollars(cost.value * factor)}/h`;
  const amount = `${costText(cost)} for ${idleHours} idle GPU-h`;
  return explained(context, {
    ...scaled(cost, factor),
    unit,
    formula: `cost of loaded-idle and unallocated GPUs, their energy included${unit === 'USD' ? '' : ', ÷ hours'}`,
    working: unit === 'USD' ? amount : `${amount} ÷ ${hours} h = ${rate}`,
    parts: cost.value === null ? [] : IDLE_STATES.map((state) => statePart(group, state, { unit, factor })),
    inputs: [
      ...stateInputs(group, IDLE_STATES),
      ...costInputs(context, { states: IDLE_STATES, energyOnly: false }),
      ...(unit === 'USD' ? [] : [spanInput(context)]),
    ],
    powerBoundary: costBoundary(context),
  });
}

/** Cost of idle GPUs, USD; not known where any cost of the group is not. */
function idleCostOf(group: PricedGroup): Known {
  const whole = knownCost('loaded', group);
  return whole.value === null ? whole : { value: costOf(group.cost, IDLE_STATES), absence: null };
}

function statePart(
  group: PricedGroup,
  state: GpuState,
  { unit, factor }: { readonly unit: FigureUnit; readonly factor: number },
): FigurePart {
  const label = state === 'unallocated' ? 'Free (unallocated)' : 'Loaded but quiet';
  return { key: state, label, value: costOf(group.cost, [state]) * factor, unit };
}

function idleShare(context: FigureContext): Figure {
  const { group } = context;
  const all = knownCost('loaded', group);
  const idle = idleCostOf(group);
  const value = all.value === null || idle.value === null || all.value === 0 ? null : idle.value / all.value;
  const result = value === null ? '–' : `${short(value * 100)} %`;
  return explained(context, {
    value,
    unit: 'ratio',
    absence: value === null ? (all.absence ?? 'no-price') : null,
    formula: 'cost of idle GPUs ÷ all cost',
    working: `${costText(idle)} ÷ ${costText(all)} = ${result}`,
    inputs: [
      {
        label: 'Cost of idle GPUs',
        unit: 'USD',
        source: 'loaded-idle and unallocated',
        quality: 'measured',
        value: idle.value,
      },
      ...stateInputs(group),
      ...costInputs(context, { states: GPU_STATES, energyOnly: false }),
    ],
    powerBoundary: costBoundary(context),
  });
}

function coverageFigure(context: FigureContext): Figure {
  const { observedSeconds, expectedSeconds } = context.group.coverage;
  const value = expectedSeconds > 0 ? observedSeconds / expectedSeconds : null;
  const observed = observedSeconds / SECONDS_PER_HOUR;
  const owned = expectedSeconds / SECONDS_PER_HOUR;
  const source = 'hardware of the scope, whatever runs on it';
  return explained(context, {
    value,
    unit: 'ratio',
    absence: value === null ? 'no-gpus' : null,
    formula: 'observed GPU-seconds ÷ owned GPU-seconds',
    working: `${short(observed)} GPU-h ÷ ${short(owned)} GPU-h = ${value === null ? '–' : `${short(value * 100)} %`}`,
    inputs: [
      { label: 'GPU time observed', value: observed, unit: 'GPU-h', source, quality: 'measured' },
      { label: 'GPU time owned', value: owned, unit: 'GPU-h', source, quality: 'measured' },
    ],
  });
}

import type { ExplainRequest } from './page-context.tsx';
import { FIGURE_WORDS, type FigureName } from '#shared/model/figure-name.ts';
import type { GpuState } from '#shared/model/gpu-state.ts';
import type { FigureAbsence } from '#shared/model/figure.ts';
import type { TokenBasis } from '#shared/model/token-basis.ts';
import type { CallScope, CostPart, SourceState } from '#shared/contract/backend-api.ts';
import { SCOPE_KEYS, type CostKind } from './url-state.ts';

/** The words of the product, once: screens take them from here. */

export const PART_WORDS: Readonly<Record<CostPart, string>> = {
  capital: 'Capital',
  facility: 'Facility',
  'network-operations': 'Network, ops',
  energy: 'Energy',
  'down-unseen': 'Down, unseen',
  idle: 'Idle',
};

export const STATE_WORDS: Readonly<Record<GpuState, string>> = {
  serving: 'serving',
  throttled: 'throttled',
  loading: 'loading',
  'loaded-idle': 'loaded, idle',
  unallocated: 'free',
  unhealthy: 'down',
  unobserved: 'unseen',
};

export const STATE_MEANING: Readonly<Record<GpuState, string>> = {
  serving: 'working on requests',
  throttled: 'working, but held back by power or heat',
  loading: 'taking a model into memory',
  'loaded-idle': 'a model is loaded and no request ran',
  unallocated: 'nothing is bound to the GPU',
  unhealthy: 'failed, drained or cordoned',
  unobserved: 'owned and paid, but nobody measured it',
};

export const BASIS_WORDS: Readonly<Record<TokenBasis, { readonly name: string; readonly meaning: string }>> = {
  billed: { name: 'billed', meaning: 'input, cached and output, weighted as a price list does' },
  total: { name: 'total', meaning: 'input and output, each token counts one' },
  output: { name: 'output', meaning: 'generated tokens alone' },
};

export const KIND_WORDS: Readonly<Record<CostKind, { readonly name: string; readonly meaning: string }>> = {
  loaded: { name: 'loaded', meaning: 'all cost of the scope, idle included' },
  serving: { name: 'serving', meaning: 'idle left out: what the work itself cost' },
  marginal: { name: 'marginal', meaning: 'energy alone: what one more token costs' },
};

export const KIND_FIGURES: Readonly<Record<CostKind, FigureName>> = {
  loaded: 'cost-per-million-tokens',
  serving: 'serving-cost-per-million-tokens',
  marginal: 'marginal-cost-per-million-tokens',
};

export const ABSENCE_WORDS: Readonly<Record<FigureAbsence, string>> = {
  'no-tokens': 'No tokens were counted in this window, so there is nothing to divide the cost by.',
  'no-price': 'No price is in force for this hardware. Enter one in the cost book.',
  'no-energy': 'No power or energy reading was heard in this window.',
  'no-gpus': 'No GPU belongs to this scope in this window.',
  'not-observed': 'Nothing was heard in this window.',
  'no-latency': 'No engine told how long its tokens took in this window.',
  'no-reference': 'No public run tells this of the same thing.',
  'not-comparable': 'The two are not the same thing, so their difference would mean nothing.',
};

export const SOURCE_WORDS: Readonly<Record<SourceState, string>> = {
  waiting: 'waiting',
  fresh: 'fresh',
  late: 'late',
  stale: 'stale',
  down: 'down',
  paused: 'paused',
};

/** What a scope is called: the fleet, or what it is narrowed to. */
export function scopeWords(scope: CallScope, fleetName: string): string {
  const parts = SCOPE_KEYS.flatMap((key) => {
    const value = scope[key];
    return value === undefined ? [] : [value ?? `no ${key}`];
  });
  return parts.length === 0 ? fleetName : parts.join(', ');
}

/** The title of what is explained: the words of a named figure, or those it has on its page. */
export function titleOf(request: ExplainRequest): string {
  return 'name' in request ? FIGURE_WORDS[request.name] : request.title;
}

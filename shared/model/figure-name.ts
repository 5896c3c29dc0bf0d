import type { FigureUnit } from '#shared/units/figure-unit.ts';

/** Figures that can be asked for by name, for any scope and window. */
export const FIGURE_NAMES = [
  'cost-per-million-tokens',
  'serving-cost-per-million-tokens',
  'marginal-cost-per-million-tokens',
  'spend-rate',
  'spend',
  'throughput',
  'tokens',
  'power',
  'energy',
  'efficiency',
  'idle-spend',
  'idle-spend-rate',
  'idle-energy',
  'idle-share',
  'coverage',
] as const;

export type FigureName = (typeof FIGURE_NAMES)[number];

/** What a figure is called wherever people read of it. */
export const FIGURE_WORDS: Readonly<Record<FigureName, string>> = {
  'cost-per-million-tokens': 'Loaded cost per million tokens',
  'serving-cost-per-million-tokens': 'Serving cost per million tokens',
  'marginal-cost-per-million-tokens': 'Marginal cost per million tokens',
  'spend-rate': 'Spend rate',
  spend: 'Spend',
  throughput: 'Throughput',
  tokens: 'Tokens',
  power: 'Power',
  energy: 'Energy',
  efficiency: 'Efficiency',
  'idle-spend': 'Idle waste',
  'idle-spend-rate': 'Idle waste',
  'idle-energy': 'Energy of idle GPUs',
  'idle-share': 'Idle share of spend',
  coverage: 'Coverage',
};

/** What each figure is counted in. */
export const FIGURE_UNITS: Readonly<Record<FigureName, FigureUnit>> = {
  'cost-per-million-tokens': 'USD/Mtok',
  'serving-cost-per-million-tokens': 'USD/Mtok',
  'marginal-cost-per-million-tokens': 'USD/Mtok',
  'spend-rate': 'USD/h',
  spend: 'USD',
  throughput: 'token/s',
  tokens: 'token',
  power: 'W',
  energy: 'J',
  efficiency: 'token/J',
  'idle-spend': 'USD',
  'idle-spend-rate': 'USD/h',
  'idle-energy': 'J',
  'idle-share': 'ratio',
  coverage: 'ratio',
};

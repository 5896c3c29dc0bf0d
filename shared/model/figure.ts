import type { FigureUnit } from '#shared/units/figure-unit.ts';

/** How an input is known. `published`: by others, of their own machines. */
export type InputQuality = 'measured' | 'estimated' | 'entered' | 'assumed' | 'published';

export type FigureInput = {
  readonly label: string;
  readonly value: number | null;
  readonly unit: FigureUnit;
  /** Where it came from, down to the counter: "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION of 120 GPUs". */
  readonly source: string;
  readonly quality: InputQuality;
};

/** Observed over expected seconds of the scope in the window. */
export type Coverage = { readonly observedSeconds: number; readonly expectedSeconds: number };

/** One line of a sum: parts of one figure add to its total. */
export type FigurePart = {
  readonly key: string;
  readonly label: string;
  readonly value: number;
  readonly unit: FigureUnit;
};

/** Why a figure has no value. Unknown is never zero. */
export type FigureAbsence =
  | 'no-tokens'
  | 'no-price'
  | 'no-energy'
  | 'no-gpus'
  | 'not-observed'
  | 'no-latency'
  | 'no-reference'
  | 'not-comparable';

/** A value that can explain itself: formula, working, parts, inputs with sources, coverage, power boundary. */
export type Figure = {
  readonly value: number | null;
  readonly unit: FigureUnit;
  readonly absence: FigureAbsence | null;
  /** The formula in words. */
  readonly formula: string;
  /** The formula in numbers. */
  readonly working: string;
  readonly parts: readonly FigurePart[];
  readonly inputs: readonly FigureInput[];
  readonly coverage: Coverage;
  /** What the energy in this figure covers, or null where it has none. */
  readonly powerBoundary: string | null;
  /** Things a reader must know before trusting it: partial coverage, bridged gaps, unplaced work. */
  readonly notes: readonly string[];
};

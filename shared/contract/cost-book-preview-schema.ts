import { z } from 'zod';
import type { Figure } from '#shared/model/figure.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { costBookRevisionSchema } from './cost-book-schema.ts';
import { basis, scope, window } from './input-schema.ts';

/** A cost book that is being written, and what to show it on. Nothing of it is stored. */
export const costBookPreviewSchema = z.strictObject({
  revisions: z.array(costBookRevisionSchema).min(1).max(1000).readonly(),
  window,
  scope,
  basis,
});

/** The same facts under two cost books. */
export type CostBookPreview = {
  /** The last 24 hours. */
  readonly day: PreviewedWindow;
  /** The asked window. */
  readonly range: PreviewedWindow;
  /** Every product of the fleet at the prices of now, by the price that matches in either book. */
  readonly rates: readonly PreviewedRate[];
  /** What an hour comes to at each price of each revision of the draft, in their order, USD/GPU-h. */
  readonly prices: readonly (readonly Figure[])[];
  /** Why the draft could not be saved as it is, as a sentence; null where it could. Figures are shown all the same. */
  readonly trouble: string | null;
  /** Plausibility warnings of the revision that is in force now in the draft. */
  readonly warnings: readonly string[];
};

/** USD per GPU-hour before energy; null where the book has no price. */
export type PreviewedRate = {
  readonly sku: string;
  readonly gpus: number;
  readonly sites: readonly string[];
  readonly draft: number | null;
  readonly inForce: number | null;
  /** The same with their working. */
  readonly draftRate: Figure;
  readonly inForceRate: Figure;
  /** Place of the price in the draft's revision that holds now; null where none matches. */
  readonly draftPrice: number | null;
};

export type PreviewedWindow = {
  readonly window: TimeRange;
  readonly draft: PreviewedFigures;
  readonly inForce: PreviewedFigures;
};

/** Figures of the scope under one cost book. */
export type PreviewedFigures = {
  /** USD/Mtok; its parts have the keys of COST_PARTS. */
  readonly loaded: Figure;
  readonly serving: Figure;
  readonly marginal: Figure;
  readonly spend: Figure;
  /** What an average month costs at the pace of the window, USD. */
  readonly month: Figure;
};

import type { FigureInput } from '#shared/model/figure.ts';
import type { RateTier, ReferenceCatalogue } from '#shared/model/reference-catalogue.ts';
import type { FigureContext } from '../figure-inputs.ts';
import type { OwnDeployment } from './own-deployments.ts';

/** What the figures of one deployment are made from. Its figures count input and output tokens alike. */
export type CompareContext = {
  readonly deployment: OwnDeployment;
  readonly figures: FigureContext;
  readonly catalogue: ReferenceCatalogue;
  readonly tier: RateTier;
  /** The day whose tables hold: the last of the window. */
  readonly day: string;
};

/** Where a published number was read, with its date. */
export function publishedAt({ sources }: ReferenceCatalogue, source: string): string {
  const found = sources[source];
  return found === undefined ? source : `${found.title}, ${found.date}`;
}

export function publishedInput(input: Omit<FigureInput, 'quality'>): FigureInput {
  return { ...input, quality: 'published' };
}

/** What an hour of one of the deployment's GPUs costs, USD. */
export function rateInput(value: number | null): FigureInput {
  const source = 'all cost of its GPU time, energy included, by the cost book';
  return { label: 'Rate of this deployment', value, unit: 'USD/GPU-h', source, quality: 'entered' };
}

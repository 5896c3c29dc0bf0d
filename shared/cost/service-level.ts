import type { CostBookRevision, ServiceLevel } from '#shared/model/cost-book.ts';
import { SERVICE_LEVEL_DEFAULTS } from '#shared/model/cost-book-defaults.ts';

/** What a model is held to: its own service level, else the one of any model, else the defaults. */
export function serviceLevelOf({ serviceLevels }: CostBookRevision, model: string): ServiceLevel {
  return (
    serviceLevels.find((level) => level.model === model) ??
    serviceLevels.find((level) => level.model === '*') ??
    SERVICE_LEVEL_DEFAULTS
  );
}

import type { WorkRow } from '#shared/cost/savings/work-row.ts';
import { createRandom } from '../../../backend/store/store-facts.ts';

/** Days of work in a few strata, whose intensity is `factor` times that of the stratum, give or take some noise. */
export function randomWork(seed: number, { from = 1, days, factor = 1, noise = 0.01 }: WorkOptions): WorkRow[] {
  const random = createRandom(seed);
  return Array.from({ length: days }, (_, index) => from + index).flatMap((day) =>
    ['low', 'middle', 'high'].map((stratum, place) => {
      const weightedTokens = (1 + random.next() * 9) * 1e6 * 10 ** place;
      const intensity = (0.004 / 2 ** place) * factor * (1 + noise * (random.next() - 0.5));
      return { day: `d${day}`, stratum, spent: weightedTokens * intensity, weightedTokens, windows: 288, load: null };
    }),
  );
}

export type WorkOptions = {
  readonly from?: number;
  readonly days: number;
  readonly factor?: number;
  readonly noise?: number;
};

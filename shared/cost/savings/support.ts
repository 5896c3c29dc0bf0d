import { sumOf } from '#shared/lib/sum.ts';
import { daysOf, type BeforeAndAfter, type WorkRow } from './work-row.ts';

/** What a stratum needs on each side before it is compared. */
export type SupportRule = { readonly windowsMin: number; readonly daysMin: number };

/** Source: economics reference, section 5.2, step 2. */
export const SUPPORT_RULE: SupportRule = { windowsMin: 6, daysMin: 2 };

/** Support by presence alone: some tokens on each side. For rows that are whole days already, as worked cases give them. */
export const PRESENT: SupportRule = { windowsMin: 0, daysMin: 1 };

/**
 * Strata with enough of both sides, in order of their names. A stratum without tokens on one side has no intensity there
 * and is never supported. Which strata are comparable is decided once, on the real days: resampling does not change it.
 */
export function supportedStrata({ before, after }: BeforeAndAfter, rule: SupportRule): string[] {
  const afterByStratum = Map.groupBy(after, (row) => row.stratum);
  const supported = [...Map.groupBy(before, (row) => row.stratum)].filter(
    ([stratum, rows]) => isSupported(rows, rule) && isSupported(afterByStratum.get(stratum) ?? [], rule),
  );
  return supported.map(([stratum]) => stratum).toSorted();
}

function isSupported(rows: readonly WorkRow[], { windowsMin, daysMin }: SupportRule): boolean {
  return (
    sumOf(rows, (row) => row.weightedTokens) > 0 &&
    sumOf(rows, (row) => row.windows) >= windowsMin &&
    daysOf(rows).length >= daysMin
  );
}

/** coverage = tokens after the change in supported strata / all tokens after it; zero where there were none. */
export function coverageOf(after: readonly WorkRow[], supported: readonly string[]): number {
  const names = new Set(supported);
  const all = sumOf(after, (row) => row.weightedTokens);
  const within = sumOf(after, (row) => (names.has(row.stratum) ? row.weightedTokens : 0));
  return all > 0 ? within / all : 0;
}

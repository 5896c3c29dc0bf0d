import { sumOf } from '#shared/lib/sum.ts';
import { daysOf, type BeforeAndAfter, type WorkRow } from './work-row.ts';

/** What a stratum holds on one side of a change. */
export type StratumSide = {
  /** GPU-seconds, or joules. */
  readonly spent: number;
  readonly weightedTokens: number;
  readonly windows: number;
  readonly days: number;
  /** Requests in flight per GPU; null where nobody told. */
  readonly concurrencyPerGpu: number | null;
};

/** One stratum on both sides: with all of them and the formulae anybody can work out the saving again. */
export type StratumSummary = {
  readonly stratum: string;
  /** Enough of it on both sides to be compared. */
  readonly isSupported: boolean;
  readonly before: StratumSide;
  readonly after: StratumSide;
  /** T_after x spent_before / T_before; null where it is not compared. A control's change is not in it. */
  readonly counterfactual: number | null;
};

/** Every stratum of both sides, in order of work after the change, most first; equal ones by name. */
export function strataTable({ before, after }: BeforeAndAfter, supported: readonly string[]): StratumSummary[] {
  const compared = new Set(supported);
  const [rowsBefore, rowsAfter] = [before, after].map((rows) => Map.groupBy(rows, (row) => row.stratum));
  const names = [...new Set([...before, ...after].map((row) => row.stratum))].toSorted();
  return names
    .map((stratum): StratumSummary => {
      const was = sideOf(rowsBefore?.get(stratum) ?? []);
      const is = sideOf(rowsAfter?.get(stratum) ?? []);
      const isSupported = compared.has(stratum);
      const counterfactual = isSupported ? (is.weightedTokens * was.spent) / was.weightedTokens : null;
      return { stratum, isSupported, before: was, after: is, counterfactual };
    })
    .toSorted((one, other) => other.after.weightedTokens - one.after.weightedTokens);
}

function sideOf(rows: readonly WorkRow[]): StratumSide {
  const loads = rows.map((row) => row.load).filter((load) => load !== null);
  const gpuSeconds = sumOf(loads, (load) => load.gpuSeconds);
  const isLoadKnown = loads.length === rows.length && gpuSeconds > 0;
  return {
    spent: sumOf(rows, (row) => row.spent),
    weightedTokens: sumOf(rows, (row) => row.weightedTokens),
    windows: sumOf(rows, (row) => row.windows),
    days: daysOf(rows).length,
    concurrencyPerGpu: isLoadKnown ? sumOf(loads, (load) => load.requestSeconds) / gpuSeconds : null,
  };
}

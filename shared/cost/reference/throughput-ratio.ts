import { sumOf } from '#shared/lib/sum.ts';
import type { BenchmarkFront, ReferenceCatalogue } from '#shared/model/reference-catalogue.ts';
import { isGpu, tableOn } from './reference-tables.ts';
import { throughputAt } from './front.ts';

/** How much more a GPU of one product gives than one of another, by public runs of the same recipe. */
export type ThroughputRatio = {
  /** Geometric mean over the pairs of fronts. */
  readonly ratio: number;
  readonly pairs: readonly RatioPair[];
};

export type RatioPair = {
  readonly from: BenchmarkFront;
  readonly to: BenchmarkFront;
  readonly interactivity: number;
  readonly ratio: number;
};

/**
 * Pairs fronts of two products with the same model, speculation and lengths, of the same precision where there are any, and
 * reads both at one interactivity: the asked one, by the pairs that were measured there; where none was, each pair at the
 * slowest that it was measured at, because towards the fast end of a front the ratio grows without bound. Null where no
 * public runs pair up. Source: economics reference, section 0, rule 6.
 */
export function throughputRatioOf(
  catalogue: ReferenceCatalogue,
  { from, to, interactivity }: { readonly from: string; readonly to: string; readonly interactivity: number | null },
): ThroughputRatio | null {
  const olds = catalogue.fronts.filter((front) => isGpu(from, front.gpu));
  const news = catalogue.fronts.filter((front) => isGpu(to, front.gpu));
  const alike = olds.flatMap((old) => news.filter((one) => isSameRecipe(old, one)).map((one) => [old, one] as const));
  const exact = alike.filter(([old, one]) => old.precision === one.precision);
  const used = exact.length > 0 ? exact : alike;
  const atAsked = interactivity === null ? [] : used.flatMap(([old, one]) => pairAt(old, one, interactivity));
  const pairs = atAsked.length > 0 ? atAsked : used.flatMap(([old, one]) => pairAt(old, one, null));
  if (pairs.length === 0) return null;
  return { ratio: Math.exp(sumOf(pairs, (pair) => Math.log(pair.ratio)) / pairs.length), pairs };
}

function isSameRecipe(one: BenchmarkFront, other: BenchmarkFront): boolean {
  return (
    one.model === other.model &&
    one.speculation === other.speculation &&
    one.inputTokens === other.inputTokens &&
    one.outputTokens === other.outputTokens
  );
}

/** The pair at an interactivity, or at the slowest that both were measured at; none where they were not. */
function pairAt(from: BenchmarkFront, to: BenchmarkFront, asked: number | null): RatioPair[] {
  const shared = sharedRange(from, to);
  const interactivity = asked ?? shared?.least ?? 0;
  if (shared === null || interactivity < shared.least || interactivity > shared.most) return [];
  const [old, one] = [throughputAt(from.points, interactivity), throughputAt(to.points, interactivity)];
  if (old === null || one === null || old <= 0 || one <= 0) return [];
  return [{ from, to, interactivity, ratio: one / old }];
}

function sharedRange(one: BenchmarkFront, other: BenchmarkFront): { least: number; most: number } | null {
  const of = ({ points }: BenchmarkFront): number[] => points.map((point) => point.interactivity);
  const least = Math.max(Math.min(...of(one)), Math.min(...of(other)));
  const most = Math.min(Math.max(...of(one)), Math.max(...of(other)));
  return least > most ? null : { least, most };
}

/** Provisioned power of one product over another's on a day; null where the catalogue does not know both. */
export function powerRatioOf(
  catalogue: ReferenceCatalogue,
  { from, to, day }: { readonly from: string; readonly to: string; readonly day: string },
): number | null {
  const kilowatts = Object.entries(tableOn(catalogue.power, day)?.kilowattsPerGpu ?? {});
  const [old, one] = [from, to].map((sku) => kilowatts.find(([gpu]) => isGpu(sku, gpu))?.[1]);
  return old === undefined || one === undefined ? null : one / old;
}

import { sumOf } from '#shared/lib/sum.ts';
import type { BenchmarkFront, RateTier, ReferenceCatalogue } from '#shared/model/reference-catalogue.ts';
import {
  usdPerGpuHour,
  usdPerMillionTokens,
  type UsdPerGpuHour,
  type UsdPerMillionTokens,
} from '#shared/units/quantities.ts';
import { costAtThroughput } from '../benchmark-cost.ts';
import { throughputAt } from './front.ts';
import { WEIGHT_OF_REASON, type Lengths, type NotComparable } from './not-comparable.ts';
import { areAllGpu, referenceModel, tableOn } from './reference-tables.ts';

/** What a deployment of the fleet did in a window. Null is not known. */
export type OwnPoint = {
  /** The name it is served under. */
  readonly model: string;
  /** The driver's names of its products: more than one where prefill and decode stand on different ones. */
  readonly skus: readonly string[];
  readonly precision: string | null;
  readonly speculation: string | null;
  /** Tokens per second and user: 1 / median time per output token. */
  readonly interactivity: number | null;
  readonly lengths: Lengths | null;
  /** Cached share of the input tokens. */
  readonly cachedShare: number | null;
  /** Input and output tokens per second over all paid GPUs. */
  readonly totalPerGpu: number;
  /** Fully loaded. */
  readonly usdPerGpuHour: UsdPerGpuHour;
};

/** The fleet beside a reference front. Costs are of a million input and output tokens; null where there is no figure. */
export type BesideReference = {
  readonly front: BenchmarkFront;
  /** Tokens per second and GPU of the reference at the fleet's interactivity. */
  readonly referencePerGpu: number | null;
  readonly ownCost: UsdPerMillionTokens | null;
  /** The reference's throughput at the fleet's own rate: what software, batching and idle time leave. */
  readonly costAtOwnRate: UsdPerMillionTokens | null;
  /** The reference's throughput at the rate its tier assumes. */
  readonly costAtTierRate: UsdPerMillionTokens | null;
  /** ownCost - costAtTierRate = gapOfThroughput + gapOfRate */
  readonly gapOfThroughput: number | null;
  readonly gapOfRate: number | null;
  /** Empty where the two can be compared. */
  readonly notComparable: readonly NotComparable[];
};

/**
 * Sets a deployment beside every reference front of its model, the fronts that compare best first; of a model that has no
 * reference beside those of other models on its product, which say so.
 *
 *   cost [USD/Mtok] = USD per GPU-h x 1e6 / (3600 x tok/s per GPU)
 *   gap of throughput = own cost - reference at own rate        gap of rate = reference at own rate - reference at its tier
 *
 * A benchmark machine is always full; a live one is not. That is part of the gap, not a reason against it.
 * Source: economics reference, sections 0, 1.1 and 1.3.
 */
export function besideReference(
  own: OwnPoint,
  catalogue: ReferenceCatalogue,
  { day, tier }: { readonly day: string; readonly tier: RateTier },
): BesideReference[] {
  const model = referenceModel(catalogue, own.model);
  const rates = tableOn(catalogue.tiers, day)?.usdPerGpuHour ?? {};
  const ofModel = catalogue.fronts.filter((front) => front.model === model?.name);
  const fronts = ofModel.length > 0 ? ofModel : catalogue.fronts.filter((front) => areAllGpu(own.skus, front.gpu));
  return fronts
    .map((front) => besideFront({ own, front, model: model?.name ?? null }, rates[front.gpu]?.[tier] ?? null))
    .toSorted((one, other) => distanceOf(one) - distanceOf(other) || lengthsApart(own, one) - lengthsApart(own, other));
}

function distanceOf({ notComparable }: BesideReference): number {
  return sumOf(notComparable, (reason) => WEIGHT_OF_REASON[reason.kind]);
}

/** Octaves between the lengths of requests: of fronts that compare alike, the nearest mix is the better one. */
function lengthsApart({ lengths }: OwnPoint, { front }: BesideReference): number {
  if (lengths === null || lengths.input <= 0 || lengths.output <= 0) return 0;
  return (
    Math.abs(Math.log2(lengths.input / front.inputTokens)) + Math.abs(Math.log2(lengths.output / front.outputTokens))
  );
}

type Pair = { readonly own: OwnPoint; readonly front: BenchmarkFront; readonly model: string | null };

function besideFront(pair: Pair, tierRate: number | null): BesideReference {
  const { own, front } = pair;
  const referencePerGpu = own.interactivity === null ? null : throughputAt(front.points, own.interactivity);
  const ownCost = costAtThroughput(own.usdPerGpuHour, own.totalPerGpu);
  const costAtOwnRate = costAtThroughput(own.usdPerGpuHour, referencePerGpu);
  const costAtTierRate = tierRate === null ? null : costAtThroughput(usdPerGpuHour(tierRate), referencePerGpu);
  return {
    front,
    referencePerGpu,
    ownCost,
    costAtOwnRate,
    costAtTierRate,
    gapOfThroughput: differenceOf(ownCost, costAtOwnRate),
    gapOfRate: differenceOf(costAtOwnRate, costAtTierRate),
    notComparable: reasonsAgainst(pair),
  };
}

function differenceOf(one: UsdPerMillionTokens | null, other: UsdPerMillionTokens | null): UsdPerMillionTokens | null {
  return one === null || other === null ? null : usdPerMillionTokens(one - other);
}

/** Cached input under this share is taken for none. */
const CACHED_SHARE_MAX = 0.02;

function reasonsAgainst({ own, front, model }: Pair): NotComparable[] {
  const reasons: (NotComparable | null)[] = [
    model === front.model ? null : { kind: 'other-model', reference: front.model, own: own.model },
    areAllGpu(own.skus, front.gpu) ? null : { kind: 'other-gpu', reference: front.gpu, own: productsOf(own) },
    own.precision === front.precision
      ? null
      : { kind: 'other-precision', reference: front.precision, own: own.precision },
    own.speculation === front.speculation
      ? null
      : { kind: 'other-speculation', reference: front.speculation, own: own.speculation },
    interactivityReason(own, front),
    areAlike(own.lengths, front)
      ? null
      : {
          kind: 'other-lengths',
          reference: { input: front.inputTokens, output: front.outputTokens },
          own: own.lengths,
        },
    own.cachedShare !== null && own.cachedShare <= CACHED_SHARE_MAX
      ? null
      : { kind: 'cached-input', share: own.cachedShare },
    own.totalPerGpu > 0 ? null : { kind: 'no-own-throughput' },
  ];
  return reasons.filter((reason) => reason !== null);
}

function productsOf({ skus }: OwnPoint): string {
  return skus.length === 0 ? 'on GPUs that are not known' : skus.join(' with ');
}

function interactivityReason({ interactivity }: OwnPoint, { points }: BenchmarkFront): NotComparable | null {
  if (interactivity === null) return { kind: 'interactivity-unknown' };
  if (throughputAt(points, interactivity) !== null) return null;
  const all = points.map((point) => point.interactivity);
  const measured = { from: Math.min(...all), to: Math.max(...all) };
  return { kind: 'interactivity-not-measured', own: interactivity, measured };
}

/** Lengths within a factor of two both ways, as the octaves that strata are made of. */
const LENGTH_RATIO_MAX = 2;

function areAlike(own: Lengths | null, { inputTokens, outputTokens }: BenchmarkFront): boolean {
  if (own === null) return false;
  const isNear = (one: number, other: number): boolean =>
    one > 0 && Math.max(one / other, other / one) < LENGTH_RATIO_MAX;
  return isNear(own.input, inputTokens) && isNear(own.output, outputTokens);
}

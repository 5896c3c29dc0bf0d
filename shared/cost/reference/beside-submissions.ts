import type { LatencyLimit, ReferenceCatalogue, SoftwareGain, Submission } from '#shared/model/reference-catalogue.ts';
import type { UsdPerGpuHour, UsdPerMillionTokens } from '#shared/units/quantities.ts';
import { costAtThroughput } from '../benchmark-cost.ts';
import type { NotComparable } from './not-comparable.ts';
import { areAllGpu, referenceModel } from './reference-tables.ts';

/** What an MLPerf result would cost per million output tokens at the fleet's own rate, on a machine that is always full. */
export type BesideSubmission = {
  readonly submission: Submission;
  readonly limit: LatencyLimit | null;
  readonly outputPerGpu: number;
  readonly costAtOwnRate: UsdPerMillionTokens | null;
  /** Output tokens per joule at the servers, without cooling; null where power was not measured. */
  readonly outputTokensPerJoule: number | null;
  /** Never empty: output tokens alone, under limits of its own. */
  readonly notComparable: readonly NotComparable[];
};

/** MLPerf results of the fleet's model on its own product, fastest per GPU first. */
export function besideSubmissions(
  own: {
    readonly model: string;
    readonly skus: readonly string[];
    readonly precision: string | null;
    readonly usdPerGpuHour: UsdPerGpuHour;
  },
  catalogue: ReferenceCatalogue,
): BesideSubmission[] {
  const model = referenceModel(catalogue, own.model);
  const results = catalogue.submissions.filter((one) => one.model === model?.name && areAllGpu(own.skus, one.gpu));
  return results.map(withCost).toSorted((one, other) => other.outputPerGpu - one.outputPerGpu);

  function withCost(submission: Submission): BesideSubmission {
    const { scenario, precision, systemWatts, outputTokensPerSecond } = submission;
    const outputPerGpu = outputTokensPerSecond / submission.gpus;
    const limit = catalogue.latencyLimits.find((one) => one.model === model?.name && one.scenario === scenario) ?? null;
    return {
      submission,
      limit,
      outputPerGpu,
      costAtOwnRate: costAtThroughput(own.usdPerGpuHour, outputPerGpu),
      outputTokensPerJoule: systemWatts === null ? null : outputTokensPerSecond / systemWatts,
      notComparable: [
        { kind: 'output-tokens-only' },
        { kind: 'other-latency-target', scenario },
        ...(own.precision === precision
          ? []
          : [{ kind: 'other-precision', reference: precision, own: own.precision } as const]),
      ],
    };
  }
}

/** What newer software reached in public runs of a model on a product, the best supported first. */
export function gainsOn(
  own: { readonly model: string; readonly skus: readonly string[] },
  catalogue: ReferenceCatalogue,
): SoftwareGain[] {
  const model = referenceModel(catalogue, own.model);
  const gains = catalogue.gains.filter((gain) => gain.model === model?.name && areAllGpu(own.skus, gain.gpu));
  return gains.toSorted((one, other) => other.pairs - one.pairs || other.throughputRatio - one.throughputRatio);
}

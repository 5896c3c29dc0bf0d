import type { ComparedSubmission, PublicGain } from '#shared/contract/compare-schema.ts';
import { besideSubmissions, gainsOn, type BesideSubmission } from '#shared/cost/reference/beside-submissions.ts';
import { reasonText } from '#shared/cost/reference/not-comparable.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { SoftwareGain } from '#shared/model/reference-catalogue.ts';
import { usdPerGpuHour } from '#shared/units/quantities.ts';
import { explained } from '../explained.ts';
import { dollars, short } from '../figure-text.ts';
import { publishedAt, publishedInput, rateInput, type CompareContext } from './compare-context.ts';

/** Results of MLPerf that are shown of a deployment, the fastest per GPU. */
const SUBMISSIONS_MAX = 6;

/** MLPerf results of the deployment's model and product. They are never the same thing, and say why. */
export function comparedSubmissions(
  context: CompareContext,
  own: { readonly precision: string | null; readonly rate: number | null },
): ComparedSubmission[] {
  const { model, skus } = context.deployment;
  const asked = { model, skus, precision: own.precision, usdPerGpuHour: usdPerGpuHour(own.rate ?? 0) };
  return besideSubmissions(asked, context.catalogue)
    .slice(0, SUBMISSIONS_MAX)
    .flatMap((beside) => {
      const source = context.catalogue.sources[beside.submission.source];
      if (source === undefined) return [];
      return [
        {
          submission: beside.submission,
          source,
          limit: beside.limit,
          outputPerGpu: outputPerGpu(context, beside),
          costAtOwnRate: costAtOwnRate(context, beside, own.rate),
          efficiency: efficiency(context, beside),
          reasons: beside.notComparable.map(reasonText),
        },
      ];
    });
}

function resultInput(context: CompareContext, { submission }: BesideSubmission) {
  const { round, resultId, submitter, scenario, software } = submission;
  return publishedInput({
    label: 'Output tokens per second of the system',
    value: submission.outputTokensPerSecond,
    unit: 'token/s',
    source: `MLPerf v${round} ${resultId ?? '(no result id in its file)'}, ${submitter}, ${scenario}, ${software}: ${publishedAt(context.catalogue, submission.source)}`,
  });
}

function outputPerGpu(context: CompareContext, beside: BesideSubmission): Figure {
  const { submission, outputPerGpu: value } = beside;
  return explained(context.figures, {
    value,
    absence: null,
    unit: 'token/s/GPU',
    formula: 'output tokens per second of the system ÷ its GPUs',
    working: `${short(submission.outputTokensPerSecond)} ÷ ${submission.gpus} = ${short(value)} tok/s per GPU`,
    inputs: [
      resultInput(context, beside),
      publishedInput({ label: 'GPUs', value: submission.gpus, unit: 'count', source: 'of the system' }),
    ],
  });
}

function costAtOwnRate(context: CompareContext, beside: BesideSubmission, rate: number | null): Figure {
  const value = rate === null ? null : beside.costAtOwnRate;
  return explained(context.figures, {
    value,
    absence: value === null ? 'no-price' : null,
    unit: 'USD/Mtok',
    formula:
      'USD per GPU-hour × 10⁶ ÷ (3600 × output tokens per second and GPU), a full machine at this fleet’s own rate',
    working:
      value === null || rate === null
        ? '–'
        : `${dollars(rate)} × 10⁶ ÷ (3600 × ${short(beside.outputPerGpu)}) = ${value.toPrecision(4)} $ per million output tokens`,
    inputs: [rateInput(rate), resultInput(context, beside)],
  });
}

function efficiency(context: CompareContext, beside: BesideSubmission): Figure {
  const { submission, outputTokensPerJoule: value } = beside;
  const { systemWatts } = submission;
  const figure = explained(context.figures, {
    value,
    absence: value === null ? 'no-energy' : null,
    unit: 'token/J',
    formula: 'output tokens per second ÷ measured power of the system',
    working:
      value === null || systemWatts === null
        ? '–'
        : `${short(submission.outputTokensPerSecond)} ÷ ${short(systemWatts)} W = ${short(value)} tok/J`,
    inputs: [
      resultInput(context, beside),
      publishedInput({ label: 'Measured power', value: systemWatts, unit: 'W', source: 'at the servers, no cooling' }),
    ],
  });
  return { ...figure, powerBoundary: 'measured at the servers, without cooling' };
}

/** Gains that are shown of a deployment, the best supported. */
const GAINS_MAX = 8;

/** What newer software reached in public runs of this model on this product. */
export function publicGains({ deployment, catalogue }: CompareContext): PublicGain[] {
  return gainsOn(deployment, catalogue)
    .slice(0, GAINS_MAX)
    .flatMap((gain) => {
      const source = catalogue.sources[gain.source];
      return source === undefined ? [] : [{ gain, source, warnings: warningsOf(gain) }];
    });
}

/** A headline this far above the steady gain is not the gain. */
const HEADLINE_SHARE_MAX = 1.05;

function warningsOf(gain: SoftwareGain): string[] {
  const { pairs, startupArtefacts, throughputRatio, steadyRatio, isSameSoftwareText } = gain;
  const isInflated = steadyRatio !== null && throughputRatio > steadyRatio * HEADLINE_SHARE_MAX;
  return [
    ...(startupArtefacts > 0
      ? [
          `${startupArtefacts} of ${pairs} pairs changed their occupancy by more than 15 %: a stall at the start went away.`,
        ]
      : []),
    ...(isInflated ? ['The headline is well above the gain at steady load.'] : []),
    ...(steadyRatio === null ? ['The gain at steady load was not published.'] : []),
    ...(isSameSoftwareText === true ? ['The version text did not change: tuning, or a text that does not tell.'] : []),
  ];
}

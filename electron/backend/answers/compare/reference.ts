import type { CheckedInput } from '#shared/contract/backend-api.ts';
import {
  type CatalogueHead,
  type ComparedDeployment,
  type DeploymentNotes,
  type QuotedClaim,
  type ReferenceAnswer,
} from '#shared/contract/compare-schema.ts';
import { besideReference, type OwnPoint } from '#shared/cost/reference/beside-reference.ts';
import type { ReferenceCatalogue } from '#shared/model/reference-catalogue.ts';
import { secondsOf } from '#shared/time/time-range.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { epochMs } from '#shared/time/instant.ts';
import { usdPerGpuHour } from '#shared/units/quantities.ts';
import { answerableWindow, figureContext, type AnswerContext } from '../answer-context.ts';
import { gpuSecondsOf } from '../priced-group.ts';
import { deploymentNotes } from './deployment-notes.ts';
import type { CompareContext } from './compare-context.ts';
import { ownDeployments, type OwnDeployment } from './own-deployments.ts';
import { ownFigures } from './own-figures.ts';
import { comparedSubmissions, publicGains } from './public-runs.ts';
import { comparedReference } from './reference-figures.ts';
import { precisionOf, speculationOf } from './told-properties.ts';

/** Deployments that are compared; what costs less than these is counted as omitted. */
const DEPLOYMENTS_MAX = 60;

/** References that are shown of a deployment. */
const REFERENCES_MAX = 6;

/** Every deployment of a scope beside public references of its model, product, precision and interactivity. */
export async function reference(context: AnswerContext, input: CheckedInput['reference']): Promise<ReferenceAnswer> {
  const window = await answerableWindow(context, input.window);
  const [read, notes] = await Promise.all([context.reference(), deploymentNotes(context.store)]);
  const { tier } = input;
  if (!read.ok) {
    const nothing = { catalogue: null, deployments: [], omitted: 0, claims: [] };
    return { window, tier, ...nothing, catalogueTrouble: read.failure.message };
  }
  const { catalogue, file } = read.value;
  const all = await ownDeployments(context, { window, scope: input.scope });
  const shown = all.toSorted(byGpuTime).slice(0, DEPLOYMENTS_MAX);
  const day = formatInstant(epochMs(window.to - 1), 'UTC', 'date');
  const deployments = await Promise.all(
    shown.map(async (deployment) => {
      const scope = { ...input.scope, model: deployment.model };
      const ask = { asked: input.window, window, scope, basis: 'total' as const };
      const figures = { ...(await figureContext(context, ask, deployment.group)), engines: deployment.engines.length };
      return comparedDeployment({ deployment, figures, catalogue, tier, day }, notes, secondsOf(window));
    }),
  );
  return {
    window,
    tier,
    catalogue: headOf(catalogue, file),
    catalogueTrouble: null,
    deployments,
    omitted: all.length - shown.length,
    claims: claimsOf(catalogue),
  };
}

function byGpuTime(one: OwnDeployment, other: OwnDeployment): number {
  return gpuSecondsOf(other.group) - gpuSecondsOf(one.group) || (one.key < other.key ? -1 : 1);
}

function comparedDeployment(
  context: CompareContext,
  notes: DeploymentNotes,
  windowSeconds: number,
): ComparedDeployment {
  const { deployment, catalogue } = context;
  const { key, model, skus, isDisaggregated } = deployment;
  const own = ownFigures(context);
  const precision = precisionOf(deployment, notes);
  const speculation = speculationOf(deployment, notes);
  const rate = own.rate.value;
  const point: OwnPoint = {
    model,
    skus,
    precision: precision.value,
    speculation: speculation.value,
    interactivity: own.interactivity.value,
    lengths:
      own.inputLength.value === null || own.outputLength.value === null
        ? null
        : { input: own.inputLength.value, output: own.outputLength.value },
    cachedShare: own.cachedShare.value,
    totalPerGpu: own.totalPerGpu.value ?? 0,
    usdPerGpuHour: usdPerGpuHour(rate ?? 0),
  };
  const references = besideReference(point, catalogue, context)
    .slice(0, REFERENCES_MAX)
    .map((beside) => comparedReference(context, beside, point.interactivity))
    .filter((one) => one !== null);
  return {
    key,
    model,
    skus,
    gpus: gpuSecondsOf(deployment.group) / windowSeconds,
    precision,
    speculation,
    isDisaggregated,
    own,
    references,
    submissions: comparedSubmissions(context, { precision: precision.value, rate }),
    gains: publicGains(context),
  };
}

function headOf({ version, asOf, sources }: ReferenceCatalogue, file: string | null): CatalogueHead {
  return { version, asOf, file, sources: Object.values(sources) };
}

function claimsOf({ claims, sources }: ReferenceCatalogue): QuotedClaim[] {
  return claims.flatMap((claim) => {
    const source = sources[claim.source];
    return source === undefined ? [] : [{ ...claim, source }];
  });
}

import type { EpochMs } from '#shared/time/instant.ts';
import type { Location } from './gpu.ts';

/** Serving software that Tokenwatt can read, each by a metrics table in sources/inference-engine. */
export type EngineKind =
  | 'vllm'
  | 'sglang'
  | 'tensorrt-llm'
  | 'dynamo'
  | 'triton'
  | 'tgi'
  | 'llama.cpp'
  | 'lmdeploy'
  | 'nim';

/** Whether a kind only passes requests on, so that engines behind it count the same tokens. Dynamo's workers are engines. */
export function isFrontend(kind: EngineKind): boolean {
  return kind === 'dynamo';
}

/** The side of a request that an engine works on, where a prefill and a decode engine serve one request together. */
export type EngineRole = 'prefill' | 'decode';

/**
 * How an engine's version was learned, most telling first: from its own HTTP document, from its container image, from a
 * label of its pod, or as a lower bound from the names of its metrics.
 */
export type VersionEvidence = 'http' | 'image' | 'pod-label' | 'metric-names';

/**
 * One inference engine (a running serving process) with one fingerprint for a span of time. Engine facts refer to the
 * span, so costs can be grouped by version. A restart keeps the span; a changed version or model starts a new one.
 */
export type EngineSpan = Location & {
  /** Key of this span: unique over all spans of all engines. */
  readonly key: string;
  /** The engine over all its spans: its address or pod, and the model it serves. */
  readonly engine: string;
  readonly kind: EngineKind;
  readonly model: string;
  /** The side of requests it works on, as it was last known; null: both, or nobody tells. */
  readonly role: EngineRole | null;
  readonly pod: string | null;
  readonly version: string | null;
  readonly versionEvidence: VersionEvidence | null;
  /** Container image with its digest, where the cluster tells it. */
  readonly image: string | null;
  /** Launch settings that were told (parallelism, precision, cache, ...), as JSON with sorted names; null where none is known. */
  readonly settings: string | null;
  /** Whom it serves: its namespace, or the label that the operator named. */
  readonly tenant: string | null;
  readonly since: EpochMs;
  readonly until: EpochMs | null;
};

/** The engines that serve one model to one tenant are a deployment: `llama-70b · chat`, or the model alone without a tenant. */
export function deploymentOf({ model, tenant }: Pick<EngineSpan, 'model' | 'tenant'>): string {
  return tenant === null ? model : `${model} · ${tenant}`;
}

/**
 * The engines that share one GPU, by engine span key, with their shares of its cost; shares add to 1. Null: the part of
 * workloads whose engine nobody knows, which is no engine's cost.
 */
export type Placement = {
  readonly key: string;
  readonly rule: PlacementRule;
  readonly members: readonly { readonly engineSpan: string | null; readonly share: number }[];
};

/**
 * How engines were placed on a GPU. `operator`: by the operator's mapping. `pod`: same pod label on both. `process`: a
 * process of the engine is on the GPU. `reported`: the engine names its GPUs, or how many of its machine's it uses. `node`:
 * all engines of the machine.
 */
export type PlacementRule = 'operator' | 'pod' | 'process' | 'reported' | 'node';

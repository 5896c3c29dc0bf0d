import type { EpochMs } from '#shared/time/instant.ts';

/**
 * What makes two runs of one model different software. A version text alone is not a fingerprint. `arguments`: launch
 * settings that none of the other kinds name. Source: economics reference, section 0, rule 7.
 */
export const FINGERPRINT_FIELDS = [
  'engine',
  'version',
  'image',
  'arguments',
  'parallelism',
  'precision',
  'speculation',
  'driver',
  'cuda',
  'power-cap',
] as const;

export type FingerprintField = (typeof FINGERPRINT_FIELDS)[number];

/** Each field as text for people, such as `0.11.2` or `1000 W`; null is not known. */
export type Fingerprint = { readonly [Field in FingerprintField]: string | null };

export const NO_FINGERPRINT: Fingerprint = {
  engine: null,
  version: null,
  image: null,
  arguments: null,
  parallelism: null,
  precision: null,
  speculation: null,
  driver: null,
  cuda: null,
  'power-cap': null,
};

/** Replicas that serve one model in one pool; null: the pool is not known. */
export type DeploymentName = { readonly model: string; readonly pool: string | null };

/** One change of what a deployment runs, on one or all of its replicas. */
export type FingerprintChange = {
  /** The same for the same change, however often it is looked for. */
  readonly id: string;
  readonly deployment: DeploymentName;
  /** The fields that differ, in the order of `FINGERPRINT_FIELDS`; empty for a mark that names none. */
  readonly kinds: readonly FingerprintField[];
  readonly from: Fingerprint;
  readonly to: Fingerprint;
  /** When the first and the last replica changed; a rolling update takes the time between. */
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
  /** Engines (over all their spans) that changed, and those of the deployment that did not: a control. */
  readonly replicas: { readonly changed: readonly string[]; readonly kept: readonly string[] };
  /** Found in what engines and GPUs say of themselves, or marked by a person. */
  readonly source: 'detected' | 'mark';
  /** What a person wrote beside a mark; null for a change that was detected. */
  readonly note: string | null;
  /** Several fields changed at once: the effect is that of the bundle and of none of them alone. */
  readonly isBundle: boolean;
};

/** The fields in which two fingerprints differ. What is only learned, or no longer told, is no difference. */
export function changedFields(from: Fingerprint, to: Fingerprint): readonly FingerprintField[] {
  return FINGERPRINT_FIELDS.filter((field) => {
    const [was, is] = [from[field], to[field]];
    return was !== null && is !== null && was !== is;
  });
}

import { imagesAgree, SHARED_SETTINGS, settingsIn, type EngineSettings } from '#shared/model/engine-settings.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import { NO_FINGERPRINT, type Fingerprint } from './fingerprint-change.ts';

/** Two fingerprints with what is told of both: what only one side tells is left out, and so is no difference. */
export type FingerprintPair = { readonly from: Fingerprint; readonly to: Fingerprint };

/** What two spans of engines tell of the software that ran in them. */
export function comparedEngines(before: EngineSpan, after: EngineSpan): FingerprintPair {
  const [was, is] = [settingsIn(before.settings), settingsIn(after.settings)];
  const common = Object.keys(was).filter((name) => is[name] !== undefined);
  const image = imagesAgree(before.image, after.image) ? (after.image ?? before.image) : undefined;
  const sideOf = (span: EngineSpan, settings: EngineSettings): Fingerprint => ({
    ...NO_FINGERPRINT,
    engine: span.kind,
    version: areComparable(before, after) ? span.version : null,
    image: image ?? span.image,
    ...settingsByField(settings, common),
  });
  return { from: sideOf(before, was), to: sideOf(after, is) };
}

function settingsByField(settings: EngineSettings, names: readonly string[]): Partial<Fingerprint> {
  const shared = new Set<string>(Object.values(SHARED_SETTINGS).flat());
  const listOf = (isAmong: (name: string) => boolean): string | null => {
    const told = names.filter(isAmong).map((name) => `${name} ${settings[name]}`);
    return told.length === 0 ? null : told.join(', ');
  };
  const among = (field: keyof typeof SHARED_SETTINGS) =>
    listOf((name) => SHARED_SETTINGS[field].some((one) => one === name));
  return {
    parallelism: among('parallelism'),
    precision: among('precision'),
    speculation: among('speculation'),
    arguments: listOf((name) => !shared.has(name)),
  };
}

/**
 * Whether two versions can be told apart: both are told, or both are lower bounds from the names of metrics. A release may
 * be told with and without its last numbers.
 */
function areComparable(one: EngineSpan, other: EngineSpan): boolean {
  if (one.version === null || other.version === null) return false;
  const isBound = [one, other].map(({ versionEvidence }) => versionEvidence === 'metric-names');
  return isBound[0] === isBound[1] && !isLeftShort(one.version, other.version);
}

function isLeftShort(one: string, other: string): boolean {
  const [shorter = '', longer = ''] = [one, other].toSorted((a, b) => a.length - b.length);
  return shorter !== longer && longer.startsWith(`${shorter}.`);
}

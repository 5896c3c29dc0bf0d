import { mergedSettings } from '#shared/model/engine-settings.ts';
import type { EngineSample, SampleProblem } from '#shared/model/sample.ts';
import { newerThanKnown } from '../inference-engine/engine-table.ts';
import { tableOf } from '../inference-engine/engine-tables.ts';
import { isUnnamedModel } from '../inference-engine/unnamed-model.ts';
import type { VersionReader } from './version-reader.ts';

/** Engines of an address with what their process says of itself, and the problem that its release may be. */
export type ToldEngines = { readonly engines: readonly EngineSample[]; readonly problems: readonly SampleProblem[] };

/** Asks the process behind the engines of one address about itself: it is one process, so of one kind. */
export async function toldEngines(
  engines: readonly EngineSample[],
  versions: VersionReader,
  signal: AbortSignal,
): Promise<ToldEngines> {
  const [first] = engines;
  if (first === undefined) return { engines, problems: [] };
  const { version, model, gpuCount, isSleeping, settings } = await versions.aboutOf(
    first.kind,
    first.startedAt,
    signal,
  );
  const told = engines.map((engine) => ({
    ...engine,
    ...(version !== null && engine.kind === first.kind && ({ version, versionEvidence: 'http' } as const)),
    ...(model !== null && isUnnamedModel(engine.model) && { model }),
    ...(gpuCount !== null && { gpuCount }),
    ...(isSleeping !== null && { sleeping: isSleeping ? 1 : 0 }),
    ...(engine.kind === first.kind && { settings: mergedSettings(engine.settings, settings) }),
  }));
  return { engines: told, problems: newerProblems(told) };
}

/** Engines of a release that nobody has read yet: what they renamed is missing, and must not look like zero. */
function newerProblems(engines: readonly EngineSample[]): SampleProblem[] {
  const [message] = engines.flatMap(({ kind, version, versionEvidence }) => {
    const table = versionEvidence === 'http' && version !== null ? tableOf(kind) : undefined;
    return (table && newerThanKnown(table, version ?? '')) ?? [];
  });
  return message === undefined ? [] : [{ kind: 'newer', message }];
}

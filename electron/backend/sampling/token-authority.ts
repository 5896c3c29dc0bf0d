import { isFrontend } from '#shared/model/inference-engine.ts';
import type { EngineSample } from '#shared/model/sample.ts';

/**
 * Of samples that were read together, the frontends whose engines are heard, to be left out: both count the same tokens,
 * and the engines' are those that belong to GPUs. An engine once heard keeps its authority while it is silent, because it
 * counts on and its tokens are bridged.
 */
export function repeatsAmong(
  samples: readonly EngineSample[],
  known: () => readonly EngineSample[],
): readonly EngineSample[] {
  const frontends = samples.filter(({ kind }) => isFrontend(kind));
  if (frontends.length === 0) return [];
  const told = new Set([...known(), ...samples].filter(isAuthority).map(servedName));
  return frontends.filter((sample) => told.has(servedName(sample)));
}

function isAuthority({ kind, counters }: EngineSample): boolean {
  return !isFrontend(kind) && (counters.inputTokens !== null || counters.outputTokens !== null);
}

/** A frontend writes names in lower case, and an engine may name the folder that it serves from: the last part decides. */
function servedName({ model }: EngineSample): string {
  return model.toLowerCase().replace(/\/+$/, '').replace(/^.*\//, '');
}

/**
 * What an engine was launched with, as far as it is told: values as text, by name. Names that all kinds of engine share are
 * below; others are the engine's own. Only settings that are listed by name are ever read, so no secret among arguments is.
 */
export type EngineSettings = Readonly<Record<string, string>>;

/** Names of settings that make the same difference in every engine, by what they are a part of. */
export const SHARED_SETTINGS = {
  parallelism: ['tensor_parallel', 'pipeline_parallel', 'data_parallel', 'expert_parallel', 'context_parallel'],
  precision: ['dtype', 'quantization', 'kv_cache_dtype'],
  speculation: ['speculative_method', 'speculative_tokens'],
} as const;

/** Settings as one text, the same for the same settings; null where none is told. */
export function settingsText(settings: EngineSettings): string | null {
  const entries = Object.entries(settings).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return entries.length === 0 ? null : JSON.stringify(Object.fromEntries(entries));
}

/** The settings of such a text; none for null. */
export function settingsIn(text: string | null): EngineSettings {
  return text === null ? {} : (JSON.parse(text) as EngineSettings);
}

/** Settings that are told on both sides and differ. What is only learned, or no longer told, is no difference. */
export function changedSettings(from: string | null, to: string | null): readonly string[] {
  if (from === null || to === null || from === to) return [];
  const [before, after] = [settingsIn(from), settingsIn(to)];
  return Object.keys(before).filter((name) => after[name] !== undefined && after[name] !== before[name]);
}

/** What either text tells; the second where both do. */
export function mergedSettings(one: string | null, other: string | null): string | null {
  if (one === null || other === null || one === other) return one ?? other;
  return settingsText({ ...settingsIn(one), ...settingsIn(other) });
}

/** Whether two names may be one image: one of them may leave out the digest. */
export function imagesAgree(one: string | null, other: string | null): boolean {
  if (one === null || other === null || one === other) return true;
  const [shorter, longer] = one.length < other.length ? [one, other] : [other, one];
  return longer.startsWith(`${shorter}@`);
}

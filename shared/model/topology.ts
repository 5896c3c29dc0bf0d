import type { EngineRole } from './inference-engine.ts';

/**
 * What the operator says of the fleet and no exporter does. It wins over labels and over everything that is worked out.
 * Patterns match whole texts, in any case; `*` stands for any letters.
 */
export type Topology = {
  /** Who counts the tokens of a model: the engines that compute them, or the frontend before them. */
  readonly authority: readonly { readonly model: string; readonly count: TokenAuthority }[];
  /** The side of requests that engines work on, by engine, pod or address. */
  readonly roles: readonly { readonly engine: string; readonly role: EngineRole | 'both' }[];
  /** The GPUs that engines (by engine, pod or address) use on a node: UUIDs or indexes. */
  readonly placements: readonly {
    readonly engine: string;
    readonly node: string;
    readonly gpus: 'all' | readonly string[];
  }[];
  /** Where nodes stand. A null leaves it to the labels. */
  readonly tree: readonly {
    readonly node: string;
    readonly site: string | null;
    readonly rack: string | null;
    readonly pool: string | null;
  }[];
};

export type TokenAuthority = 'engines' | 'frontend';

export const NO_TOPOLOGY: Topology = { authority: [], roles: [], placements: [], tree: [] };

/** Whether a text is what a pattern of the operator means. */
export function isMatch(pattern: string, text: string | null): boolean {
  if (text === null) return false;
  const parts = pattern.toLowerCase().split('*');
  const lower = text.toLowerCase();
  const [head = '', ...rest] = parts;
  const tail = rest.pop();
  if (tail === undefined) return lower === head;
  if (!lower.startsWith(head)) return false;
  let at = head.length;
  for (const part of rest) {
    const found = lower.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return lower.length - tail.length >= at && lower.endsWith(tail);
}

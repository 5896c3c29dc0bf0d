import type { Draft } from './cost-book-draft.ts';

/**
 * A draft with the way back: everything since the last save can be undone, step by step. Keystrokes in one field are one
 * step. Pure.
 */
export type History = {
  readonly past: readonly Step[];
  readonly present: Draft;
  readonly future: readonly Step[];
  /** What the last step changed: more of the same joins it. */
  readonly lastKey: string | null;
};

/** A draft as it was, and what was done to it then, in words: "removed r2". */
type Step = { readonly draft: Draft; readonly did: string };

const STEPS_MAX = 200;

export function historyOf(draft: Draft): History {
  return { past: [], present: draft, future: [], lastKey: null };
}

/** What a change is: `key` names the field, so that typing in it is one step; null stands alone. */
export type Change = { readonly key: string | null; readonly did: string };

export function recorded(history: History, next: Draft, { key, did }: Change): History {
  if (next === history.present) return history;
  const isSame = key !== null && key === history.lastKey && history.past.length > 0;
  const past = isSame ? history.past : [...history.past, { draft: history.present, did }].slice(-STEPS_MAX);
  return { past, present: next, future: [], lastKey: key };
}

export function undone(history: History): History {
  const last = history.past.at(-1);
  if (last === undefined) return history;
  const future = [{ draft: history.present, did: last.did }, ...history.future];
  return { past: history.past.slice(0, -1), present: last.draft, future, lastKey: null };
}

export function redone(history: History): History {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  const past = [...history.past, { draft: history.present, did: next.did }];
  return { past, present: next.draft, future, lastKey: null };
}

/** What an undo would take back, in words; null where there is nothing. */
export function undoWords(history: History): string | null {
  return history.past.at(-1)?.did ?? null;
}

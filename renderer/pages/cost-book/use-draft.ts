import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { CallError } from '#renderer/backend/queries.ts';
import type { CostBookAnswer } from '#shared/contract/cost-book-answer.ts';
import { indexInForce, type Draft } from './cost-book-draft.ts';
import { sameBook } from './same-book.ts';
import { historyOf, recorded, redone, undone, type Change, type History } from './draft-history.ts';

export type DraftState = {
  readonly history: History;
  readonly draft: Draft;
  readonly chosen: number;
  readonly isChanged: boolean;
  /** The book that another window saved while this one has changes; null where there is none. */
  readonly elsewhere: Draft | null;
  readonly choose: (index: number) => void;
  readonly change: (draft: Draft, chosen: number, change: Change) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  /** Begins again from what is saved. */
  readonly discard: () => void;
  /** Keeps the draft and takes note of what was saved elsewhere: saving replaces it. */
  readonly keepMine: () => void;
};

type State = { readonly base: Draft; readonly history: History; readonly chosen: number };

/** The cost book that is being written: its steps, the revision at hand, and what it began from. */
export function useDraft(answer: CostBookAnswer): DraftState {
  const { clock } = useBackend();
  const begin = (draft: Draft): State => ({
    base: draft,
    history: historyOf(draft),
    chosen: indexInForce(draft, clock.now()),
  });
  const [state, setState] = useState<State>(() => begin(answer.book.revisions));
  const saved = answer.book.revisions;
  const draft = state.history.present;
  const isOther = !sameBook(saved, state.base);
  // A book that was saved here is the new base; one that was saved elsewhere is taken where nothing would be lost.
  if (isOther && sameBook(saved, draft)) setState({ ...state, base: saved, history: historyOf(saved) });
  else if (isOther && sameBook(draft, state.base)) setState(begin(saved));
  const isChanged = !sameBook(draft, state.base);
  const chosen = Math.min(state.chosen, draft.length - 1);
  const step = (history: History): void => setState({ ...state, history });
  return {
    history: state.history,
    draft,
    chosen,
    isChanged,
    elsewhere: isOther && isChanged ? saved : null,
    choose: (index) => setState({ ...state, chosen: index }),
    change: (next, index, change) =>
      setState({ ...state, chosen: index, history: recorded(state.history, next, change) }),
    undo: () => step(undone(state.history)),
    redo: () => step(redone(state.history)),
    discard: () => setState({ ...begin(saved), chosen: Math.min(chosen, saved.length - 1) }),
    keepMine: () => setState({ ...state, base: saved }),
  };
}

/** Saves the book; every answer is asked anew, because every price may have changed. */
export function useSaveCostBook() {
  const { client, queries } = useBackend();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (revisions: Draft) => {
      const result = await client.saveCostBook({ revisions });
      if (!result.ok) throw new CallError(result.failure);
      return result.value;
    },
    onSuccess: async (answer) => {
      cache.setQueryData(queries.costBook().queryKey, answer);
      await cache.invalidateQueries();
    },
  });
}

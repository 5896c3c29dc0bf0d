import { createContext, use } from 'react';
import type { KnownNames } from '#shared/contract/cost-book-answer.ts';
import type { CostBookPreview } from '#shared/contract/cost-book-preview-schema.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { CostBookRevision } from '#shared/model/cost-book.ts';
import type { Troubles } from './draft-troubles.ts';

/** What every field of the cost book may need. */
export type CostBookFormState = {
  /** The revision that is being edited. */
  readonly revision: CostBookRevision;
  readonly index: number;
  readonly troubles: Troubles;
  readonly known: KnownNames;
  /** The rates of the fleet at this revision's prices; null where another revision holds now. */
  readonly rates: CostBookPreview['rates'] | null;
  /** What an hour comes to at each price of the revision, with its working; null until the preview has it. */
  readonly prices: readonly Figure[] | null;
  readonly change: ChangeRevision;
};

/** `did` says what was done, for the undo; changes of one `key` in a row are one step. */
export type ChangeRevision = (
  change: { readonly did: string; readonly key?: string },
  apply: (revision: CostBookRevision) => CostBookRevision,
) => void;

export const CostBookFormContext = createContext<CostBookFormState | null>(null);

export function useCostBookForm(): CostBookFormState {
  const form = use(CostBookFormContext);
  if (form === null) throw new Error('useCostBookForm outside of the cost book form');
  return form;
}

/** The trouble of a field of the revision at hand; null where it has none. */
export function useTrouble(path: string): string | null {
  const { troubles, index } = useCostBookForm();
  return troubles.get(`${index}.${path}`) ?? null;
}

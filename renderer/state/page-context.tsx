import { createContext, use } from 'react';
import type { CallScope, FigureName } from '#shared/contract/backend-api.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { TokenBasis } from '#shared/model/token-basis.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { ZoneName } from '#shared/units/format-time.ts';
import type { UrlState } from './url-state.ts';
import type { Go } from './use-url-state.ts';

/** A figure that the reader wants explained: exactly the one that was clicked, with its window and scope. */
export type ExplainRequest = NamedFigure | GivenFigure;

/** A figure that the backend is asked for. */
export type NamedFigure = {
  readonly name: FigureName;
  readonly window: TimeRange;
  readonly scope: CallScope;
  readonly basis: TokenBasis;
};

/** A figure that an answer held already, under the title it has on the page. */
export type GivenFigure = { readonly title: string; readonly figure: Figure; readonly window: TimeRange };

/** What every part of a page may need: the state in the address, how to change it, and the drawer. */
export type Page = {
  readonly url: UrlState;
  readonly go: Go;
  readonly zone: ZoneName;
  /** The look in force: `system` is resolved. */
  readonly themeName: 'dark' | 'light';
  readonly isSample: boolean;
  readonly fleetName: string;
  readonly explain: (request: ExplainRequest) => void;
};

export const PageContext = createContext<Page | null>(null);

export function usePage(): Page {
  const page = use(PageContext);
  if (page === null) throw new Error('usePage outside of PageContext');
  return page;
}

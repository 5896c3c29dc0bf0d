import { useMemo } from 'react';
import type { Asked } from '#renderer/backend/queries.ts';
import { usePage } from './page-context.tsx';
import { askedWindow } from './range-spec.ts';

/** What the page asks its figures for: range, scope and basis of the address. */
export function useAsked(): Asked {
  const { url } = usePage();
  const { range, scope, basis } = url;
  return useMemo(() => ({ window: askedWindow(range), scope, basis }), [range, scope, basis]);
}

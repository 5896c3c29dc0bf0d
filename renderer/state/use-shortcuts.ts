import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import type { Overview } from '#shared/contract/backend-api.ts';
import type { ExplainRequest } from './page-context.tsx';
import { askedWindow, shifted, zoomedOut } from './range-spec.ts';
import { PAGE_KEYS, PAGES, toPage, type UrlState } from './url-state.ts';
import type { Go } from './use-url-state.ts';
import { KIND_FIGURES } from './words.ts';

type ShortcutInput = {
  readonly url: UrlState;
  readonly go: Go;
  readonly explain: (request: ExplainRequest | null) => void;
  readonly showHelp: () => void;
};

/** Keys that work on every page, save while typing. They are listed in ShortcutsDialog. */
export function useShortcuts({ url, go, explain, showHelp }: ShortcutInput): void {
  const { clock, queries } = useBackend();
  const cache = useQueryClient();
  // A button that was clicked keeps the focus: only one that was reached by Tab keeps the space bar too.
  const isFocusByKeys = useRef(false);

  useEffect(() => {
    const refresh = (): void => {
      clock.advance();
      void cache.invalidateQueries();
    };
    const explainCost = (): void => {
      const asked = { window: askedWindow(url.range), scope: url.scope, basis: url.basis };
      const overview = cache.getQueryData<Overview>(queries.overview(asked).queryKey);
      if (overview === undefined) return;
      explain({ name: KIND_FIGURES[url.kind], window: overview.now.window, scope: url.scope, basis: url.basis });
    };
    const togglePause = (): void => {
      const { isPaused } = clock.state();
      clock.setPaused(!isPaused);
      if (isPaused) refresh();
    };
    const actions: Readonly<Record<string, () => void>> = {
      '?': showHelp,
      Escape: () => explain(null),
      ' ': togglePause,
      r: refresh,
      e: explainCost,
      z: () => go({ range: zoomedOut(url.range, clock.now()) }),
      '[': () => go({ range: shifted(url.range, -1, clock.now()) }),
      ']': () => go({ range: shifted(url.range, 1, clock.now()) }),
      ...Object.fromEntries(PAGES.map((page, index) => [PAGE_KEYS[index], () => go(toPage(page))])),
    };
    const onPress = (): void => {
      isFocusByKeys.current = false;
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Tab') isFocusByKeys.current = true;
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event, isFocusByKeys.current)) return;
      const act = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', onKey);
    window.addEventListener('pointerdown', onPress);
    return () => {
      window.removeEventListener('keydown', onKey);
      window.removeEventListener('pointerdown', onPress);
    };
  }, [url, go, explain, showHelp, clock, queries, cache]);
}

/** Fields take all keys; a button that was reached by keys keeps the space bar, which presses it. */
function isTyping(event: KeyboardEvent, isFocusByKeys: boolean): boolean {
  if (!(event.target instanceof HTMLElement)) return false;
  if (event.target.closest('input, textarea, select, dialog') !== null) return true;
  return event.key === ' ' && isFocusByKeys && event.target.closest('button, a') !== null;
}

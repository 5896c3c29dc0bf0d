import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { ZoneName } from '#shared/units/format-time.ts';
import { leaveWith } from './leave-guard.ts';
import { URL_DEFAULTS, urlStateFrom, urlStateTo, type ThemeChoice, type UrlState } from './url-state.ts';

export type Go = (patch: Partial<UrlState>, how?: 'push' | 'replace') => void;

const hearers = new Set<() => void>();

/** The state in the address bar and the way to change it. Each push is one step of the browser's back and forward. */
export function useUrlState(): readonly [UrlState, Go] {
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  const state = useMemo(() => urlStateFrom(search, withRememberedTheme()), [search]);
  const go = useCallback<Go>((patch, how = 'push') => {
    const before = urlStateFrom(window.location.search, withRememberedTheme());
    const next = { ...before, ...patch };
    const goThere = (): void => {
      if (patch.theme !== undefined) rememberTheme(patch.theme);
      const address = window.location.pathname + urlStateTo(next);
      if (how === 'push') window.history.pushState(null, '', address);
      else window.history.replaceState(null, '', address);
      hearAll();
    };
    if (next.page === before.page) goThere();
    else leaveWith(goThere);
  }, []);
  return [state, go];
}

/** The zone that a choice stands for: this machine's where it says local. */
export function zoneOf(choice: UrlState['zone']): ZoneName {
  return choice === 'UTC' ? 'UTC' : new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The address that is shown: the browser's back changes its own before anybody is asked. */
let shown = '';

function hearAll(): void {
  shown = window.location.href;
  for (const hear of hearers) hear();
}

/** Back and forward of the browser: where a page asks first, its address is put back until it has its answer. */
function onHistory(): void {
  const wanted = window.location.href;
  const pageOf = (address: string): string => urlStateFrom(new URL(address).search).page;
  if (shown === '' || pageOf(wanted) === pageOf(shown)) return hearAll();
  const isAsked = leaveWith(() => {
    if (window.location.href !== wanted) window.history.pushState(null, '', wanted);
    hearAll();
  });
  if (isAsked) window.history.pushState(null, '', shown);
}

function subscribe(hear: () => void): () => void {
  if (hearers.size === 0) {
    shown = window.location.href;
    window.addEventListener('popstate', onHistory);
  }
  hearers.add(hear);
  return () => {
    hearers.delete(hear);
    if (hearers.size === 0) window.removeEventListener('popstate', onHistory);
  };
}

const THEME_KEY = 'tokenwatt.theme';

function withRememberedTheme(): UrlState {
  return { ...URL_DEFAULTS, theme: rememberedTheme() };
}

/** Storage can be refused (private windows): then the choice lives in the address only. */
function rememberedTheme(): ThemeChoice {
  try {
    const kept = window.localStorage.getItem(THEME_KEY);
    return kept === 'dark' || kept === 'light' ? kept : 'system';
  } catch {
    return 'system';
  }
}

function rememberTheme(theme: ThemeChoice): void {
  try {
    window.localStorage.setItem(THEME_KEY, theme);
  } catch {
    // See above.
  }
}

import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { ZoneName } from '#shared/units/format-time.ts';
import { URL_DEFAULTS, urlStateFrom, urlStateTo, type ThemeChoice, type UrlState } from './url-state.ts';

export type Go = (patch: Partial<UrlState>, how?: 'push' | 'replace') => void;

const hearers = new Set<() => void>();

/** The state in the address bar and the way to change it. Each push is one step of the browser's back and forward. */
export function useUrlState(): readonly [UrlState, Go] {
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  const state = useMemo(() => urlStateFrom(search, withRememberedTheme()), [search]);
  const go = useCallback<Go>((patch, how = 'push') => {
    const next = { ...urlStateFrom(window.location.search, withRememberedTheme()), ...patch };
    if (patch.theme !== undefined) rememberTheme(patch.theme);
    const address = window.location.pathname + urlStateTo(next);
    if (how === 'push') window.history.pushState(null, '', address);
    else window.history.replaceState(null, '', address);
    for (const hear of hearers) hear();
  }, []);
  return [state, go];
}

/** The zone that a choice stands for: this machine's where it says local. */
export function zoneOf(choice: UrlState['zone']): ZoneName {
  return choice === 'UTC' ? 'UTC' : new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function subscribe(hear: () => void): () => void {
  hearers.add(hear);
  window.addEventListener('popstate', hear);
  return () => {
    hearers.delete(hear);
    window.removeEventListener('popstate', hear);
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

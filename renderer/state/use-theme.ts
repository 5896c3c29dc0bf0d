import { useSyncExternalStore } from 'react';
import type { ThemeChoice } from './url-state.ts';

const DARK = '(prefers-color-scheme: dark)';

/** Puts the chosen look on the page and says which one is in force. */
export function useTheme(choice: ThemeChoice): 'dark' | 'light' {
  const isSystemDark = useSyncExternalStore(subscribe, () => window.matchMedia(DARK).matches);
  const name = choice === 'system' ? (isSystemDark ? 'dark' : 'light') : choice;
  // Children read colours while they render, so the attribute must be there before them: not in an effect.
  putOnPage(name);
  return name;
}

function subscribe(hear: () => void): () => void {
  const query = window.matchMedia(DARK);
  query.addEventListener('change', hear);
  return () => query.removeEventListener('change', hear);
}

function putOnPage(name: string): void {
  const { dataset } = document.documentElement;
  if (dataset['theme'] !== name) dataset['theme'] = name;
}

import type { QueryClient } from '@tanstack/react-query';
import type { Transport } from '#shared/contract/transport.ts';
import type { LiveClock } from './live-clock.ts';
import { HISTORY_KEYS } from './queries.ts';

/** Least time between two refreshes: of what is shown as "now", and of what covers the page's range. */
const NOW_REFRESH_MS = 1000;
const HISTORY_REFRESH_MS = 4000;

/**
 * Turns what the backend says unasked into fresh answers: new facts refresh figures (not while paused), changes of sources and
 * prices refresh theirs, and a backend that came back is asked everything again. Returns what stops it.
 */
export function startLiveUpdates(transport: Transport, queries: QueryClient, clock: LiveClock): () => void {
  const refresh = (keys: readonly string[]): void => {
    for (const key of keys) void queries.invalidateQueries({ queryKey: [key] });
  };
  const refreshNow = throttled(NOW_REFRESH_MS, () => {
    clock.advance();
    refresh(['overview']);
  });
  const refreshHistory = throttled(HISTORY_REFRESH_MS, () => refresh(HISTORY_KEYS));

  const stops = [
    transport.subscribe('facts-arrived', () => {
      if (clock.state().isPaused) return;
      refreshNow.ask();
      refreshHistory.ask();
    }),
    transport.subscribe('source-health-changed', () => refresh(['sourceHealth', 'deployments', 'capabilities'])),
    transport.subscribe('cost-book-changed', () =>
      refresh(['costBook', 'overview', 'figure', 'updates', 'update', 'compareSnapshots', ...HISTORY_KEYS]),
    ),
    transport.subscribe('alerts-changed', () => refresh(['alerts', 'alertRules', 'budgetStatus'])),
    transport.subscribe('fleet-changed', () => void queries.invalidateQueries()),
    transport.onConnection((state) => {
      const wasLost = clock.state().connection === 'lost';
      clock.setConnection(state);
      if (state === 'open' && wasLost) void queries.invalidateQueries();
    }),
    refreshNow.stop,
    refreshHistory.stop,
  ];
  return () => stops.forEach((stop) => stop());
}

/** Runs `act` at once when asked, and at most once per period: what is asked in between runs at its end. */
function throttled(periodMs: number, act: () => void): { readonly ask: () => void; readonly stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsked = false;
  const run = (): void => {
    isAsked = false;
    act();
    timer = setTimeout(() => {
      timer = undefined;
      if (isAsked) run();
    }, periodMs);
  };
  return {
    ask: () => {
      isAsked = true;
      if (timer === undefined) run();
    },
    stop: () => clearTimeout(timer),
  };
}

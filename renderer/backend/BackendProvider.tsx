import { QueryClient, QueryClientProvider, keepPreviousData } from '@tanstack/react-query';
import { createContext, use, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { createClient, type BackendClient } from '#shared/contract/client.ts';
import type { Transport } from '#shared/contract/transport.ts';
import { createLiveClock, type LiveClock, type LiveState } from './live-clock.ts';
import { startLiveUpdates } from './live-updates.ts';
import { createQueries, type Queries } from './queries.ts';

export type Backend = { readonly client: BackendClient; readonly queries: Queries; readonly clock: LiveClock };

const BackendContext = createContext<Backend | null>(null);

type BackendProviderProps = { readonly transport: Transport; readonly children: ReactNode };

/** Holds the one client, cache and clock of the page, and keeps them live. */
export function BackendProvider({ transport, children }: BackendProviderProps) {
  const [parts] = useState(() => {
    const clock = createLiveClock(() => Date.now());
    const client = createClient(transport);
    return { cache: createCache(), backend: { client, clock, queries: createQueries(client, clock) } };
  });
  const { cache, backend } = parts;
  useEffect(() => startLiveUpdates(transport, cache, backend.clock), [transport, cache, backend]);
  return (
    <QueryClientProvider client={cache}>
      <BackendContext value={backend}>{children}</BackendContext>
    </QueryClientProvider>
  );
}

export function useBackend(): Backend {
  const backend = use(BackendContext);
  if (backend === null) throw new Error('useBackend outside of BackendProvider');
  return backend;
}

export function useLiveState(): LiveState {
  const { clock } = useBackend();
  return useSyncExternalStore(clock.subscribe, clock.state);
}

function createCache(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The backend is on this machine or says itself when it is lost: the browser's idea of "offline" does not matter.
        networkMode: 'always',
        staleTime: Infinity,
        retry: false,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        placeholderData: keepPreviousData,
      },
      mutations: { networkMode: 'always' },
    },
  });
}

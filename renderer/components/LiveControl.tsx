import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useBackend, useLiveState } from '#renderer/backend/BackendProvider.tsx';
import type { Capabilities } from '#shared/contract/backend-api.ts';
import { Icon } from './Icon.tsx';
import bar from './TopBar.module.css';

/** Live or paused, which never look alike, and refresh at once. */
export function LiveControl() {
  const { clock, queries } = useBackend();
  const { isPaused, connection } = useLiveState();
  const cache = useQueryClient();
  const capabilities = useQuery(queries.capabilities());
  const refresh = (): void => {
    clock.advance();
    void cache.invalidateQueries();
  };
  return (
    <div className={bar['control']}>
      <button
        type="button"
        className={connection === 'lost' ? bar['lost'] : isPaused ? bar['paused'] : bar['part']}
        aria-pressed={isPaused}
        title={
          isPaused ? 'Paused: values stand still. Go on  Space' : 'Live: new values as they are heard. Pause  Space'
        }
        onClick={() => {
          clock.setPaused(!isPaused);
          if (isPaused) refresh();
        }}
      >
        {connection === 'lost' ? <Icon name="bad" size={12} /> : <i className={bar['liveDot']} />}
        {words(connection, isPaused, capabilities.data)}
        <Icon name={isPaused ? 'play' : 'pause'} size={12} />
      </button>
      <button type="button" className={bar['quiet']} aria-label="Refresh now" title="Refresh now  r" onClick={refresh}>
        <Icon name="refresh" size={13} />
      </button>
    </div>
  );
}

function words(connection: string, isPaused: boolean, about: Capabilities | undefined): string {
  if (connection === 'lost') return 'Not connected';
  if (about !== undefined && about.snapshot !== null) return 'Snapshot';
  if (isPaused) return 'Paused';
  return about === undefined ? 'Live' : `Live · ${about.pollSeconds} s`;
}

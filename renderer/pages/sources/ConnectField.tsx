import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import type { DrawerRequest } from './SourceDrawer.tsx';
import styles from './SourcesPage.module.css';
import { useSourceCall } from './use-source-calls.ts';

/** One field for all that can be connected: what answers there is found out, and shown before anything is kept. */
export function ConnectField({ onOpen }: { readonly onOpen: (request: DrawerRequest) => void }) {
  const { queries } = useBackend();
  const { isSample } = usePage();
  const canOpenFiles = useQuery(queries.sourceSettings()).data?.canOpenFiles === true;
  const [address, setAddress] = useState('');
  const file = useSourceCall('openFile');
  const look = (): void => {
    if (address.trim() === '') return;
    onOpen({ kind: 'connect', address: address.trim(), shown: null, key: `connect ${Date.now()}` });
    setAddress('');
  };
  return (
    <section className={styles['connect']}>
      <h1>Sources</h1>
      <p>
        {isSample
          ? 'These figures come from an invented fleet that runs inside Tokenwatt. Paste the address of your own to leave it.'
          : 'Each source is polled on its own: one that fails never stops the others.'}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          look();
        }}
      >
        <label htmlFor="source-address">Connect an exporter, an engine, a list of hosts or a Prometheus server</label>
        <div>
          <textarea
            id="source-address"
            rows={1}
            value={address}
            spellCheck={false}
            autoComplete="off"
            placeholder="http://prometheus:9090, or gpu-node-1:9400 gpu-node-1:8000, or local"
            onChange={(event) => setAddress(event.target.value)}
            onKeyDown={(event) => {
              // A list has lines of its own: with Shift, Enter begins another one.
              if (event.key !== 'Enter' || event.shiftKey) return;
              event.preventDefault();
              look();
            }}
          />
          <button type="submit" disabled={address.trim() === ''}>
            Test
          </button>
          {canOpenFiles && (
            <button
              type="button"
              className={styles['second']}
              onClick={() =>
                file.mutate(
                  {},
                  {
                    onSuccess: (opened) => {
                      if (opened === null) return;
                      onOpen({ kind: 'connect', address: opened.address, shown: opened.fileName, key: opened.address });
                    },
                  },
                )
              }
            >
              Open a saved file…
            </button>
          )}
        </div>
        {file.error !== null && (
          <p className={styles['trouble']} role="alert">
            <Icon name="bad" size={13} />
            {file.error.message}
          </p>
        )}
      </form>
    </section>
  );
}

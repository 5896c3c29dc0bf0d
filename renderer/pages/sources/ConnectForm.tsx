import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { CallError } from '#renderer/backend/queries.ts';
import { Icon } from '#renderer/components/Icon.tsx';
import styles from './SourcesPage.module.css';

/** One field to connect: the backend finds out what kind of source answers there. */
export function ConnectForm() {
  const { client } = useBackend();
  const cache = useQueryClient();
  const [address, setAddress] = useState('');
  const connect = useMutation({
    mutationFn: async (given: string) => {
      const result = await client.connectSource({ address: given });
      if (!result.ok) throw new CallError(result.failure);
      return result.value;
    },
    onSuccess: () => {
      setAddress('');
      void cache.invalidateQueries();
    },
  });
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (address.trim() !== '') connect.mutate(address.trim());
      }}
    >
      <label htmlFor="source-address">Address of an exporter, an engine or a Prometheus server</label>
      <div>
        <input
          id="source-address"
          value={address}
          spellCheck={false}
          autoComplete="off"
          placeholder="http://node-01:9400/metrics"
          onChange={(event) => setAddress(event.target.value)}
        />
        <button type="submit" disabled={connect.isPending || address.trim() === ''}>
          {connect.isPending ? 'Asking…' : 'Connect'}
        </button>
      </div>
      {connect.error !== null && (
        <p className={styles['trouble']} role="alert">
          <Icon name="bad" size={13} />
          {connect.error.message}
        </p>
      )}
      {connect.isSuccess && (
        <output className={styles['success']}>
          <Icon name="good" size={13} />
          {connect.data.name} is connected. Its first figures appear after two polls.
        </output>
      )}
    </form>
  );
}

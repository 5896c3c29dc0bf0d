import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { CallError } from '#renderer/backend/queries.ts';
import type { Scenario, ScenarioEdit } from '#shared/model/scenario.ts';
import styles from './WhatIf.module.css';

type KeptScenarioBarProps = {
  readonly edits: readonly ScenarioEdit[];
  readonly onChoose: (edits: readonly ScenarioEdit[]) => void;
};

/** Scenarios that are kept by name, and the one on screen to keep. */
export function KeptScenarioBar({ edits, onChoose }: KeptScenarioBarProps) {
  const { queries } = useBackend();
  const kept = useQuery(queries.scenarios());
  const save = useSaveScenario();
  const [name, setName] = useState('');
  const scenarios = kept.data?.scenarios ?? [];
  const known = scenarios.find((one) => one.name === name.trim());
  return (
    <form
      className={styles['kept']}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ name, scenario: { book: null, edits } });
      }}
    >
      <label>
        Kept scenarios
        <select
          value={known?.name ?? ''}
          onChange={(event) => {
            const chosen = scenarios.find((one) => one.name === event.target.value);
            setName(chosen?.name ?? '');
            onChoose(chosen?.scenario.edits ?? []);
          }}
        >
          <option value="">{scenarios.length === 0 ? 'none yet' : 'choose'}</option>
          {scenarios.map((one) => (
            <option key={one.name}>{one.name}</option>
          ))}
        </select>
      </label>
      <label>
        Name
        <input
          value={name}
          maxLength={100}
          placeholder="such as Move to rented B300"
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <button type="submit" disabled={name.trim() === '' || edits.length === 0 || save.isPending}>
        {known === undefined ? 'Keep' : 'Keep again'}
      </button>
      {known !== undefined && (
        <button type="button" onClick={() => save.mutate({ name: known.name, scenario: null })}>
          Take away
        </button>
      )}
      {save.error !== null && <span role="alert">It could not be kept: {save.error.message}</span>}
    </form>
  );
}

function useSaveScenario() {
  const { client } = useBackend();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (kept: { readonly name: string; readonly scenario: Scenario | null }) => {
      const saved = await client.saveScenario(kept);
      if (!saved.ok) throw new CallError(saved.failure);
    },
    onSuccess: () => cache.invalidateQueries({ queryKey: ['scenarios'] }),
  });
}

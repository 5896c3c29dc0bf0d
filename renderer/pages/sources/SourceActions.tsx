import { useState } from 'react';
import { usePage } from '#renderer/state/page-context.tsx';
import type { SourceHealth } from '#shared/contract/backend-api.ts';
import type { DrawerRequest } from './SourceDrawer.tsx';
import styles from './SourcesPage.module.css';
import { useSourceCall } from './use-source-calls.ts';

type SourceActionsProps = {
  readonly source: SourceHealth;
  readonly onOpen: (request: DrawerRequest) => void;
};

/** What can be done with a source. Those of the sample fleet are its own: they can only be tested. */
export function SourceActions({ source, onOpen }: SourceActionsProps) {
  const { isSample } = usePage();
  const change = useSourceCall('changeSource');
  const [isSure, setSure] = useState(false);
  const { name } = source;
  const isPaused = source.state === 'paused';
  if (isSure) return <SureToRemove name={name} onKeep={() => setSure(false)} />;
  const open = (tests: boolean): void => onOpen({ kind: 'edit', name, tests, key: `${name} ${Date.now()}` });
  if (isSample) return null;
  return (
    <span className={styles['actions']}>
      {change.error !== null && <em role="alert">{change.error.message}</em>}
      <button type="button" onClick={() => open(true)} aria-label={`Test ${name}`}>
        Test
      </button>
      <button type="button" onClick={() => open(false)} aria-label={`Edit ${name}`}>
        Edit
      </button>
      <button
        type="button"
        disabled={change.isPending}
        aria-label={`${isPaused ? 'Resume' : 'Pause'} ${name}`}
        onClick={() => change.mutate({ name, isPaused: !isPaused })}
      >
        {isPaused ? 'Resume' : 'Pause'}
      </button>
      <button type="button" onClick={() => setSure(true)} aria-label={`Remove ${name}`}>
        Remove
      </button>
    </span>
  );
}

/** Two presses: the first asks, the second does it. */
function SureToRemove({ name, onKeep }: { readonly name: string; readonly onKeep: () => void }) {
  const remove = useSourceCall('removeSource');
  return (
    <span className={styles['actions']}>
      <em role="alert">{remove.error?.message ?? 'Stop polling it? What is stored stays.'}</em>
      <button type="button" disabled={remove.isPending} onClick={() => remove.mutate({ name })}>
        Remove
      </button>
      <button type="button" onClick={onKeep}>
        Keep
      </button>
    </span>
  );
}

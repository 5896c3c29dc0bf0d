import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { CallError } from '#renderer/backend/queries.ts';
import { SourceStateText } from '#renderer/components/SourceStateText.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { useNow } from '#renderer/state/use-now.ts';
import type { SourceHealth } from '#shared/contract/backend-api.ts';
import { secondsBetween } from '#shared/time/instant.ts';
import { formatDuration } from '#shared/units/format-time.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import styles from './SourcesPage.module.css';
import { TargetTable } from './TargetTable.tsx';

const KINDS = {
  scrape: 'exporters, scraped',
  discovery: 'targets from discovery',
  prometheus: 'Prometheus server',
  'local-gpus': 'driver of this machine',
  file: 'saved file',
} as const;

/** One source: how it does and why, since when, and every target behind it. */
export function SourceSection({ source }: { readonly source: SourceHealth }) {
  const now = useNow();
  const { isSample } = usePage();
  const since = source.since === null ? null : Math.max(0, secondsBetween(source.since, now));
  return (
    <section className={styles['source']} data-testid="source-row">
      <header>
        <h2>{source.name}</h2>
        <SourceStateText state={source.state} />
        {since !== null && <span>for {formatDuration(Math.floor(since))}</span>}
        <span className={styles['address']}>
          {KINDS[source.kind]}, <code>{source.address}</code>
        </span>
        {!isSample && <RemoveSource name={source.name} />}
      </header>
      {source.reason !== null && <p className={styles['reason']}>{source.reason}</p>}
      {source.notes.map((note) => (
        <p key={note} className={styles['reason']}>
          {note}
        </p>
      ))}
      {source.backfill !== null && (
        <div className={styles['backfill']}>
          <progress max={1} value={source.backfill.doneShare} aria-label="Backfill" />
          <span>
            {source.backfill.message} ({formatWithUnit(source.backfill.doneShare, 'ratio')})
          </span>
        </div>
      )}
      <TargetTable targets={source.targets} />
    </section>
  );
}

/** Two presses: the first asks, the second does it. */
function RemoveSource({ name }: { readonly name: string }) {
  const { client } = useBackend();
  const cache = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const remove = useMutation({
    mutationFn: async () => {
      const result = await client.removeSource({ name });
      if (!result.ok) throw new CallError(result.failure);
    },
    onSuccess: () => cache.invalidateQueries(),
  });
  if (!isAsked) {
    return (
      <button type="button" className={styles['remove']} onClick={() => setAsked(true)}>
        Remove
      </button>
    );
  }
  return (
    <span className={styles['sure']}>
      {remove.error?.message ?? 'Stop polling it? What is stored stays.'}
      <button type="button" className={styles['remove']} onClick={() => remove.mutate()}>
        Remove
      </button>
      <button type="button" className={styles['remove']} onClick={() => setAsked(false)}>
        Keep
      </button>
    </span>
  );
}

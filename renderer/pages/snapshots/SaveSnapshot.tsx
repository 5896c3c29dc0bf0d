import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { useCall } from '#renderer/backend/use-call.ts';
import { Icon } from '#renderer/components/Icon.tsx';
import { Segmented } from '#renderer/components/Segmented.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { rangeLabel, windowAt, windowLabel } from '#renderer/state/range-spec.ts';
import { scopeNotice, snapshotRows } from './snapshot-rows.ts';
import styles from './SnapshotsPage.module.css';

type Grain = 'minute' | 'hour';

const GRAINS: readonly { readonly value: Grain; readonly name: string }[] = [
  { value: 'hour', name: 'By the hour' },
  { value: 'minute', name: 'By the minute' },
];

/** Saves the range of the page. */
export function SaveSnapshot() {
  const { clock, queries } = useBackend();
  const kept = useQuery(queries.snapshots());
  const isShown = (useQuery(queries.capabilities()).data?.snapshot ?? null) !== null;
  const { url, zone } = usePage();
  const [grain, setGrain] = useState<Grain>('hour');
  const [hasPseudonyms, setPseudonyms] = useState(false);
  const save = useCall('saveSnapshot');
  const window = windowAt(url.range, clock.now());
  const notice = scopeNotice(url.scope);
  const [made] = save.data === undefined ? [] : snapshotRows([save.data], zone);
  return (
    <section className={styles['save']}>
      <h1>Save a snapshot</h1>
      <p>
        One file that holds {rangeLabel(url.range, zone).toLowerCase()} ({windowLabel(window, zone)}) with prices,
        versions and events: every screen works on it, without a network and without secrets. The range is chosen above.
      </p>
      {isShown && <p>What is shown is a snapshot itself: the live fleet is saved when it is shown again.</p>}
      {notice !== null && <p data-testid="scope-notice">{notice}</p>}
      <div>
        <Segmented label="Finest facts" choices={GRAINS} value={grain} onChoose={setGrain} />
        <label>
          <input type="checkbox" checked={hasPseudonyms} onChange={(event) => setPseudonyms(event.target.checked)} />
          replace names by pseudonyms
        </label>
        <button
          type="button"
          className={styles['primary']}
          disabled={save.isPending || isShown || kept.data?.folder === null}
          onClick={() => save.mutate({ window, grain, hasPseudonyms })}
        >
          {save.isPending ? 'Saving…' : 'Save snapshot'}
        </button>
      </div>
      {made !== undefined && (
        <output>
          <Icon name="good" size={13} /> Saved as <b>{made.name}</b>, {made.size}.
        </output>
      )}
      {save.error !== null && (
        <p className={styles['failed']} role="alert">
          <Icon name="bad" size={13} />
          {save.error.message}
        </p>
      )}
    </section>
  );
}

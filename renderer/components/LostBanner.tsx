import { useLiveState } from '#renderer/backend/BackendProvider.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { formatInstant } from '#shared/units/format-time.ts';
import { Icon } from './Icon.tsx';
import styles from './LostBanner.module.css';

/** Says that the backend is away, and how old the values are that still stand. */
export function LostBanner() {
  const { connection, asOf } = useLiveState();
  const { zone } = usePage();
  if (connection !== 'lost') return null;
  return (
    <output className={styles['banner']}>
      <Icon name="bad" size={13} />
      <span>
        <b>The backend cannot be reached.</b>{' '}
        {asOf === null ? 'Nothing was received yet.' : `Values are as of ${formatInstant(asOf, zone, 'second')}.`}{' '}
        Tokenwatt reconnects by itself; polling goes on as long as the backend runs.
      </span>
    </output>
  );
}

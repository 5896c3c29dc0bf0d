import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { useCall } from '#renderer/backend/use-call.ts';
import { usePage } from '#renderer/state/page-context.tsx';
import { windowLabel } from '#renderer/state/range-spec.ts';
import { grainInWords } from '#shared/contract/snapshot-schema.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { Icon } from './Icon.tsx';
import styles from './SnapshotBanner.module.css';

/** Says that a saved window is shown, where and when it was taken, and leads back to the live fleet where there is one. */
export function SnapshotBanner() {
  const { queries } = useBackend();
  const { zone } = usePage();
  const { data } = useQuery(queries.capabilities());
  const close = useCall('closeSnapshot');
  const snapshot = data?.snapshot ?? null;
  if (snapshot === null) return null;
  const { fleetName, takenAt, window, hasPseudonyms, signedBy } = snapshot;
  return (
    <output className={styles['banner']} data-testid="snapshot-banner">
      <Icon name="info" size={13} />
      <span>
        <b>Snapshot of {fleetName}</b>
        {hasPseudonyms && ', under pseudonyms'}, {windowLabel(window, zone)}, {grainInWords(snapshot)}. Taken{' '}
        {formatInstant(takenAt, zone, 'input')}, {signedBy === null ? 'not signed' : 'signed'}. Nothing here is live
        {snapshot.canClose ? '; your own sources go on quietly.' : '.'}
      </span>
      {snapshot.canClose && (
        <button type="button" disabled={close.isPending} onClick={() => close.mutate({})}>
          Back to the live fleet
        </button>
      )}
    </output>
  );
}

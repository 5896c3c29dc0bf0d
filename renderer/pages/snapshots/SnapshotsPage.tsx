import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { useCall } from '#renderer/backend/use-call.ts';
import { Answer } from '#renderer/components/Answer.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import type { SnapshotFile } from '#shared/contract/snapshot-schema.ts';
import { SaveSnapshot } from './SaveSnapshot.tsx';
import { snapshotRows, type SnapshotRow } from './snapshot-rows.ts';
import styles from './SnapshotsPage.module.css';

/** Windows of the fleet that were saved into files: saving one, and opening one in place of the live fleet. */
export function SnapshotsPage() {
  const { queries } = useBackend();
  const query = useQuery(queries.snapshots());
  return (
    <div className={styles['page']}>
      <SaveSnapshot />
      <Answer query={query} what="The list of snapshots" skeleton={<PageSkeleton />}>
        {({ files, folder }) => <Files files={files} isKept={folder !== null} />}
      </Answer>
    </div>
  );
}

function Files({ files, isKept }: { readonly files: readonly SnapshotFile[]; readonly isKept: boolean }) {
  const { zone } = usePage();
  const open = useCall('openSnapshot');
  const rows = snapshotRows(files, zone);
  return (
    <section className={styles['files']}>
      <header>
        <h2>Saved snapshots</h2>
        <p>
          In the folder snapshots of the data folder. A file that somebody sent is opened by dropping it on the page.
        </p>
        <OpenFile />
      </header>
      {open.error !== null && (
        <p className={styles['failed']} role="alert">
          <Icon name="bad" size={13} />
          {open.error.message}
        </p>
      )}
      {rows.length === 0 ? (
        <p className={styles['empty']}>
          {isKept
            ? 'None yet. A snapshot holds facts, prices and events of a window, and opens on any machine without a network.'
            : 'This run keeps nothing, so there is no folder. From a shell: tokenwatt snapshot open FILE.'}
        </p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>File</th>
              <th>Fleet</th>
              <th>Window</th>
              <th>By the</th>
              <th>Taken</th>
              <th>Size</th>
              <th>Seal</th>
              <th aria-label="Open" />
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.name} row={row} isBusy={open.isPending} onOpen={() => open.mutate({ name: row.name })} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

type RowProps = { readonly row: SnapshotRow; readonly isBusy: boolean; readonly onOpen: () => void };

function Row({ row, isBusy, onOpen }: RowProps) {
  return (
    <tr>
      <th scope="row">
        {row.name}
        {row.refusal !== null && (
          <small>
            <Icon name="bad" size={12} />
            {row.refusal}
          </small>
        )}
      </th>
      <td>{row.fleet}</td>
      <td>{row.window}</td>
      <td>{row.grain}</td>
      <td>{row.taken}</td>
      <td>{row.size}</td>
      <td>{row.seal}</td>
      <td>
        {row.refusal === null && (
          <button type="button" disabled={isBusy} onClick={onOpen}>
            Open
          </button>
        )}
      </td>
    </tr>
  );
}

/** The host's own dialog, where it has one. */
function OpenFile() {
  const { queries } = useBackend();
  const { data } = useQuery(queries.capabilities());
  const open = useCall('openSnapshot');
  if (data?.host !== 'window') return null;
  return (
    <button type="button" disabled={open.isPending} onClick={() => open.mutate({ name: null })}>
      Open a file…
    </button>
  );
}

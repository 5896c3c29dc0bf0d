import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import { Segmented } from '#renderer/components/Segmented.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { toPage } from '#renderer/state/url-state.ts';
import { useAsked } from '#renderer/state/use-asked.ts';
import type { SnapshotFile } from '#shared/contract/snapshot-schema.ts';
import styles from './ComparePage.module.css';
import { SAME, SHOWN, chosenFrom, chosenTo, sidesOf, type Chosen } from './snapshot-sides.ts';
import { SnapshotComparisonTable } from './SnapshotComparisonTable.tsx';

const BOOKS = [
  { value: 'own', name: 'Each its own' },
  { value: 'first', name: 'First side’s' },
] as const;

/** Two snapshots, or a snapshot and what is shown. What is chosen is in the address: a link brings it back. */
export function SnapshotsTab() {
  const { queries } = useBackend();
  const query = useQuery(queries.snapshots());
  return (
    <Answer
      query={query}
      what="The list of snapshots"
      skeleton={<PageSkeleton />}
      isEmpty={({ files }) => files.length === 0}
      empty={<NoSnapshots />}
    >
      {({ files }) => <Compared files={files} />}
    </Answer>
  );
}

function Compared({ files }: { readonly files: readonly SnapshotFile[] }) {
  const { queries } = useBackend();
  const { url, go } = usePage();
  const asked = useAsked();
  const chosen = chosenFrom(url.item, files);
  const choose = (change: Partial<Chosen>): void => go({ item: chosenTo({ ...chosen, ...change }) });
  const query = useQuery({
    ...queries.compareSnapshots(asked, sidesOf(chosen, files)),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <div className={styles['sides']}>
        <SideChooser label="First side" value={chosen.first} files={files} onChoose={(first) => choose({ first })} />
        <SideChooser
          label="Second side"
          value={chosen.second}
          files={files}
          onChoose={(second) => choose({ second })}
        />
        <div>
          <span>Cost book</span>
          <Segmented label="Cost book" choices={BOOKS} value={chosen.book} onChoose={(book) => choose({ book })} />
        </div>
      </div>
      <Answer query={query} what="The comparison" skeleton={<PageSkeleton />}>
        {(answer) => <SnapshotComparisonTable answer={answer} />}
      </Answer>
    </>
  );
}

type SideChooserProps = {
  readonly label: string;
  readonly value: string;
  readonly files: readonly SnapshotFile[];
  readonly onChoose: (value: string) => void;
};

function SideChooser({ label, value, files, onChoose }: SideChooserProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChoose(event.target.value)}>
        <option value={SHOWN}>What is shown, in the range above</option>
        <option value={SAME}>What is shown, in the window of the other side</option>
        {files.map(({ name, about }) => (
          <option key={name} value={name}>
            {about === null ? `${name} (refused)` : name}
          </option>
        ))}
      </select>
    </label>
  );
}

function NoSnapshots() {
  const { go } = usePage();
  return (
    <p className={styles['empty']}>
      No snapshot is kept yet, so there is nothing to stand beside this fleet. Choose a range above, open{' '}
      <button type="button" className={styles['link']} onClick={() => go(toPage('snapshots'))}>
        Snapshots
      </button>{' '}
      and press Save snapshot; or put a file that somebody sent into the folder of snapshots.
    </p>
  );
}

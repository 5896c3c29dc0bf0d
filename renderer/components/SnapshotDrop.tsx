import { useSnapshotDrop } from '#renderer/state/use-snapshot-drop.ts';
import { Icon } from './Icon.tsx';
import styles from './SnapshotDrop.module.css';

/** Says where a file falls that is dragged over the page, how far it has come, and why another is refused. */
export function SnapshotDrop() {
  const { state, dismiss } = useSnapshotDrop();
  if (state === null) return null;
  if (state.kind === 'over') {
    return (
      <div className={styles['target']} data-testid="snapshot-target">
        <p>
          <Icon name="snapshots" size={20} />
          <b>Drop a snapshot to open it</b>
          <span>
            One file that ends in .twsnap. It is checked and kept in the folder of snapshots; your fleet goes on.
          </span>
        </p>
      </div>
    );
  }
  if (state.kind === 'sending') {
    return (
      <output className={styles['card']}>
        <Icon name="snapshots" size={13} />
        <span>Opening {state.name}</span>
        <progress aria-label={`${state.name}, share that has arrived`} value={state.share} />
      </output>
    );
  }
  return (
    <div className={styles['card']} role="alert" data-testid="drop-refused">
      <Icon name="bad" size={13} />
      <span>{state.reason}</span>
      <button type="button" onClick={dismiss}>
        Close
      </button>
    </div>
  );
}

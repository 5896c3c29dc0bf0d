import { Icon } from '#renderer/components/Icon.tsx';
import styles from './CostBookPage.module.css';

type SaveBarProps = {
  readonly isChanged: boolean;
  readonly isSaving: boolean;
  /** False while a field has to be filled first. */
  readonly canSave: boolean;
  /** What keeps the draft from being saved, or why saving failed; null for neither. */
  readonly trouble: string | null;
  readonly undo: string | null;
  readonly canRedo: boolean;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  readonly onDiscard: () => void;
  readonly onShowTrouble: () => void;
};

/** Save, step back, or let go: what state the draft is in is always said. */
export function SaveBar(props: SaveBarProps) {
  const { isChanged, isSaving, trouble, undo, canRedo } = props;
  return (
    <footer className={styles['foot']}>
      <button
        type="submit"
        className={styles['save']}
        disabled={!isChanged || isSaving || !props.canSave}
        title="Save (Ctrl S)"
      >
        {isSaving ? 'Saving…' : 'Save'}
      </button>
      <button type="button" className={styles['plain']} disabled={!isChanged} onClick={props.onDiscard}>
        Discard changes
      </button>
      {trouble === null ? (
        <output>
          {isChanged ? 'Not saved yet. Saving reprices all history from the dates on the left.' : 'Saved.'}
        </output>
      ) : (
        <p role="alert">
          <Icon name="bad" size={13} />
          {trouble}
          <button type="button" onClick={props.onShowTrouble}>
            Show
          </button>
        </p>
      )}
      <span className={styles['steps']}>
        {undo !== null && (
          <button type="button" className={styles['plain']} title="Undo (Ctrl Z)" onClick={props.onUndo}>
            <Icon name="undo" size={13} />
            Undo: {undo}
          </button>
        )}
        {canRedo && (
          <button type="button" className={styles['plain']} title="Redo (Ctrl Shift Z)" onClick={props.onRedo}>
            Redo
          </button>
        )}
      </span>
    </footer>
  );
}

import { useEffect, useRef } from 'react';
import styles from './LeaveDialog.module.css';

type LeaveDialogProps = {
  /** What is not saved, as a sentence. */
  readonly what: string;
  readonly canSave: boolean;
  readonly onSave: () => void;
  readonly onLeave: () => void;
  readonly onStay: () => void;
};

/** Asks before something unsaved is lost. Escape stays. */
export function LeaveDialog({ what, canSave, onSave, onLeave, onStay }: LeaveDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className={styles['dialog']} aria-label="Leave without saving?" onClose={onStay}>
      <h2>Leave without saving?</h2>
      <p>{what}</p>
      <footer>
        <button type="button" className={styles['first']} disabled={!canSave} onClick={onSave}>
          Save and leave
        </button>
        <button type="button" onClick={onLeave}>
          Leave, losing them
        </button>
        <button type="button" onClick={onStay}>
          Stay
        </button>
      </footer>
    </dialog>
  );
}

import { useEffect, useRef } from 'react';
import { PAGE_KEYS } from '#renderer/state/url-state.ts';
import styles from './ShortcutsDialog.module.css';

export const SHORTCUTS: readonly { readonly keys: string; readonly does: string }[] = [
  { keys: PAGE_KEYS.join(' '), does: 'The pages, in the order they stand at the left' },
  { keys: '[ ]', does: 'Earlier, later by half the range' },
  { keys: 'z', does: 'Zoom out; drag on the chart zooms in' },
  { keys: 'Space', does: 'Pause or go on' },
  { keys: 'r', does: 'Refresh now' },
  { keys: 'e', does: 'Explain the cost now' },
  { keys: '← →', does: 'Move the cursor in the chart' },
  { keys: 'Esc', does: 'Close what is open' },
  { keys: '?', does: 'This list' },
];

/** The keys there are. The browser's dialog holds the focus and closes on Escape by itself. */
export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className={styles['dialog']} aria-label="Keyboard shortcuts" onClose={onClose}>
      <h2>Keyboard</h2>
      <dl>
        {SHORTCUTS.map((shortcut) => (
          <div key={shortcut.keys}>
            <dt>
              {shortcut.keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{shortcut.does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}

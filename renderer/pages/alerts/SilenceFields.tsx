import { useState } from 'react';
import { NumberField } from '#renderer/components/NumberField.tsx';
import type { SilenceWatch } from '#shared/model/alert.ts';
import styles from './AlertsPage.module.css';
import { MannerFields } from './MannerFields.tsx';

type SilenceFieldsProps = { readonly silence: SilenceWatch; readonly onSave: (silence: SilenceWatch) => void };

/** Sources that fall silent are watched without a rule: it is what explains most else. */
export function SilenceFields({ silence, onSave }: SilenceFieldsProps) {
  const [draft, setDraft] = useState(silence);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(silence);
  return (
    <form
      className={styles['section']}
      onSubmit={(event) => {
        event.preventDefault();
        onSave(draft);
      }}
    >
      <header className={styles['head']}>
        <h2>Silent sources</h2>
        <span>an alert of its own, and the cause of what stands beneath it</span>
      </header>
      <div className={styles['editor']}>
        <div className={styles['row']}>
          <label className={styles['check']}>
            <input
              type="checkbox"
              checked={draft.isOn}
              onChange={(event) => setDraft({ ...draft, isOn: event.target.checked })}
            />
            Watch every source and its targets
          </label>
          <NumberField
            label="Silent for"
            unit="min"
            value={draft.forMinutes}
            min={0}
            max={1440}
            onChange={(forMinutes) => setDraft({ ...draft, forMinutes: Math.round(forMinutes) })}
          />
          <MannerFields manner={draft} onChange={(manner) => setDraft({ ...draft, ...manner })} />
          <button type="submit" className={styles['button']} disabled={!isChanged}>
            Save
          </button>
        </div>
      </div>
    </form>
  );
}

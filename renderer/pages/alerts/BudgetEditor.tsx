import { useState } from 'react';
import { NumberField } from '#renderer/components/NumberField.tsx';
import type { Budget } from '#shared/model/budget.ts';
import styles from './AlertsPage.module.css';
import { MannerFields } from './MannerFields.tsx';
import { ScopeFields } from './ScopeFields.tsx';

type BudgetEditorProps = {
  readonly budget: Budget;
  readonly isSaving: boolean;
  readonly trouble: string | null;
  readonly onSave: (budget: Budget) => void;
  readonly onCancel: () => void;
  readonly onRemove: (() => void) | null;
};

/** A budget in its place. */
export function BudgetEditor({ budget, isSaving, trouble, onSave, onCancel, onRemove }: BudgetEditorProps) {
  const [draft, setDraft] = useState(budget);
  const change = (part: Partial<Budget>): void => setDraft({ ...draft, ...part });
  return (
    <form
      className={styles['editor']}
      onSubmit={(event) => {
        event.preventDefault();
        onSave(draft);
      }}
    >
      <div className={styles['row']}>
        <label>
          Name
          <input
            required
            maxLength={100}
            value={draft.name}
            onChange={(event) => change({ name: event.target.value })}
          />
        </label>
        <NumberField
          label="Amount"
          unit="$ a month"
          value={draft.usdPerMonth}
          min={0.01}
          max={1e12}
          onChange={(usdPerMonth) => change({ usdPerMonth })}
        />
        <ScopeFields scope={draft.scope} onChange={(scope) => change({ scope })} />
        <label>
          Months in
          <input
            required
            value={draft.zone}
            maxLength={64}
            onChange={(event) => change({ zone: event.target.value })}
          />
        </label>
        <MannerFields manner={draft} onChange={(manner) => change(manner)} />
      </div>
      <div className={styles['row']}>
        <button type="submit" className={styles['primary']} disabled={isSaving}>
          {isSaving ? 'Saving…' : 'Save budget'}
        </button>
        <button type="button" className={styles['button']} onClick={onCancel}>
          Cancel
        </button>
        {onRemove !== null && (
          <button type="button" className={styles['button']} onClick={onRemove}>
            Remove
          </button>
        )}
        {trouble !== null && <output className={styles['note']}>{trouble}</output>}
      </div>
    </form>
  );
}

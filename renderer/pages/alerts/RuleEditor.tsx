import { useState } from 'react';
import { NumberField } from '#renderer/components/NumberField.tsx';
import { ruleSentence } from '#shared/alerts/alert-text.ts';
import type { AlertRule, RuleTest } from '#shared/model/alert.ts';
import { FIGURE_NAMES, FIGURE_WORDS } from '#shared/model/figure-name.ts';
import styles from './AlertsPage.module.css';
import { MannerFields } from './MannerFields.tsx';
import { entryUnitOf } from './rule-draft.ts';
import { RulePreview } from './RulePreview.tsx';
import { ScopeFields } from './ScopeFields.tsx';

type RuleEditorProps = {
  readonly rule: AlertRule;
  readonly isSaving: boolean;
  readonly trouble: string | null;
  readonly onSave: (rule: AlertRule) => void;
  readonly onCancel: () => void;
  /** Null of a rule that is not saved yet. */
  readonly onRemove: (() => void) | null;
};

/** A rule in its place, with when it would have been an alert in the last seven days. */
export function RuleEditor({ rule, isSaving, trouble, onSave, onCancel, onRemove }: RuleEditorProps) {
  const [draft, setDraft] = useState(rule);
  const change = (part: Partial<AlertRule>): void => setDraft({ ...draft, ...part });
  return (
    <form
      className={styles['editor']}
      onSubmit={(event) => {
        event.preventDefault();
        onSave(draft);
      }}
    >
      <p className={styles['sentence']}>{ruleSentence(draft)}.</p>
      <div className={styles['row']}>
        <label>
          Figure
          <select
            value={draft.figure}
            onChange={(event) => {
              const figure = FIGURE_NAMES.find((name) => name === event.target.value) ?? draft.figure;
              change({ figure });
            }}
          >
            {FIGURE_NAMES.map((name) => (
              <option key={name} value={name}>
                {FIGURE_WORDS[name]}
              </option>
            ))}
          </select>
        </label>
        <ScopeFields scope={draft.scope} onChange={(scope) => change({ scope })} />
        <TestFields key={draft.figure} draft={draft} onChange={(test) => change({ test })} />
      </div>
      <div className={styles['row']}>
        <Minutes
          label="Over the last"
          value={draft.windowMinutes}
          min={1}
          onChange={(windowMinutes) => change({ windowMinutes })}
        />
        <Minutes
          label="For at least"
          value={draft.forMinutes}
          min={0}
          onChange={(forMinutes) => change({ forMinutes })}
        />
        <Minutes
          label="Over when fine for"
          value={draft.clearMinutes}
          min={0}
          onChange={(clearMinutes) => change({ clearMinutes })}
        />
        <MannerFields manner={draft} onChange={(manner) => change(manner)} />
        <label className={styles['check']}>
          <input type="checkbox" checked={draft.isOn} onChange={(event) => change({ isOn: event.target.checked })} />
          on
        </label>
      </div>
      <RulePreview rule={draft} />
      <div className={styles['row']}>
        <button type="submit" className={styles['primary']} disabled={isSaving}>
          {isSaving ? 'Saving…' : 'Save rule'}
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

type TestFieldsProps = { readonly draft: AlertRule; readonly onChange: (test: RuleTest) => void };

const CHOICES = [
  { value: 'above', name: 'is above' },
  { value: 'below', name: 'is below' },
  { value: 'unusual above', name: 'is unusually high' },
  { value: 'unusual below', name: 'is unusually low' },
  { value: 'unusual either', name: 'is unusual' },
] as const;

function TestFields({ draft: { test, figure }, onChange }: TestFieldsProps) {
  const { unit, perUnit } = entryUnitOf(figure);
  const choice = test.kind === 'limit' ? test.comparison : (`unusual ${test.direction}` as const);
  return (
    <span className={styles['fields']}>
      <label>
        Comparison
        <select value={choice} onChange={(event) => onChange(testOf(event.target.value, test))}>
          {CHOICES.map(({ value, name }) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {test.kind === 'limit' ? (
        <NumberField
          key="limit"
          label="Amount"
          unit={unit}
          value={test.limit / perUnit}
          min={0}
          max={1e15}
          onChange={(amount) => onChange({ ...test, limit: amount * perUnit })}
        />
      ) : (
        <NumberField
          key="effect"
          label="By at least"
          unit="% of what is usual"
          value={test.effectLeast * 100}
          min={1}
          max={1000}
          onChange={(percent) => onChange({ ...test, effectLeast: percent / 100 })}
        />
      )}
    </span>
  );
}

function testOf(choice: string, before: RuleTest): RuleTest {
  const limit = before.kind === 'limit' ? before.limit : 1;
  const effectLeast = before.kind === 'unusual' ? before.effectLeast : 0.2;
  switch (choice) {
    case 'above':
    case 'below':
      return { kind: 'limit', comparison: choice, limit };
    case 'unusual above':
      return { kind: 'unusual', direction: 'above', effectLeast };
    case 'unusual below':
      return { kind: 'unusual', direction: 'below', effectLeast };
    default:
      return { kind: 'unusual', direction: 'either', effectLeast };
  }
}

type MinutesProps = {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly onChange: (minutes: number) => void;
};

function Minutes({ label, value, min, onChange }: MinutesProps) {
  return (
    <NumberField
      label={label}
      unit="min"
      value={value}
      min={min}
      max={44_640}
      onChange={(minutes) => onChange(Math.round(minutes))}
    />
  );
}

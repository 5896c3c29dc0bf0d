import { useState } from 'react';
import { Icon } from '#renderer/components/Icon.tsx';
import { UNKNOWN } from '#shared/units/format-quantity.ts';
import styles from './EnginesPage.module.css';

type Field = {
  readonly label: string;
  readonly value?: string;
  readonly isOptional?: boolean;
  readonly isFocused?: boolean;
};

type RuleListProps<Value extends string> = {
  readonly title: string;
  readonly fields: readonly Field[];
  /** A last column that is chosen, not typed. */
  readonly choice?: {
    readonly label: string;
    readonly values: readonly Value[];
    readonly value: Value;
    readonly onChoose: (value: Value) => void;
  };
  readonly rows: readonly (readonly string[])[];
  readonly isBusy: boolean;
  readonly onRemove: (index: number) => void;
  readonly onAdd: (values: readonly string[]) => void;
};

/** A short list of rules with a line to add one. Every change is saved at once. */
export function RuleList<Value extends string>(props: RuleListProps<Value>) {
  const { title, fields, choice, rows, isBusy, onRemove, onAdd } = props;
  const starting = fields.map(({ value }) => value ?? '');
  const [values, setValues] = useState<readonly string[]>(starting);
  const isWhole = fields.every(({ isOptional }, index) => isOptional === true || values[index]?.trim() !== '');
  const heads = [...fields.map(({ label }) => label), ...(choice === undefined ? [] : [choice.label])];
  return (
    <form
      className={styles['rules']}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWhole) return;
        onAdd(values.map((value) => value.trim()));
        setValues(fields.map(() => ''));
      }}
    >
      <h3>{title}</h3>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head}>{head}</th>
            ))}
            <th aria-label="Change" />
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={`${index} ${row.join(' ')}`}>
              {row.map((text, column) => (
                <td key={heads[column]}>{text === '' ? UNKNOWN : text}</td>
              ))}
              <td>
                <button type="button" className={styles['plain']} disabled={isBusy} onClick={() => onRemove(index)}>
                  Remove
                </button>
              </td>
            </tr>
          ))}
          <tr>
            {fields.map((field, index) => (
              <td key={field.label}>
                <input
                  aria-label={`${title}: ${field.label}`}
                  value={values[index] ?? ''}
                  spellCheck={false}
                  autoComplete="off"
                  // The reader pressed "Map by hand" and expects to type here.
                  ref={(input) => {
                    if (field.isFocused === true && values === starting) input?.focus();
                  }}
                  onChange={(event) =>
                    setValues(values.map((value, place) => (place === index ? event.target.value : value)))
                  }
                />
              </td>
            ))}
            {choice !== undefined && (
              <td>
                <select
                  aria-label={`${title}: ${choice.label}`}
                  value={choice.value}
                  onChange={(event) => {
                    const chosen = choice.values.find((value) => value === event.target.value);
                    if (chosen !== undefined) choice.onChoose(chosen);
                  }}
                >
                  {choice.values.map((value) => (
                    <option key={value}>{value}</option>
                  ))}
                </select>
              </td>
            )}
            <td>
              <button type="submit" className={styles['plain']} disabled={isBusy || !isWhole}>
                <Icon name="plus" size={12} />
                Add
              </button>
            </td>
          </tr>
        </tbody>
      </table>
    </form>
  );
}

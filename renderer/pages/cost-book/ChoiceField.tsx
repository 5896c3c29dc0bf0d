import { useId } from 'react';
import styles from './Fields.module.css';
import { useTrouble } from './form-context.tsx';

type ChoiceFieldProps<Value extends string> = {
  readonly label: string;
  readonly path?: string;
  readonly value: Value;
  readonly choices: readonly { readonly value: Value; readonly name: string }[];
  readonly hint?: string;
  readonly name?: string;
  readonly isCell?: boolean;
  readonly onChange: (value: Value) => void;
};

/** One of a few. */
export function ChoiceField<Value extends string>(props: ChoiceFieldProps<Value>) {
  const { label, path = '', value, choices, hint = '', isCell = false } = props;
  const id = useId();
  const trouble = useTrouble(path);
  return (
    <div className={styles['field']} data-cell={isCell}>
      <label htmlFor={id} className={isCell ? 'unseen' : undefined}>
        {props.name ?? label}
      </label>
      <span className={styles['input']} data-state={trouble === null ? 'plain' : 'wrong'} data-kind="choice">
        <select
          id={id}
          value={value}
          onChange={(event) => {
            const chosen = choices.find((choice) => choice.value === event.target.value);
            if (chosen !== undefined) props.onChange(chosen.value);
          }}
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.name}
            </option>
          ))}
        </select>
      </span>
      {(!isCell || trouble !== null) && (
        <output className={styles['line']} data-state={trouble === null ? 'plain' : 'wrong'}>
          {trouble ?? hint}
        </output>
      )}
    </div>
  );
}

import { useId } from 'react';
import { Icon } from '#renderer/components/Icon.tsx';
import styles from './Fields.module.css';
import { useTrouble } from './form-context.tsx';

type TextFieldProps = {
  readonly label: string;
  readonly path: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly suggestions?: readonly string[];
  readonly size?: 'middle' | 'long';
  readonly maxLength?: number;
  readonly hint?: string;
  readonly name?: string;
  readonly isCell?: boolean;
  readonly onChange: (value: string) => void;
};

/** A text with what the fleet knows offered beneath it; a wrong one is said at the field. */
export function TextField(props: TextFieldProps) {
  const { label, path, value, suggestions = [], size = 'middle', hint = '', isCell = false } = props;
  const id = useId();
  const trouble = useTrouble(path);
  return (
    <div className={styles['field']} data-size={size} data-cell={isCell}>
      <label htmlFor={id} className={isCell ? 'unseen' : undefined}>
        {props.name ?? label}
      </label>
      <span className={styles['input']} data-state={trouble === null ? 'plain' : 'wrong'} data-kind="text">
        <input
          id={id}
          value={value}
          maxLength={props.maxLength ?? 512}
          placeholder={props.placeholder}
          list={suggestions.length > 0 ? `${id}-list` : undefined}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={trouble !== null}
          aria-describedby={`${id}-line`}
          onChange={(event) => props.onChange(event.target.value)}
        />
      </span>
      {suggestions.length > 0 && (
        <datalist id={`${id}-list`}>
          {suggestions.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </datalist>
      )}
      {(!isCell || trouble !== null) && (
        <output id={`${id}-line`} className={styles['line']} data-state={trouble === null ? 'plain' : 'wrong'}>
          {trouble !== null && <Icon name="bad" size={11} />}
          {trouble ?? hint}
        </output>
      )}
    </div>
  );
}

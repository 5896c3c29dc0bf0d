import { useId, useState } from 'react';
import { Icon } from '#renderer/components/Icon.tsx';
import { Popover } from '#renderer/components/Popover.tsx';
import styles from './CostBookPage.module.css';

type NameAdderProps = {
  readonly label: string;
  readonly field: string;
  readonly suggestions: readonly string[];
  readonly onAdd: (name: string) => void;
};

/** Adds something by its name: those that the fleet knows are one press away. */
export function NameAdder({ label, field, suggestions, onAdd }: NameAdderProps) {
  return (
    <Popover
      label={label}
      className={styles['plain']}
      button={
        <>
          <Icon name="plus" size={12} />
          {label}
        </>
      }
    >
      {(close) => (
        <NamePanel
          field={field}
          suggestions={suggestions}
          onAdd={(name) => {
            onAdd(name);
            close();
          }}
        />
      )}
    </Popover>
  );
}

const SUGGESTIONS_MAX = 12;

function NamePanel({ field, suggestions, onAdd }: Omit<NameAdderProps, 'label'>) {
  const id = useId();
  const [name, setName] = useState('');
  const add = (): void => {
    if (name.trim() !== '') onAdd(name.trim());
  };
  return (
    <div className={styles['namePanel']}>
      <label htmlFor={id}>{field}</label>
      <span>
        <input
          id={id}
          value={name}
          maxLength={512}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
        />
        <button type="button" className={styles['plain']} disabled={name.trim() === ''} onClick={add}>
          Add
        </button>
      </span>
      {suggestions.slice(0, SUGGESTIONS_MAX).map((suggestion) => (
        <button key={suggestion} type="button" className={styles['suggestion']} onClick={() => onAdd(suggestion)}>
          {suggestion}
        </button>
      ))}
    </div>
  );
}

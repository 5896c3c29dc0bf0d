import styles from './ChoiceMenu.module.css';
import { Icon } from './Icon.tsx';

type ChoiceMenuProps<Value extends string> = {
  readonly title: string;
  readonly choices: readonly { readonly value: Value; readonly name: string; readonly meaning?: string }[];
  readonly value: Value;
  readonly onChoose: (value: Value) => void;
};

/** One of a few, each with what it means. */
export function ChoiceMenu<Value extends string>({ title, choices, value, onChoose }: ChoiceMenuProps<Value>) {
  return (
    <fieldset aria-label={title} className={styles['menu']}>
      <h3>{title}</h3>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          onClick={() => onChoose(choice.value)}
        >
          <span className={styles['mark']}>{choice.value === value && <Icon name="good" size={12} />}</span>
          <span>
            {choice.name}
            {choice.meaning !== undefined && <small>{choice.meaning}</small>}
          </span>
        </button>
      ))}
    </fieldset>
  );
}

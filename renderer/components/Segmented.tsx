import styles from './Segmented.module.css';

type SegmentedProps<Value extends string> = {
  readonly label: string;
  readonly choices: readonly { readonly value: Value; readonly name: string }[];
  readonly value: Value;
  readonly onChoose: (value: Value) => void;
};

/** A few choices side by side, one of which holds. */
export function Segmented<Value extends string>({ label, choices, value, onChoose }: SegmentedProps<Value>) {
  return (
    <fieldset aria-label={label} className={styles['group']}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          onClick={() => onChoose(choice.value)}
        >
          {choice.name}
        </button>
      ))}
    </fieldset>
  );
}

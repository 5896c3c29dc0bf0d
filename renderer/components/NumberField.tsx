import { useId } from 'react';
import styles from './NumberField.module.css';

type NumberFieldProps = {
  readonly label: string;
  /** Printed beside the field. */
  readonly unit: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
};

/** A number with its unit beside it. What is not a number, or out of range, is marked and keeps the form from being sent. */
export function NumberField({ label, unit, value, min, max, onChange }: NumberFieldProps) {
  const id = useId();
  return (
    <div className={styles['field']}>
      <label htmlFor={id}>{label}</label>
      <span>
        <input
          id={id}
          type="number"
          step="any"
          required
          min={min}
          max={max}
          defaultValue={Number(value.toPrecision(6))}
          onChange={(event) => {
            if (event.target.validity.valid) onChange(event.target.valueAsNumber);
          }}
        />
        <small>{unit}</small>
      </span>
    </div>
  );
}

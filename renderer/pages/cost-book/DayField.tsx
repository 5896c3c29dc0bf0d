import { useState } from 'react';
import { TextField } from './TextField.tsx';

type DayFieldProps = {
  readonly label: string;
  readonly path: string;
  /** A day such as `2026-08-14`; null where none is told. */
  readonly value: string | null;
  readonly hint?: string;
  readonly name?: string;
  readonly isCell?: boolean;
  /** Null: the field is empty. What is no day is passed on as it is, and refused where the draft is checked. */
  readonly onChange: (day: string | null) => void;
};

/** A day as it is printed everywhere: year, month, day. */
export function DayField({ value, onChange, ...rest }: DayFieldProps) {
  const [typed, setTyped] = useState('');
  const told = typed.trim() === '' ? null : typed.trim();
  // What is no day yet stands as it is typed, also where nothing can be kept of it.
  const isTyping = told === value || (value === null && told !== null && !/^\d{4}-\d{2}-\d{2}$/u.test(told));
  return (
    <TextField
      {...rest}
      value={isTyping ? typed : (value ?? '')}
      placeholder="2026-08-14"
      maxLength={10}
      onChange={(text) => {
        setTyped(text);
        onChange(text.trim() === '' ? null : text.trim());
      }}
    />
  );
}

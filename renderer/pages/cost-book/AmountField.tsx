import { useId, useState } from 'react';
import { Icon } from '#renderer/components/Icon.tsx';
import { isPlausible, type PlausibleRange } from '#shared/cost/plausibility.ts';
import styles from './Fields.module.css';
import { useTrouble } from './form-context.tsx';
import { readNumber, writeNumber } from './number-text.ts';

type AmountFieldProps = {
  readonly label: string;
  /** Printed in the field, behind the number. */
  readonly unit: string;
  /** Where the value stands in the revision: its trouble is looked up there. */
  readonly path: string;
  readonly value: number | null;
  /** What is shown is the value times this: 100 for a share in percent. */
  readonly scale?: number;
  /** What is usual, in the unit that is shown. */
  readonly usual?: PlausibleRange;
  /** What an empty field means, where it may be empty. */
  readonly whenEmpty?: string;
  /** Stands under the field in place of what is usual. */
  readonly hint?: string;
  /** Says the whole name where the label is short, as in the cell of a table. */
  readonly name?: string;
  readonly isCell?: boolean;
  readonly onChange: (value: number | null) => void;
};

/** A number with its unit in the field, and what is usual under it. A wrong or unlikely entry is said there at once. */
export function AmountField(props: AmountFieldProps) {
  const { label, unit, path, value, scale = 1, whenEmpty, name, isCell = false } = props;
  const id = useId();
  const trouble = useTrouble(path);
  const [typed, setTyped] = useState('');
  const [isLeft, setLeft] = useState(false);
  const shown = value === null ? null : Number((value * scale).toPrecision(12));
  // What was typed stands while it says the value: `0.10` is not made into `0.1` under the hand.
  const text = sameNumber(entered(typed, whenEmpty !== undefined), shown) ? typed : shownText(shown);
  const isWaiting = text === '' && Number.isNaN(value) && !isLeft;
  const line = lineOf(props, { trouble: isWaiting ? null : trouble, shown });
  return (
    <div className={styles['field']} data-cell={isCell}>
      <label htmlFor={id} className={isCell ? 'unseen' : undefined}>
        {name ?? label}
      </label>
      <span className={styles['input']} data-state={isWaiting ? 'waiting' : line.state}>
        <input
          id={id}
          value={text}
          inputMode="decimal"
          autoComplete="off"
          spellCheck={false}
          placeholder={whenEmpty}
          aria-invalid={line.state === 'wrong'}
          aria-describedby={`${id}-line`}
          onBlur={() => setLeft(true)}
          onChange={(event) => {
            setTyped(event.target.value);
            const read = entered(event.target.value, whenEmpty !== undefined);
            props.onChange(read === null ? null : Number((read / scale).toPrecision(12)));
          }}
        />
        <small>{unit}</small>
      </span>
      {(!isCell || line.state !== 'plain') && (
        <output id={`${id}-line`} className={styles['line']} data-state={line.state}>
          {line.state !== 'plain' && <Icon name={line.state === 'wrong' ? 'bad' : 'late'} size={11} />}
          {line.text}
        </output>
      )}
    </div>
  );
}

type Line = { readonly state: 'plain' | 'unlikely' | 'wrong'; readonly text: string };

function lineOf(
  { usual, hint, scale = 1 }: AmountFieldProps,
  { trouble, shown }: { readonly trouble: string | null; readonly shown: number | null },
): Line {
  if (trouble !== null) return { state: 'wrong', text: scaledTrouble(trouble, scale) };
  if (usual === undefined) return { state: 'plain', text: hint ?? '' };
  const words = `${writeNumber(usual.from)} to ${writeNumber(usual.to)}`;
  if (shown === null || isPlausible(shown, usual)) return { state: 'plain', text: hint ?? `usual ${words}` };
  return { state: 'unlikely', text: `Usual is ${words}: check the unit.` };
}

/** A bound is known in the unit that is stored; it is said in the one that is shown. */
function scaledTrouble(trouble: string, scale: number): string {
  return scale === 1
    ? trouble
    : trouble.replace(/\d+(?:\.\d+)?/u, (bound) => writeNumber(Number((Number(bound) * scale).toPrecision(6))));
}

function entered(text: string, mayBeEmpty: boolean): number | null {
  return text.trim() === '' && mayBeEmpty ? null : readNumber(text);
}

function shownText(shown: number | null): string {
  return shown === null ? '' : writeNumber(shown);
}

function sameNumber(one: number | null, other: number | null): boolean {
  return Object.is(one, other);
}

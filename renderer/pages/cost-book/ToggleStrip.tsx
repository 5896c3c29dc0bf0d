import { useRef, useState } from 'react';
import { between, pressed, withValues } from './toggle-strip.ts';
import styles from './ToggleStrip.module.css';

type ToggleStripProps = {
  readonly label: string;
  readonly values: readonly number[];
  readonly nameOf: (value: number) => string;
  readonly shortOf: (value: number) => string;
  /** Empty: any. */
  readonly chosen: readonly number[];
  readonly onChange: (chosen: readonly number[]) => void;
};

/**
 * Months, days or hours in a row. A press turns one over, dragging takes all on the way; with the keys, arrows move, space
 * turns over, and shift with an arrow takes along.
 */
export function ToggleStrip({ label, values, nameOf, shortOf, chosen, onChange }: ToggleStripProps) {
  const row = useRef<HTMLFieldSetElement>(null);
  const [focused, setFocused] = useState(values[0] ?? 0);
  // What a drag began with: each step is worked out from there, so that going back takes nothing along.
  const drag = useRef<{ readonly from: number; readonly isOn: boolean; readonly before: readonly number[] } | null>(
    null,
  );
  const isOn = (value: number): boolean => chosen.includes(value);
  const dragTo = (value: number): void => {
    const begun = drag.current;
    if (begun === null) return;
    onChange(withValues(begun.before, { values: between(begun.from, value, values), isOn: begun.isOn }, values));
  };
  const moveTo = (value: number | undefined, takesAlong: boolean): void => {
    if (value === undefined) return;
    if (takesAlong) onChange(withValues(chosen, { values: [value], isOn: isOn(focused) }, values));
    setFocused(value);
    row.current?.querySelector<HTMLElement>(`[data-value="${value}"]`)?.focus();
  };
  return (
    <div className={styles['strip']}>
      <span>{label}</span>
      <fieldset
        ref={row}
        aria-label={label}
        className={styles['row']}
        data-any={chosen.length === 0}
        onPointerLeave={() => {
          drag.current = null;
        }}
      >
        {values.map((value) => (
          <button
            key={value}
            type="button"
            data-value={value}
            tabIndex={value === focused ? 0 : -1}
            aria-pressed={isOn(value)}
            aria-label={nameOf(value)}
            title={nameOf(value)}
            onFocus={() => setFocused(value)}
            onPointerDown={(event) => {
              event.currentTarget.releasePointerCapture(event.pointerId);
              drag.current = { from: value, isOn: !isOn(value), before: chosen };
              dragTo(value);
            }}
            onPointerEnter={(event) => {
              if (event.buttons === 1) dragTo(value);
            }}
            onPointerUp={() => {
              drag.current = null;
            }}
            onKeyDown={(event) => {
              if (event.key === ' ' || event.key === 'Enter') {
                event.preventDefault();
                onChange(pressed(chosen, value, values));
              }
              const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
              if (step === 0) return;
              event.preventDefault();
              moveTo(values[values.indexOf(value) + step], event.shiftKey);
            }}
          >
            {shortOf(value)}
          </button>
        ))}
      </fieldset>
      <button type="button" className={styles['any']} aria-pressed={chosen.length === 0} onClick={() => onChange([])}>
        any
      </button>
    </div>
  );
}

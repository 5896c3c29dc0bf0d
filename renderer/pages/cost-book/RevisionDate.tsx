import { useId, useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Icon, type IconName } from '#renderer/components/Icon.tsx';
import { Popover } from '#renderer/components/Popover.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { instantFromInput } from '#renderer/state/range-spec.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { formatInstant, zoneLabel, type ZoneName } from '#shared/units/format-time.ts';
import type { Draft } from './cost-book-draft.ts';
import styles from './CostBookPage.module.css';

type Placed = { readonly draft: Draft; readonly index: number };

type RevisionDateProps = {
  readonly button: string;
  readonly icon: IconName;
  /** What stands in the field at first; today when left out. */
  readonly start?: EpochMs;
  /** Null: a revision begins then already. */
  readonly apply: (from: EpochMs) => Placed | null;
  readonly onDone: (next: Placed) => void;
};

/** Asks from when prices hold, and does it. */
export function RevisionDate({ button, icon, start, apply, onDone }: RevisionDateProps) {
  return (
    <Popover
      label={button}
      button={
        <>
          <Icon name={icon} size={12} />
          {button}
        </>
      }
    >
      {(close) => (
        <DatePanel
          {...(start === undefined ? {} : { start })}
          apply={apply}
          onDone={(next) => {
            onDone(next);
            close();
          }}
        />
      )}
    </Popover>
  );
}

function DatePanel({ start, apply, onDone }: Pick<RevisionDateProps, 'start' | 'apply' | 'onDone'>) {
  const { zone } = usePage();
  const { clock } = useBackend();
  const id = useId();
  const now = clock.now();
  const [text, setText] = useState(() =>
    start === undefined ? `${formatInstant(now, zone, 'date')} 00:00` : formatInstant(start, zone, 'input'),
  );
  const [trouble, setTrouble] = useState<string | null>(null);
  const submit = (): void => {
    const from = instantFromInput(text, zone, now);
    if (from === null || from < 0) return setTrouble('Write a date such as 2026-11-01 00:00.');
    const next = apply(from);
    if (next === null) return setTrouble('A revision begins then already.');
    onDone(next);
  };
  return (
    <div className={styles['namePanel']}>
      <label htmlFor={id}>Prices hold from, {zoneLabel(now, zone)}</label>
      <span>
        <input
          id={id}
          value={text}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={trouble !== null}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            submit();
          }}
        />
        <button type="button" className={styles['plain']} onClick={submit}>
          {start === undefined ? 'Add' : 'Move'}
        </button>
      </span>
      {trouble !== null && <p role="alert">{trouble}</p>}
      {quickDates(now, zone).map(({ name, date }) => (
        <button key={name} type="button" className={styles['suggestion']} onClick={() => setText(date)}>
          {name}
          <small>{date}</small>
        </button>
      ))}
    </div>
  );
}

/** Days that prices begin on more often than on others. */
function quickDates(now: EpochMs, zone: ZoneName): readonly { readonly name: string; readonly date: string }[] {
  const today = formatInstant(now, zone, 'date');
  const [year = 0, month = 0] = today.split('-').map(Number);
  const firstOf = (count: number): string => {
    const [monthOf, yearOf] = count > 12 ? [count - 12, year + 1] : [count, year];
    return `${yearOf}-${String(monthOf).padStart(2, '0')}-01 00:00`;
  };
  return [
    { name: 'Now', date: formatInstant(now, zone, 'input') },
    { name: 'Today', date: `${today} 00:00` },
    { name: 'This month', date: firstOf(month) },
    { name: 'Next month', date: firstOf(month + 1) },
  ];
}

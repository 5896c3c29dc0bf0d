import { CopyButton } from '#renderer/components/CopyButton.tsx';
import { Icon, type IconName } from '#renderer/components/Icon.tsx';
import type { Signal, SignalGroup, SignalState } from '#shared/model/signal.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import styles from './SourceDrawer.module.css';

const SHAPES: Readonly<Record<SignalState, IconName>> = {
  found: 'good',
  renamed: 'info',
  stale: 'late',
  absent: 'close',
};

const TITLES = { gpu: 'GPUs', engine: 'engines', power: 'Power beyond the boards' } as const;

/** The signals of things that are alike: what is told in one line each, and below them the next step for each gap. */
export function SignalGroupList({ group }: { readonly group: SignalGroup }) {
  const gaps = group.signals.filter(({ next }) => next !== null);
  return (
    <div className={styles['group']}>
      <h4>{titleOf(group)}</h4>
      <ul className={styles['signals']}>
        {group.signals.map((signal) => (
          <li key={signal.name} data-signal-state={signal.state}>
            <Icon name={SHAPES[signal.state]} size={12} />
            <span>{signal.label}</span>
            <em>{heardText(signal, group)}</em>
            <code title={signal.from ?? ''}>{signal.from ?? ''}</code>
          </li>
        ))}
      </ul>
      {gaps.length > 0 && (
        <details className={styles['gaps']}>
          <summary>
            {formatNumber(gaps.length, 0)} {gaps.length === 1 ? 'gap' : 'gaps'}, and how to close{' '}
            {gaps.length === 1 ? 'it' : 'them'}
          </summary>
          <ul>
            {gaps.map((signal) => (
              <Gap key={signal.name} signal={signal} />
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function titleOf({ of, name, count }: SignalGroup): string {
  if (of === 'power') return TITLES.power;
  return of === 'gpu'
    ? `${formatNumber(count, 0)} × ${name}`
    : `${formatNumber(count, 0)} ${name} ${count === 1 ? 'engine' : TITLES.engine}`;
}

/** The word of the state, with the count where not all tell it. */
function heardText({ state, heard }: Signal, { of, count }: SignalGroup): string {
  if (state === 'absent' || state === 'stale' || of === 'power' || heard === count) return state;
  return `${formatNumber(heard, 0)} of ${formatNumber(count, 0)}`;
}

function Gap({ signal }: { readonly signal: Signal }) {
  const { label, note, next } = signal;
  return (
    <li>
      <b>{label}</b>
      <p>
        {next?.text} {note}
      </p>
      {next !== null && next.copy !== null && (
        <div>
          <code>{next.copy}</code>
          <CopyButton text={next.copy} label="Copy" className={styles['copy']} />
        </div>
      )}
    </li>
  );
}

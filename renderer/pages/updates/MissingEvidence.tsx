import { usePage } from '#renderer/state/page-context.tsx';
import type { UpdateSummary, UpdateVerdict } from '#shared/contract/savings-schema.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import styles from './UpdatesPage.module.css';
import { changePercent } from './update-words.ts';

const REASONS: Readonly<Record<UpdateVerdict, string>> = {
  'insufficient days': 'Too early to say: a week is needed on each side, so that each day of it is there once.',
  'insufficient overlap': 'Most of the work since ran at another load or with other lengths than any before it.',
  'unstable baseline': 'Before the change, GPU time per token moved by itself by as much as half of what is seen now.',
  inconclusive: 'The interval lies on both sides of zero: it may have helped or harmed.',
  'no material change': 'The evidence is too weak for a number.',
  saving: 'The evidence is too weak for a number.',
  regression: 'The evidence is too weak for a number.',
};

/** What is missing before a number may be shown, and when it will be there. No amount, and nothing in the ledger. */
export function MissingEvidence({ summary }: { readonly summary: UpdateSummary }) {
  const { zone } = usePage();
  const { daysBefore, daysAfter, daysNeeded, coverage, coverageNeeded, readyAt, rawChange, verdict } = summary;
  return (
    <div className={styles['missing']}>
      <p>{REASONS[verdict]}</p>
      {daysBefore < daysNeeded && (
        <Progress
          name="Days before the change"
          share={daysBefore / daysNeeded}
          mark={1}
          text={`${daysBefore} of ${daysNeeded}`}
        />
      )}
      <Progress
        name="Days after the change"
        share={daysAfter / daysNeeded}
        mark={1}
        text={`${daysAfter} of ${daysNeeded}`}
      />
      <Progress
        name="Comparable tokens"
        share={coverage}
        mark={coverageNeeded}
        text={`${formatWithUnit(coverage, 'ratio', { decimals: 0 })}, needs ${formatWithUnit(coverageNeeded, 'ratio', { decimals: 0 })}`}
      />
      <dl className={styles['facts']}>
        <dt>Ready, earliest</dt>
        <dd>
          {readyAt === null
            ? daysAfter < daysNeeded
              ? 'waiting does not help'
              : '–'
            : formatInstant(readyAt, zone, 'day')}
        </dd>
        <dt>Not adjusted</dt>
        <dd className={styles['grey']}>{changePercent(rawChange)}, load and mix in it</dd>
      </dl>
      <small>No amount shown; the ledger stays as it is.</small>
    </div>
  );
}

type ProgressProps = {
  readonly name: string;
  /** 0 to 1 of the bar, and the place of the mark to reach. */
  readonly share: number;
  readonly mark: number;
  readonly text: string;
};

function Progress({ name, share, mark, text }: ProgressProps) {
  return (
    <div className={styles['progress']}>
      <span>{name}</span>
      <span>{text}</span>
      <div>
        <i style={{ width: `${Math.min(1, share) * 100}%` }} />
        <u style={{ left: `calc(${mark * 100}% - 1px)` }} />
      </div>
    </div>
  );
}

import { Icon } from '#renderer/components/Icon.tsx';
import type { UpdateSummary } from '#shared/contract/savings-schema.ts';
import styles from './UpdatesPage.module.css';
import { gradeWords, VERDICT_LOOKS } from './update-words.ts';

/** Verdict first, then how good the evidence is: never one without the other. */
export function VerdictBadge({ summary }: { readonly summary: UpdateSummary }) {
  const look = VERDICT_LOOKS[summary.verdict];
  return (
    <p className={styles['badges']}>
      <span className={styles['verdict']} data-tone={look.tone}>
        <Icon name={look.icon} size={12} />
        {look.words}
      </span>
      {look.tone === 'waiting' ? (
        <small>no grade yet</small>
      ) : (
        <>
          <Grade grade={summary.grade} />
          <small>{gradeWords(summary)}</small>
        </>
      )}
    </p>
  );
}

export function Grade({ grade }: Pick<UpdateSummary, 'grade'>) {
  return (
    <abbr className={styles['grade']} title={`Grade ${grade}: A randomised, B control pool, C clean placebo, D weak`}>
      {grade}
    </abbr>
  );
}

import type { LedgerRow, UpdateSummary } from '#shared/contract/savings-schema.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import { EstimateAxis } from './EstimateAxis.tsx';
import { ChangeHead, Effect } from './EvidenceCard.tsx';
import { FreedFact } from './FreedFact.tsx';
import { MissingEvidence } from './MissingEvidence.tsx';
import styles from './UpdatesPage.module.css';
import { deploymentWords, VERDICT_LOOKS } from './update-words.ts';

type SideCardProps = {
  readonly summary: UpdateSummary;
  readonly row: LedgerRow | null;
  readonly window: TimeRange;
  readonly onChoose: (id: string) => void;
};

/** Another change in short: what is missing, or what it saves or costs. */
export function SideCard({ summary, row, window, onChoose }: SideCardProps) {
  const { effect, change, verdict } = summary;
  const tone = VERDICT_LOOKS[verdict].tone;
  return (
    <article className={styles['side']}>
      <ChangeHead summary={summary} />
      {effect === null ? (
        <MissingEvidence summary={summary} />
      ) : (
        <>
          <Effect summary={summary} effect={effect} window={window} />
          <EstimateAxis
            estimates={[
              {
                name: '',
                change: effect.change,
                interval: effect,
                tone: tone === 'good' || tone === 'bad' ? tone : 'main',
              },
            ]}
          />
          <dl className={styles['facts']}>
            {row !== null && row.freed !== null && (
              <FreedFact of={deploymentWords(change.deployment)} freed={row.freed} value={row.value} window={window} />
            )}
            <dt>Comparable</dt>
            <dd>{formatWithUnit(summary.coverage, 'ratio', { decimals: 0 })} of tokens</dd>
            {change.isBundle && (
              <>
                <dt>Bundle</dt>
                <dd>{change.fields.length} things at once</dd>
              </>
            )}
          </dl>
        </>
      )}
      <button type="button" className={styles['more']} onClick={() => onChoose(change.id)}>
        See evidence
      </button>
    </article>
  );
}

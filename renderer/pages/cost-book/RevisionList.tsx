import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import type { EpochMs } from '#shared/time/instant.ts';
import { formatInstant, type ZoneName } from '#shared/units/format-time.ts';
import { indexInForce, withBegin, withCopy, withNewRevision, withoutRevision, type Draft } from './cost-book-draft.ts';
import styles from './CostBookPage.module.css';
import type { Change } from './draft-history.ts';
import { troublesInRevision, type Troubles } from './draft-troubles.ts';
import { changesBetween, changesSummary } from './revision-changes.ts';
import { RevisionDate } from './RevisionDate.tsx';
import { RevisionDifferences } from './RevisionDifferences.tsx';

type RevisionListProps = {
  readonly draft: Draft;
  readonly chosen: number;
  readonly troubles: Troubles;
  readonly onChoose: (index: number) => void;
  readonly onChange: (draft: Draft, chosen: number, change: Change) => void;
};

/** Rates by the date they begin: the past keeps the prices that were true then. */
export function RevisionList({ draft, chosen, troubles, onChoose, onChange }: RevisionListProps) {
  const { zone } = usePage();
  const { clock } = useBackend();
  const inForce = indexInForce(draft, clock.now());
  const revision = draft[chosen];
  if (revision === undefined) return null;
  return (
    <section className={styles['revisions']}>
      <h1>Cost book</h1>
      <ol>
        {draft.map((one, index) => (
          <li key={one.from}>
            <button type="button" aria-pressed={index === chosen} onClick={() => onChoose(index)}>
              <b>r{index + 1}</b>
              <span>{one.from <= 0 ? 'from the beginning' : `from ${beginWords(one.from, zone)}`}</span>
              <small>
                {index === inForce && <em>in force</em>}
                {one.from > clock.now() && index > 0 && <em>to come</em>}
                {troublesInRevision(troubles, index) > 0 && (
                  <span className={styles['wrong']}>
                    <Icon name="bad" size={11} />
                    to fill
                  </span>
                )}
                {index > 0 && changesSummary(changesBetween(draft[index - 1] ?? one, one))}
              </small>
            </button>
          </li>
        ))}
      </ol>
      <div className={styles['revisionActions']}>
        <RevisionDate
          button="New prices from…"
          icon="plus"
          apply={(from) => withNewRevision(draft, from)}
          onDone={(next) => onChange(next.draft, next.index, { key: null, did: `added r${next.index + 1}` })}
        />
        <RevisionDate
          button={`Duplicate r${chosen + 1}`}
          icon="copy"
          apply={(from) => withCopy(draft, revision, from)}
          onDone={(next) => onChange(next.draft, next.index, { key: null, did: `duplicated r${chosen + 1}` })}
        />
        {chosen > 0 && (
          <RevisionDate
            button="Change its date"
            icon="waiting"
            start={revision.from}
            apply={(from) => withBegin(draft, chosen, from)}
            onDone={(next) => onChange(next.draft, next.index, { key: null, did: `moved r${chosen + 1}` })}
          />
        )}
        {draft.length > 1 && (
          <button
            type="button"
            onClick={() =>
              onChange(withoutRevision(draft, chosen), Math.max(0, chosen - 1), {
                key: null,
                did: `removed r${chosen + 1}`,
              })
            }
          >
            <Icon name="close" size={12} />
            Remove r{chosen + 1}
          </button>
        )}
      </div>
      {draft.length > 1 && <RevisionDifferences key={chosen} draft={draft} chosen={chosen} />}
    </section>
  );
}

/** A day where prices begin with it, else the minute too. */
function beginWords(from: EpochMs, zone: ZoneName): string {
  return formatInstant(from, zone, formatInstant(from, zone, 'time') === '00:00' ? 'date' : 'input');
}

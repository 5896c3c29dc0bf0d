import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { instantFromInput } from '#renderer/state/range-spec.ts';
import { usePage } from '#renderer/state/page-context.tsx';
import { formatInstant, zoneLabel } from '#shared/units/format-time.ts';
import { withNewRevision, withoutRevision, type Draft } from './cost-book-draft.ts';
import styles from './CostBookPage.module.css';

type RevisionListProps = {
  readonly draft: Draft;
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
  readonly onChange: (draft: Draft, chosen: number) => void;
};

/** Rates by the date they begin: the past keeps the prices that were true then. */
export function RevisionList({ draft, chosen, onChoose, onChange }: RevisionListProps) {
  const { zone } = usePage();
  const { clock } = useBackend();
  const inForce = draft.findLastIndex((revision) => revision.from <= clock.now());
  return (
    <section className={styles['revisions']}>
      <h1>Cost book</h1>
      <ol>
        {draft.map((revision, index) => (
          <li key={revision.from}>
            <button type="button" aria-pressed={index === chosen} onClick={() => onChoose(index)}>
              <b>r{index + 1}</b>
              <span>
                {revision.from <= 0 ? 'from the beginning' : `from ${formatInstant(revision.from, zone, 'input')}`}
              </span>
              {index === Math.max(0, inForce) && <small>in force</small>}
            </button>
          </li>
        ))}
      </ol>
      <NewRevision draft={draft} onChange={onChange} />
      {draft.length > 1 && (
        <button
          type="button"
          className={styles['plain']}
          onClick={() => onChange(withoutRevision(draft, chosen), Math.max(0, chosen - 1))}
        >
          Delete r{chosen + 1}
        </button>
      )}
    </section>
  );
}

function NewRevision({ draft, onChange }: Pick<RevisionListProps, 'draft' | 'onChange'>) {
  const { zone } = usePage();
  const { clock } = useBackend();
  const [text, setText] = useState(() => formatInstant(clock.now(), zone, 'input'));
  const [trouble, setTrouble] = useState<string | null>(null);
  const add = (): void => {
    const from = instantFromInput(text, zone, clock.now());
    const made = from === null ? null : withNewRevision(draft, from);
    if (made === null)
      setTrouble(from === null ? 'Write a date such as 2026-11-01 00:00.' : 'A revision begins then already.');
    else onChange(made.draft, made.index);
  };
  return (
    <div className={styles['newRevision']}>
      <label>
        New prices from, {zoneLabel(clock.now(), zone)}
        <input value={text} spellCheck={false} onChange={(event) => setText(event.target.value)} />
      </label>
      {trouble !== null && <p role="alert">{trouble}</p>}
      <button type="button" className={styles['plain']} onClick={add}>
        Add revision
      </button>
    </div>
  );
}

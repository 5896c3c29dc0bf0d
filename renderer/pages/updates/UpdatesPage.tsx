import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import { Segmented } from '#renderer/components/Segmented.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { useAsked } from '#renderer/state/use-asked.ts';
import type { UpdatesAnswer } from '#shared/contract/savings-schema.ts';
import { EvidenceCard } from './EvidenceCard.tsx';
import { EvidenceTables } from './EvidenceTables.tsx';
import { MarkChange } from './MarkChange.tsx';
import { SavingsLedger } from './SavingsLedger.tsx';
import { SideCard } from './SideCard.tsx';
import styles from './UpdatesPage.module.css';
import { updateOfItem } from './update-of-event.ts';
import { besideShown, firstShown, widened } from './update-rows.ts';
import { CHANGE_KINDS, isOfKind, type ChangeKind } from './update-words.ts';
import { VersionSpans } from './VersionSpans.tsx';

const KIND_NAMES: Readonly<Record<ChangeKind, string>> = {
  all: 'All changes',
  engine: 'Engine',
  driver: 'Driver',
  settings: 'Settings',
  marked: 'Marked',
};

/** What each software update saved or cost at equal load, and how sure that is. */
export function UpdatesPage() {
  const { queries } = useBackend();
  const { window, scope } = useAsked();
  const asked = {
    key: `${window.key}, 60 d at least`,
    at: (asOf: Parameters<typeof window.at>[0]) => widened(window.at(asOf)),
  };
  const query = useQuery(queries.updates({ window: asked, scope }));
  return (
    <Answer
      query={query}
      what="Software updates"
      skeleton={<PageSkeleton />}
      isEmpty={(answer) => answer.deployments.length === 0}
      empty={
        <p className={styles['none']}>
          No engine of this scope was known in this range. Choose a later range, or leave the scope.
        </p>
      }
    >
      {(answer) => <Shown answer={answer} />}
    </Answer>
  );
}

function Shown({ answer }: { readonly answer: UpdatesAnswer }) {
  const { url, go } = usePage();
  const [isFull, setFull] = useState(false);
  const kind = CHANGE_KINDS.find((one) => one === url.tab) ?? 'all';
  const changes = answer.changes.filter(({ change }) => isOfKind(change, kind));
  const shown = updateOfItem(changes, url.item) ?? firstShown(changes);
  const choose = (id: string): void => go({ item: id });
  return (
    <div className={styles['page']}>
      <header className={styles['bar']}>
        <h1>Updates</h1>
        <span>same work, before and after; prices held at the baseline</span>
        <Segmented
          label="Kind of change"
          choices={CHANGE_KINDS.map((value) => ({ value, name: KIND_NAMES[value] }))}
          value={kind}
          onChoose={(next) => go({ tab: next === 'all' ? null : next, item: null })}
        />
        <MarkChange answer={answer} />
      </header>
      <VersionSpans answer={answer} window={answer.window} shown={shown?.change.id ?? null} onChoose={choose} />
      {shown === null ? (
        <p className={styles['none']}>
          {kind === 'all'
            ? 'No change of software is known in this range. One that nothing tells of can be marked by hand.'
            : 'No change of this kind is known in this range.'}
        </p>
      ) : (
        <div className={styles['cards']}>
          <EvidenceCard key={shown.change.id} summary={shown} window={answer.window} isFull={isFull} onFull={setFull} />
          {besideShown(changes, shown).map((summary) => (
            <SideCard
              key={summary.change.id}
              summary={summary}
              row={answer.ledger.rows.find((row) => row.id === summary.change.id) ?? null}
              window={answer.window}
              onChoose={choose}
            />
          ))}
        </div>
      )}
      {isFull && shown !== null && <EvidenceTables id={shown.change.id} />}
      <SavingsLedger answer={answer} onChoose={choose} />
      {answer.omitted > 0 && (
        <p className={styles['none']}>{answer.omitted} older changes are left out: choose a shorter range.</p>
      )}
    </div>
  );
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { CallError } from '#renderer/backend/queries.ts';
import { Icon } from '#renderer/components/Icon.tsx';
import type { CallInput } from '#shared/contract/backend-api.ts';
import type { CostBookAnswer } from '#shared/contract/cost-book-answer.ts';
import type { CostBookRevision } from '#shared/model/cost-book.ts';
import { withNewPrice, withRevision, type Draft } from './cost-book-draft.ts';
import styles from './CostBookPage.module.css';
import { EnergyFields } from './EnergyFields.tsx';
import { HardwareRow } from './HardwareRow.tsx';
import { RatesPanel } from './RatesPanel.tsx';
import { RevisionList } from './RevisionList.tsx';

export function CostBookForm({ answer }: { readonly answer: CostBookAnswer }) {
  const { client } = useBackend();
  const cache = useQueryClient();
  const [draft, setDraft] = useState<Draft>(answer.book.revisions);
  const [chosen, setChosen] = useState(answer.book.revisions.length - 1);
  // Fields keep what is being typed themselves; a new generation makes them start again from the draft.
  const [generation, setGeneration] = useState(0);
  const revision = draft[chosen] ?? draft[0];
  const isChanged = JSON.stringify(draft) !== JSON.stringify(answer.book.revisions);

  const save = useMutation({
    mutationFn: async (revisions: Draft) => {
      const result = await client.saveCostBook({ revisions: mutableCopy(revisions) });
      if (!result.ok) throw new CallError(result.failure);
      return result.value;
    },
    onSuccess: () => cache.invalidateQueries(),
  });
  if (revision === undefined) return null;

  const change = (apply: (one: CostBookRevision) => CostBookRevision): void =>
    setDraft(withRevision(draft, chosen, apply));
  const restart = (next: Draft, index: number): void => {
    setDraft(next);
    setChosen(index);
    setGeneration(generation + 1);
  };

  return (
    <form
      className={styles['page']}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(draft);
      }}
    >
      <RevisionList draft={draft} chosen={chosen} onChoose={(index) => restart(draft, index)} onChange={restart} />
      <div className={styles['main']} key={generation}>
        <section className={styles['block']}>
          <h2>Hardware</h2>
          <p>A name is looked for within the driver's product name; * is any. The longest match counts.</p>
          {revision.hardware.map((row, index) => (
            <HardwareRow
              key={`${index} ${row.terms.kind} ${row.facility === null}`}
              revision={revision}
              index={index}
              onChange={change}
              onRestart={() => setGeneration(generation + 1)}
            />
          ))}
          <button
            type="button"
            className={styles['add']}
            onClick={() => change((one) => withNewPrice(one, firstUnpriced(answer) ?? '*'))}
          >
            <Icon name="plus" size={12} />
            Add hardware
          </button>
        </section>
        <EnergyFields revision={revision} onChange={change} />
      </div>
      <RatesPanel answer={answer} revision={revision} />
      <footer className={styles['foot']}>
        <button type="submit" className={styles['save']} disabled={!isChanged || save.isPending}>
          {save.isPending ? 'Saving…' : 'Save'}
        </button>
        <button
          type="button"
          className={styles['plain']}
          disabled={!isChanged}
          onClick={() => restart(answer.book.revisions, answer.book.revisions.length - 1)}
        >
          Discard changes
        </button>
        <output>
          {save.error?.message ??
            (isChanged ? 'Not saved yet. Saving reprices all history from the dates above.' : 'Nothing to save.')}
        </output>
      </footer>
    </form>
  );
}

/** The contract's input type is mutable, as its checker infers it. */
function mutableCopy(revisions: Draft): CallInput['saveCostBook']['revisions'] {
  return revisions.map((revision) => ({ ...revision, hardware: [...revision.hardware] }));
}

/** A product of the fleet that no row prices yet: the likeliest thing to be added. */
function firstUnpriced(answer: CostBookAnswer): string | null {
  return answer.rates.find((rate) => rate.usdPerGpuHour === null)?.sku ?? null;
}

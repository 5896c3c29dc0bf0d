import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { Answer } from '#renderer/components/Answer.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import { Segmented } from '#renderer/components/Segmented.tsx';
import { Skeleton } from '#renderer/components/Skeleton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { rangeLabel, windowLabel } from '#renderer/state/range-spec.ts';
import { BASIS_WORDS } from '#renderer/state/words.ts';
import type { CostBookPreview } from '#shared/contract/cost-book-preview-schema.ts';
import { PreviewFigures } from './PreviewFigures.tsx';
import styles from './PreviewPanel.module.css';
import { PreviewRates } from './PreviewRates.tsx';
import { isOneWindow } from './preview-rows.ts';

type PreviewPanelProps = {
  readonly query: UseQueryResult<CostBookPreview>;
  /** Why the preview does not follow the draft just now; null when it does. */
  readonly waits: string | null;
  /** How the draft is applied, where it is not by its dates. */
  readonly note: string | null;
  readonly isChanged: boolean;
};

/** What the draft would make of the same facts, beside the book in force. Old values stand while new ones come. */
export function PreviewPanel({ query, waits, note, isChanged }: PreviewPanelProps) {
  return (
    <aside className={styles['panel']} aria-label="Preview of this draft" data-testid="cost-book-preview">
      <Answer query={query} what="The preview" skeleton={<PreviewSkeleton />}>
        {(preview) => <Preview preview={preview} waits={waits} note={note} isChanged={isChanged} />}
      </Answer>
    </aside>
  );
}

type PreviewProps = Omit<PreviewPanelProps, 'query'> & { readonly preview: CostBookPreview };

function Preview({ preview, waits, note, isChanged }: PreviewProps) {
  const { url, zone } = usePage();
  const [which, setWhich] = useState<'day' | 'range'>('day');
  const isOne = isOneWindow(preview);
  const shown = isOne ? preview.day : preview[which];
  return (
    <>
      <section className={styles['head']}>
        <h2>{isChanged ? 'With this draft' : 'At these prices'}</h2>
        {isOne ? (
          <span>{rangeLabel(url.range, zone).toLowerCase()}</span>
        ) : (
          <Segmented
            label="Window of the preview"
            choices={[
              { value: 'day', name: 'Last 24 h' },
              { value: 'range', name: rangeLabel(url.range, zone) },
            ]}
            value={which}
            onChoose={setWhich}
          />
        )}
        <p>
          {windowLabel(shown.window, zone)}, per million {BASIS_WORDS[url.basis].name} tokens
        </p>
        {(waits ?? note) !== null && (
          <p className={styles['note']} data-waits={waits !== null}>
            <Icon name={waits === null ? 'info' : 'late'} size={12} />
            {waits ?? note}
          </p>
        )}
      </section>
      <PreviewFigures shown={shown} isChanged={isChanged} />
      <PreviewRates rates={preview.rates} window={shown.window} isChanged={isChanged} />
      {preview.warnings.length > 0 && (
        <section>
          <h3>Worth a second look</h3>
          <ul className={styles['warnings']}>
            {preview.warnings.map((warning) => (
              <li key={warning}>
                <Icon name="late" size={12} />
                {warning}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function PreviewSkeleton() {
  return (
    <section style={{ display: 'grid', gap: 14 }}>
      <Skeleton width={140} height={18} />
      <Skeleton width={180} height={40} />
      <Skeleton height={160} />
      <Skeleton height={80} />
    </section>
  );
}

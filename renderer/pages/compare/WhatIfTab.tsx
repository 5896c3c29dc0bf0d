import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { useAsked } from '#renderer/state/use-asked.ts';
import type { WhatIf } from '#shared/contract/what-if-schema.ts';
import type { ScenarioEdit } from '#shared/model/scenario.ts';
import { KeptScenarioBar } from './KeptScenarioBar.tsx';
import { LeverForm } from './LeverForm.tsx';
import { editsFrom, editsTo } from './scenario-levers.ts';
import styles from './WhatIf.module.css';
import { WhatIfResult } from './WhatIfResult.tsx';

/** A past window under other prices or another fleet. The scenario is in the address: a link brings it back. */
export function WhatIfTab() {
  const { queries } = useBackend();
  const { url, go } = usePage();
  const asked = useAsked();
  const edits = editsFrom(url.item);
  // Fields keep what is typed; they are made anew where the whole scenario is exchanged.
  const [exchanges, setExchanges] = useState(0);
  const query = useQuery({
    ...queries.whatIf(asked, { book: null, edits }),
    placeholderData: keepPreviousData,
  });
  const change = (next: readonly ScenarioEdit[]): void => go({ item: editsTo(next) }, 'replace');
  const exchange = (next: readonly ScenarioEdit[]): void => {
    change(next);
    setExchanges(exchanges + 1);
  };
  return (
    <>
      <KeptScenarioBar edits={edits} onChoose={exchange} />
      <Answer
        query={query}
        what="The scenario"
        skeleton={<PageSkeleton />}
        isEmpty={(answer) => edits.length === 0 && answer.was.gpuHours <= 0}
        empty={<Nothing />}
      >
        {(answer: WhatIf) => (
          <div className={styles['columns']}>
            <LeverForm key={exchanges} edits={edits} answer={answer} onChange={change} onReset={() => exchange([])} />
            <WhatIfResult answer={answer} isChanged={edits.length > 0} />
          </div>
        )}
      </Answer>
    </>
  );
}

function Nothing() {
  return (
    <p className={styles['empty']}>
      No GPU of this scope was known in this range. Choose a later range, or leave the scope.
    </p>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { useAsked } from '#renderer/state/use-asked.ts';
import { NothingHeard } from '../overview/NothingHeard.tsx';
import { Breakdown } from '../overview/Breakdown.tsx';
import { ClassTable } from './ClassTable.tsx';
import { CostHero } from './CostHero.tsx';
import styles from './CostPage.module.css';
import { CostTrend } from './CostTrend.tsx';
import { EarningsPanel } from './EarningsPanel.tsx';
import { EnergyPanel } from './EnergyPanel.tsx';
import { GoodputPanel } from './GoodputPanel.tsx';
import { LimitsPanel } from './LimitsPanel.tsx';
import { ReconciliationStrip } from './ReconciliationStrip.tsx';

/** What a million tokens cost over a range, what it is made of, who it belongs to, and whether it adds up. */
export function CostPage() {
  const { queries } = useBackend();
  const { url } = usePage();
  const query = useQuery(queries.costDetail(useAsked(), url.kind));
  return (
    <Answer
      query={query}
      what="The cost"
      skeleton={<PageSkeleton />}
      isEmpty={(answer) => answer.spend.coverage.expectedSeconds <= 0 && answer.spend.value === null}
      empty={<NothingHeard />}
    >
      {(answer) => (
        <div className={styles['page']}>
          <div className={styles['top']}>
            <CostHero answer={answer} />
            <ClassTable answer={answer} />
          </div>
          <CostTrend answer={answer} />
          <Breakdown />
          <div className={styles['panels']}>
            <EnergyPanel answer={answer} />
            <EarningsPanel answer={answer} />
            <GoodputPanel answer={answer} />
          </div>
          <LimitsPanel />
          <ReconciliationStrip />
        </div>
      )}
    </Answer>
  );
}

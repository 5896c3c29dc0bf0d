import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { useAsked } from '#renderer/state/use-asked.ts';
import { CapacityTable } from './CapacityTable.tsx';
import { HourMap } from './HourMap.tsx';
import { IdleVerdict } from './IdleVerdict.tsx';
import styles from './IdlePage.module.css';
import { PlaceTable } from './PlaceTable.tsx';
import { StateMoney } from './StateMoney.tsx';
import { StrandedList } from './StrandedList.tsx';
import { Suggestions } from './Suggestions.tsx';

/** Capacity that is paid for and does nothing: what it costs, when, how much could be given back, and what to do. */
export function IdlePage() {
  const { queries } = useBackend();
  const { zone } = usePage();
  const { window, scope } = useAsked();
  const query = useQuery(queries.idleCapacity({ window, scope }, zone));
  return (
    <Answer
      query={query}
      what="Idle capacity"
      skeleton={<PageSkeleton />}
      isEmpty={(answer) => answer.states.every(({ gpuHours }) => gpuHours <= 0)}
      empty={
        <p className={styles['empty']}>
          No GPU of this scope was known in this range. Choose a later range, or leave the scope.
        </p>
      }
    >
      {(answer) => (
        <div className={styles['page']}>
          <IdleVerdict answer={answer} />
          <Suggestions answer={answer} />
          <div className={styles['columns']}>
            <StateMoney answer={answer} />
            <HourMap answer={answer} />
          </div>
          <CapacityTable answer={answer} />
          <div className={styles['columns']}>
            <StrandedList answer={answer} />
            <PlaceTable answer={answer} />
          </div>
        </div>
      )}
    </Answer>
  );
}

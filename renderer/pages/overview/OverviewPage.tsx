import { useQuery } from '@tanstack/react-query';
import { useBackend, useLiveState } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import { knownWindow } from '#renderer/state/range-spec.ts';
import { useAsked } from '#renderer/state/use-asked.ts';
import { Breakdown } from './Breakdown.tsx';
import { CostHistory } from './CostHistory.tsx';
import { EventList } from './EventList.tsx';
import { Hero } from './Hero.tsx';
import { IdleNodes } from './IdleNodes.tsx';
import { NothingHeard } from './NothingHeard.tsx';
import styles from './OverviewPage.module.css';
import { Tiles } from './Tiles.tsx';

/** Buckets of the history: at the usual widths a bucket is two to four pixels. */
export const HISTORY_BUCKETS = 300;

/** What a million tokens costs now, what it is made of, how it went, and who it belongs to. */
export function OverviewPage() {
  const { queries } = useBackend();
  const asked = useAsked();
  const overview = useQuery(queries.overview(asked));
  const { asOf } = useLiveState();
  const known = overview.data?.range.window;
  const window = known === undefined || asOf === null ? asked.window : knownWindow(asked.window, known.from, asOf);
  const series = useQuery({
    ...queries.costSeries({ ...asked, window }, HISTORY_BUCKETS),
    // Until the overview says from when on anything is known, the right steps are not known either.
    enabled: known !== undefined,
  });
  return (
    <Answer
      query={overview}
      what="The overview"
      skeleton={<PageSkeleton />}
      isEmpty={(answer) => answer.heard.until === null}
      empty={<NothingHeard />}
    >
      {(answer) => (
        <div className={styles['page']}>
          <div className={styles['top']}>
            <Hero overview={answer} series={series.data} />
            <Tiles overview={answer} series={series.data} />
          </div>
          <div className={styles['below']}>
            <div className={styles['left']}>
              <CostHistory query={series} overview={answer} />
              <Breakdown />
            </div>
            <div className={styles['side']}>
              <IdleNodes />
              <EventList events={series.data?.events ?? []} />
            </div>
          </div>
        </div>
      )}
    </Answer>
  );
}

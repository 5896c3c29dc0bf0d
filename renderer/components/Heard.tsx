import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { useAsked } from '#renderer/state/use-asked.ts';
import { useNow } from '#renderer/state/use-now.ts';
import { secondsBetween } from '#shared/time/instant.ts';
import { formatNumber, formatWithUnit } from '#shared/units/format-quantity.ts';
import { formatAge } from '#shared/units/format-time.ts';
import { CoverageRing } from './CoverageRing.tsx';
import bar from './TopBar.module.css';

/** Polls that may be missed before the age is marked. */
const LATE_POLLS = 4;

/** How old the newest fact is, how many GPUs report, and how much of the range is known. */
export function Heard() {
  const { queries } = useBackend();
  const overview = useQuery(queries.overview(useAsked())).data;
  const pollSeconds = useQuery(queries.capabilities()).data?.pollSeconds ?? 5;
  const now = useNow();
  if (overview === undefined) return null;
  const { heard } = overview;
  const age = heard.until === null ? null : Math.max(0, secondsBetween(heard.until, now));
  const { observedSeconds, expectedSeconds } = overview.range.cost.coverage;
  const coverage = expectedSeconds > 0 ? observedSeconds / expectedSeconds : null;
  const isLate = age === null || age > LATE_POLLS * pollSeconds;
  return (
    <div className={bar['heard']} data-testid="heard" data-age={isLate ? 'late' : 'fresh'}>
      <span>
        Heard <b>{formatAge(age)}</b>, {formatNumber(heard.gpusHeard, 0)} of {formatNumber(heard.gpusKnown, 0)} GPUs
        <br />
        Coverage <b>{formatWithUnit(coverage, 'ratio')}</b> of range
      </span>
      <CoverageRing share={coverage} />
    </div>
  );
}

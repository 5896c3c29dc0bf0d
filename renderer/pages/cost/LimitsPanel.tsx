import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureText } from '#renderer/components/FigureText.tsx';
import { SkeletonRows } from '#renderer/components/Skeleton.tsx';
import { useAsked } from '#renderer/state/use-asked.ts';
import type { DeploymentLimits, LimitsAnswer, ServedPeriod } from '#shared/contract/cost-schema.ts';
import { formatNumber, formatWithUnit, UNKNOWN } from '#shared/units/format-quantity.ts';
import { formatDuration } from '#shared/units/format-time.ts';
import { LIMIT_WORDS, limitsExport } from './limit-rows.ts';
import { LimitDetail } from './LimitDetail.tsx';
import styles from './CostPage.module.css';

/** What held each deployment back in the range, and how it served: growth shows, and so does degradation. */
export function LimitsPanel() {
  const { queries } = useBackend();
  const { window, scope } = useAsked();
  const query = useQuery(queries.limits({ window, scope }));
  return (
    <section className={styles['limits']} aria-label="What limits it">
      <Answer
        query={query}
        what="What limits each deployment"
        skeleton={<SkeletonRows count={4} />}
        isEmpty={(answer) => answer.deployments.length === 0}
        empty={<p className={styles['note']}>No engine of this scope had a GPU in this range.</p>}
      >
        {(answer) => <Deployments answer={answer} />}
      </Answer>
    </section>
  );
}

function Deployments({ answer }: { readonly answer: LimitsAnswer }) {
  const [chosen, choose] = useState<string | null>(null);
  const shown = answer.deployments.find((one) => one.deployment === chosen) ?? answer.deployments[0];
  return (
    <>
      <header className={styles['head']}>
        <h2>What limits it</h2>
        <span>
          share of each deployment’s time, judged in steps of {formatDuration(answer.stepSeconds)}; causes may hold at
          once
        </span>
        <ExportButton name="cost-limits" {...limitsExport(answer)} />
      </header>
      <table className={styles['table']} data-testid="limits-table">
        <thead>
          <tr>
            <th>Deployment</th>
            <th>GPUs</th>
            <th>$/Mtok</th>
            <th>First</th>
            <th>Second</th>
            <th>Requests, last whole day</th>
            <th>First token in time</th>
          </tr>
        </thead>
        <tbody>
          {answer.deployments.map((one) => (
            <Row key={one.deployment} one={one} answer={answer} isChosen={one === shown} onChoose={choose} />
          ))}
        </tbody>
      </table>
      {answer.omitted > 0 && <p className={styles['note']}>{answer.omitted} smaller deployments are not shown.</p>}
      {shown !== undefined && <LimitDetail one={shown} window={answer.window} />}
    </>
  );
}

type RowProps = {
  readonly one: DeploymentLimits;
  readonly answer: LimitsAnswer;
  readonly isChosen: boolean;
  readonly onChoose: (deployment: string) => void;
};

function Row({ one, answer, isChosen, onChoose }: RowProps) {
  const day = lastWholeDay(one.days, answer.window.to);
  return (
    <tr data-chosen={isChosen}>
      <th scope="row">
        <button type="button" aria-pressed={isChosen} onClick={() => onChoose(one.deployment)}>
          {one.deployment}
        </button>
      </th>
      <td>{formatNumber(one.gpus, 1)}</td>
      <td>
        <FigureText title={`Loaded cost of ${one.deployment}`} figure={one.cost} window={answer.window} isBare />
      </td>
      <CauseCell one={one} rank={0} answer={answer} />
      <CauseCell one={one} rank={1} answer={answer} />
      <td>{day?.requests === undefined || day.requests === null ? UNKNOWN : formatNumber(day.requests, 0)}</td>
      <td>{one.ttftTarget === null ? 'no target' : formatWithUnit(day?.ttft ?? null, 'ratio')}</td>
    </tr>
  );
}

/** Below this share of the time a cause is not worth a column. */
const WORTH_NAMING = 0.01;

function CauseCell({
  one,
  rank,
  answer,
}: {
  readonly one: DeploymentLimits;
  readonly rank: number;
  readonly answer: LimitsAnswer;
}) {
  const cause = one.causes.filter(({ share }) => (share.value ?? 0) >= WORTH_NAMING)[rank];
  if (cause === undefined) return <td className={styles['quiet']}>{rank === 0 ? 'nothing known' : UNKNOWN}</td>;
  return (
    <td data-waste={cause.key === 'little-demand'}>
      {LIMIT_WORDS[cause.key]}{' '}
      <FigureText title={`${LIMIT_WORDS[cause.key]}, ${one.deployment}`} figure={cause.share} window={answer.window} />
    </td>
  );
}

/** A day that is over; the running one has served too little to compare. */
function lastWholeDay(days: readonly ServedPeriod[], now: number): ServedPeriod | undefined {
  return days.findLast((day) => day.to <= now) ?? days.at(-1);
}

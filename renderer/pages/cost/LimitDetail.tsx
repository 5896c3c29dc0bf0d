import { useState } from 'react';
import { FigureText } from '#renderer/components/FigureText.tsx';
import { Segmented } from '#renderer/components/Segmented.tsx';
import type { DeploymentLimits, ServedPeriod } from '#shared/contract/cost-schema.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatNumber, formatWithUnit, UNKNOWN } from '#shared/units/format-quantity.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import styles from './CostPage.module.css';
import { LIMIT_WORDS } from './limit-rows.ts';

type LimitDetailProps = { readonly one: DeploymentLimits; readonly window: TimeRange };

/** All causes of one deployment with their evidence, and what it served per day or week. */
export function LimitDetail({ one, window }: LimitDetailProps) {
  return (
    <div className={styles['detail']}>
      <div>
        <h3>{one.deployment}: what held it back</h3>
        <table className={styles['causes']}>
          <tbody>
            {one.causes.map((cause) => (
              <tr key={cause.key} data-waste={cause.key === 'little-demand'} data-missing={cause.missing !== null}>
                <th scope="row">{LIMIT_WORDS[cause.key]}</th>
                <td>
                  <FigureText
                    title={`${LIMIT_WORDS[cause.key]}, ${one.deployment}`}
                    figure={cause.share}
                    window={window}
                  />
                </td>
                <td>
                  <i
                    data-part={cause.key === 'little-demand' ? 'idle' : 'facility'}
                    style={{ width: `${Math.min(1, cause.share.value ?? 0) * 84}px` }}
                  />
                  <span>{cause.missing === null ? cause.evidence : `not known: ${cause.missing}`}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Served one={one} window={window} />
    </div>
  );
}

const STEPS = [
  { value: 'days', name: 'Days' },
  { value: 'weeks', name: 'Weeks' },
] as const;

const ROWS_MAX = 9;

function Served({ one, window }: LimitDetailProps) {
  const [step, setStep] = useState<'days' | 'weeks'>('days');
  const periods = one[step].slice(-ROWS_MAX);
  const most = Math.max(0, ...periods.map((period) => period.requests ?? 0));
  return (
    <div>
      <header className={styles['served']}>
        <h3>Requests and latency</h3>
        <span>{targetWords(one)}</span>
        <Segmented label="Steps" choices={STEPS} value={step} onChoose={setStep} />
      </header>
      <table className={styles['table']} data-testid="served-table">
        <thead>
          <tr>
            <th>{step === 'days' ? 'Day, UTC' : 'Week from, UTC'}</th>
            <th>Requests</th>
            <th>Failed, aborted</th>
            <th>First token in time</th>
            <th>Between tokens</th>
          </tr>
        </thead>
        <tbody>
          {periods.map((period) => (
            <tr key={period.from}>
              <th scope="row">
                {formatInstant(period.from, 'UTC', 'date')}
                {period.to > window.to && <small> so far</small>}
              </th>
              <td>
                <Bar share={most > 0 ? (period.requests ?? 0) / most : 0} text={countText(period.requests)} />
              </td>
              <td>{countText(period.notCompleted)}</td>
              <td>{shareText(one.ttftTarget, period.ttft)}</td>
              <td>{shareText(one.interTokenTarget, period.interToken)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Bar({ share, text }: { readonly share: number; readonly text: string }) {
  return (
    <span className={styles['barred']}>
      <i style={{ width: `${share * 100}%` }} />
      <span>{text}</span>
    </span>
  );
}

function countText(count: ServedPeriod['requests']): string {
  return count === null ? UNKNOWN : formatNumber(count, 0);
}

function shareText(target: number | null, share: number | null): string {
  return target === null ? UNKNOWN : formatWithUnit(share, 'ratio');
}

function targetWords({ ttftTarget, interTokenTarget }: DeploymentLimits): string {
  if (ttftTarget === null && interTokenTarget === null) return 'no latency target: enter one in the cost book';
  const words = [
    ...(ttftTarget === null ? [] : [`first token within ${formatWithUnit(ttftTarget, 's')}`]),
    ...(interTokenTarget === null ? [] : [`tokens within ${formatWithUnit(interTokenTarget, 's')}`]),
  ];
  return words.join(', ');
}

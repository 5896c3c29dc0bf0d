import type { ReactNode } from 'react';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { rangeLabel, windowLabel } from '#renderer/state/range-spec.ts';
import { ABSENCE_WORDS } from '#renderer/state/words.ts';
import type { IdleCapacity } from '#shared/contract/idle-schema.ts';
import type { Figure } from '#shared/model/figure.ts';
import { formatFigure, formatWithUnit } from '#shared/units/format-quantity.ts';
import styles from './IdleVerdict.module.css';
import { totalOf } from './idle-rows.ts';

type VerdictProps = { readonly answer: IdleCapacity };

/** What could be given back, and the amounts that stand around it. */
export function IdleVerdict({ answer }: VerdictProps) {
  const { url, zone } = usePage();
  const { recoverable, window } = answer;
  const { perHour } = recoverable;
  return (
    <section className={styles['verdict']}>
      <div className={styles['claim']}>
        <h1>Could be given back, {rangeLabel(url.range, zone).toLowerCase()}</h1>
        <p className={styles['amount']}>
          <FigureButton
            request={{ title: 'Could be given back, per hour', figure: perHour, window: recoverable.window }}
          >
            {formatFigure(perHour.value, 'USD/h', { currency: 'before' }).text}
          </FigureButton>
          <small>{perHour.value === null ? '' : 'an hour, on average'}</small>
        </p>
        <p>
          <VerdictWords answer={answer} />
        </p>
        <p className={styles['window']}>
          {windowLabel(window, zone)}; steps of{' '}
          {recoverable.stepSeconds >= 3600 ? 'an hour' : `${recoverable.stepSeconds / 60} minutes`}
        </p>
      </div>
      <dl className={styles['amounts']}>
        <Amount answer={answer} title="Idle waste" figure={answer.waste} isWaste caption={idleCaption(answer)} />
        <Amount
          answer={answer}
          title="Energy of idle GPUs"
          figure={answer.wasteEnergy}
          caption="at the facility, part of the waste"
        />
        <Amount
          answer={answer}
          title="Cash if given back"
          figure={recoverable.cash}
          caption="energy, and rent that can go back"
        />
        <Amount answer={answer} title="Stranded" figure={answer.stranded.value} caption="down, held back, too small" />
        <Headroom answer={answer} />
      </dl>
    </section>
  );
}

function VerdictWords({ answer: { recoverable } }: VerdictProps): ReactNode {
  const { value, deployments } = recoverable;
  if (value.absence === 'not-observed' && deployments.length > 0)
    return 'What replicas can serve is not known yet: too few hours with work were seen, and no capacity was entered.';
  if (value.value === null) return ABSENCE_WORDS[value.absence ?? 'no-price'];
  const gpuHours =
    recoverable.deployments.reduce((sum, row) => sum + row.hours.recoverable, 0) +
    recoverable.free.reduce((sum, row) => sum + row.recoverableGpuHours, 0);
  const amount = formatFigure(value.value, 'USD', { currency: 'before' }).text;
  return (
    <>
      <FigureButton request={{ title: 'Could be given back', figure: value, window: recoverable.window }}>
        {amount} and {formatWithUnit(gpuHours, 'GPU-h')}
      </FigureButton>
      , after the headroom that the service levels ask for.
    </>
  );
}

function idleCaption({ states, waste }: IdleCapacity): string {
  const spend = totalOf(states, ({ usd }) => usd);
  if (spend === null || waste.value === null || spend <= 0) return 'loaded and quiet, or free';
  return `${formatWithUnit(waste.value / spend, 'ratio')} of spend: loaded and quiet, or free`;
}

function Headroom({ answer }: VerdictProps) {
  const told = answer.recoverable.deployments.filter(({ missing }) => missing === null);
  const short = told.filter(({ deficitHours }) => deficitHours > 0).length;
  return (
    <Amount
      answer={answer}
      title="Headroom kept"
      figure={answer.recoverable.headroom}
      caption={short === 0 ? 'protection, not waste' : `protection; short at times in ${short} of ${told.length}`}
    />
  );
}

type AmountProps = VerdictProps & {
  readonly title: string;
  readonly figure: Figure;
  readonly caption: string;
  readonly isWaste?: boolean;
};

function Amount({ answer, title, figure, caption, isWaste = false }: AmountProps) {
  const printed = formatFigure(figure.value, figure.unit, { currency: 'before' });
  return (
    <div data-waste={isWaste}>
      <dt>{title}</dt>
      <dd>
        <FigureButton request={{ title, figure, window: answer.window }}>{printed.text}</FigureButton>
        <small>{printed.unit}</small>
      </dd>
      <dd>{figure.absence === null ? caption : ABSENCE_WORDS[figure.absence]}</dd>
    </div>
  );
}

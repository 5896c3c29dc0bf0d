import { useMemo } from 'react';
import { burnOption } from '#shared/charts/burn-option.ts';
import { Chart } from '#renderer/charts/Chart.tsx';
import { readChartTheme } from '#renderer/charts/chart-theme.ts';
import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { scopeText } from '#shared/alerts/alert-text.ts';
import type { BudgetStatus } from '#shared/model/budget.ts';
import { plusSeconds } from '#shared/time/instant.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { burnTable } from './alert-rows.ts';
import styles from './AlertsPage.module.css';

type BudgetCardProps = { readonly status: BudgetStatus; readonly onEdit: () => void };

/** One budget: what is spent, where it is going, and the month as a picture. */
export function BudgetCard({ status, onEdit }: BudgetCardProps) {
  const { budget, month, known, spent, forecastFigure, state } = status;
  const place = scopeText(budget.scope);
  return (
    <section className={styles['card']} data-state={state} aria-label={`Budget ${budget.name}`}>
      <div className={styles['cardHead']}>
        <h3>
          {budget.name}
          <small>
            <span data-entered>{usd(budget.usdPerMonth)}</span> a month{place === null ? '' : `, ${place}`}
          </small>
        </h3>
        <p className={styles['verdict']} data-state={state}>
          <Icon name={STATE_ICONS[state]} size={14} />
          {STATE_WORDS[state]}
        </p>
        <dl>
          <dt>Spent</dt>
          <dd>
            <FigureButton request={{ title: `Spent of ${budget.name}`, figure: spent, window: known }}>
              {usd(spent.value)}
            </FigureButton>
            <small>{share(status.spentShare)} of the budget</small>
          </dd>
          <dt>Month gone</dt>
          <dd>
            {share(status.monthShare)}
            <small>
              {formatInstant(known.from, budget.zone, 'day')} to {formatInstant(known.to, budget.zone, 'short')}
            </small>
          </dd>
          <dt>Forecast</dt>
          <dd>
            <FigureButton request={{ title: `Forecast of ${budget.name}`, figure: forecastFigure, window: month }}>
              {usd(forecastFigure.value)}
            </FigureButton>
            <small>
              <FigureButton request={{ title: `Forecast of ${budget.name}`, figure: forecastFigure, window: month }}>
                {rangeWords(status)}
              </FigureButton>
            </small>
          </dd>
          <dt>Last 24 h</dt>
          <dd>
            <FigureButton
              request={{
                title: `Last 24 hours of ${budget.name}`,
                figure: status.lastDay,
                window: { from: plusSeconds(known.to, -86_400), to: known.to },
              }}
            >
              {usd(status.lastDay.value)}
            </FigureButton>
            {status.allowedPerDay.value !== null && (
              <small>
                <FigureButton
                  request={{
                    title: `What each day may cost, ${budget.name}`,
                    figure: status.allowedPerDay,
                    window: { from: known.to, to: month.to },
                  }}
                >
                  {usd(status.allowedPerDay.value)}
                </FigureButton>{' '}
                a day would keep to it
              </small>
            )}
          </dd>
        </dl>
        <p className={styles['note']}>{usedUpWords(status)}</p>
        <div className={styles['row']}>
          <button type="button" className={styles['button']} onClick={onEdit}>
            Change
          </button>
          <ExportButton name={`budget-${budget.id}`} {...burnTable(status)} />
        </div>
      </div>
      <BurnChart status={status} />
    </section>
  );
}

function BurnChart({ status }: { readonly status: BudgetStatus }) {
  const { themeName } = usePage();
  const { points, month, budget } = status;
  const option = useMemo(
    () =>
      burnOption({
        points,
        month,
        usdPerMonth: budget.usdPerMonth,
        zone: budget.zone,
        theme: readChartTheme(document.documentElement, themeName),
      }),
    [points, month, budget, themeName],
  );
  return (
    <div className={styles['burn']}>
      <p className={styles['legend']}>
        <span data-line="spent">spent</span>
        <span data-line="forecast">forecast</span>
        <span data-line="fan">nine in ten</span>
        <span data-line="even">even</span>
        <span data-line="budget">budget</span>
        <small>
          $ since {formatInstant(month.from, budget.zone, 'day')}, {budget.zone}
        </small>
      </p>
      <div className={styles['chart']} data-tall="true">
        <Chart
          option={option}
          summary={`${usd(status.spent.value)} spent of ${usd(budget.usdPerMonth)}; ${rangeWords(status)}`}
        />
      </div>
    </div>
  );
}

function usd(value: number | null): string {
  return formatWithUnit(value, 'USD', { currency: 'before' });
}

function share(value: number | null): string {
  return formatWithUnit(value, 'ratio');
}

function rangeWords({ forecast, forecastFigure }: BudgetStatus): string {
  if (forecast === null) return forecastFigure.notes[0] ?? 'not known';
  return `nine in ten between ${usd(forecast.low)} and ${usd(forecast.high)}`;
}

function usedUpWords({ usedUpAt, state, budget }: BudgetStatus): string {
  if (usedUpAt === null) return '';
  const at = formatInstant(usedUpAt, budget.zone, 'short');
  return state === 'over' ? `Used up on ${at}.` : `Used up on ${at}, if the month goes on like this.`;
}

const STATE_ICONS = { 'on-track': 'good', 'likely-over': 'late', over: 'bad', unknown: 'info' } as const;

const STATE_WORDS: Readonly<Record<BudgetStatus['state'], string>> = {
  'on-track': 'On track',
  'likely-over': 'Likely to be exceeded',
  over: 'Used up',
  unknown: 'Too early to say',
};

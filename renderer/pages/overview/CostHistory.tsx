import type { UseQueryResult } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { CostChart } from '#renderer/charts/CostChart.tsx';
import type { CostChartSeries } from '#renderer/charts/cost-option.ts';
import { Answer } from '#renderer/components/Answer.tsx';
import { Skeleton } from '#renderer/components/Skeleton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { rangeLabel, windowAt } from '#renderer/state/range-spec.ts';
import type { CostSeries, Overview } from '#shared/contract/backend-api.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { decimalsOfPrice, formatFigure, formatNumber } from '#shared/units/format-quantity.ts';
import { formatDuration, formatInstant } from '#shared/units/format-time.ts';
import styles from './CostHistory.module.css';
import { chartSeriesOf } from './cost-view.ts';

const TITLES = {
  loaded: 'Cost per million tokens',
  serving: 'Serving cost per million tokens',
  marginal: 'Energy per million tokens, GPUs at work',
} as const;

type CostHistoryProps = { readonly query: UseQueryResult<CostSeries>; readonly overview: Overview };

/** How the cost came to where it is: parts over the range, with what happened. */
export function CostHistory({ query, overview }: CostHistoryProps) {
  const { url } = usePage();
  return (
    <section className={styles['section']} aria-label={TITLES[url.kind]}>
      <Answer
        query={query}
        what="The cost history"
        skeleton={<ChartSkeleton title={TITLES[url.kind]} />}
        isEmpty={(answer) => answer.starts.length === 0}
        empty={
          <p className={styles['empty']}>
            Nothing is stored for this range. Choose a later one, or wait for the first facts.
          </p>
        }
      >
        {(answer) => <History answer={answer} range={overview.range.window} />}
      </Answer>
    </section>
  );
}

function History({ answer, range }: { readonly answer: CostSeries; readonly range: TimeRange }) {
  const { url, go, zone, themeName } = usePage();
  const [cursor, setCursor] = useState<number | null>(null);
  const series = useMemo(() => chartSeriesOf(answer, url.kind), [answer, url.kind]);
  const asked = windowAt(url.range, range.to);
  const isCut = range.from - asked.from > 0.02 * (asked.to - asked.from);
  return (
    <>
      <header className={styles['head']}>
        <h2>{TITLES[url.kind]}</h2>
        <span>
          $/Mtok, {formatDuration(series.stepSeconds)}, stacked from zero
          {isCut && `; known since ${formatInstant(range.from, zone, 'short')}`}
        </span>
        <Legend series={series} cursor={cursor} />
      </header>
      <div className={styles['plot']}>
        <CostChart
          series={series}
          range={range}
          zone={zone}
          events={answer.events}
          themeName={themeName}
          summary={summaryOf(series, `${TITLES[url.kind]}, ${rangeLabel(url.range, zone)}`)}
          onZoom={(window) => {
            if (window.to - window.from >= 60_000) go({ range: { kind: 'fixed', from: window.from, to: window.to } });
          }}
          onCursor={setCursor}
        />
      </div>
    </>
  );
}

/** Says which colour is what; under the cursor it reads out values. */
function Legend({ series, cursor }: { readonly series: CostChartSeries; readonly cursor: number | null }) {
  const shown = series.parts.filter((part) => part.values.some((value) => value !== null && value > 0));
  return (
    <ul className={styles['legend']}>
      {shown.map((part) => {
        const value = cursor === null ? undefined : part.values[cursor];
        return (
          <li key={part.key}>
            <i data-part={part.key} />
            {part.label}
            {typeof value === 'number' && (
              <b>{formatNumber(value, decimalsOfPrice(series.total[cursor ?? 0] ?? 0) + 1)}</b>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The chart in a sentence. */
function summaryOf(series: CostChartSeries, title: string): string {
  const known = series.total.filter((value) => value !== null);
  if (known.length === 0) return `${title}: no values in this range.`;
  const text = (value: number | undefined): string => formatFigure(value ?? null, 'USD/Mtok').text;
  return `${title}: from ${text(known[0])} to ${text(known.at(-1))}, least ${text(Math.min(...known))}, most ${text(
    Math.max(...known),
  )} dollars per million tokens.`;
}

function ChartSkeleton({ title }: { readonly title: string }) {
  return (
    <>
      <header className={styles['head']}>
        <h2>{title}</h2>
      </header>
      <div className={styles['plot']} style={{ padding: '28px 16px 24px 52px' }}>
        <Skeleton height={150} />
      </div>
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import type { AskedWindow } from '#renderer/backend/queries.ts';
import { CostChart } from '#renderer/charts/CostChart.tsx';
import type { CostChartSeries } from '#renderer/charts/cost-option.ts';
import { Answer } from '#renderer/components/Answer.tsx';
import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { Skeleton } from '#renderer/components/Skeleton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { rangeLabel } from '#renderer/state/range-spec.ts';
import { useAsked } from '#renderer/state/use-asked.ts';
import type { CostSeries } from '#shared/contract/backend-api.ts';
import type { CostDetail } from '#shared/contract/cost-schema.ts';
import { epochMs } from '#shared/time/instant.ts';
import { decimalsOfPrice, formatFigure, formatNumber } from '#shared/units/format-quantity.ts';
import { formatDuration } from '#shared/units/format-time.ts';
import { chartSeriesOf } from '../overview/cost-view.ts';
import { trendExport, withBefore } from './cost-exports.ts';
import styles from './CostPage.module.css';

const BUCKETS = 300;

/** How the cost came about over the range, stacked, with the preceding range of equal length as a dotted line. */
export function CostTrend({ answer }: { readonly answer: CostDetail }) {
  const { queries } = useBackend();
  const { url, zone } = usePage();
  const asked = useAsked();
  const { before } = answer;
  const query = useQuery(queries.costSeries(asked, BUCKETS));
  const earlier = useQuery({
    ...queries.costSeries({ ...asked, window: precedingWindow(asked.window) }, BUCKETS),
    enabled: before !== null,
  });
  const title = `Trend of the ${url.kind} cost`;
  return (
    <section className={styles['trend']} aria-label={title}>
      <Answer
        query={query}
        what="The trend"
        skeleton={<Skeleton height={220} />}
        isEmpty={(series) => series.starts.length === 0}
      >
        {(series) => (
          <Shown
            series={series}
            earlier={before === null ? undefined : earlier.data}
            answer={answer}
            title={`${title}, ${rangeLabel(url.range, zone)}`}
          />
        )}
      </Answer>
    </section>
  );
}

/** The window of equal length before another; one key in the cache whatever time it is. */
function precedingWindow(window: AskedWindow): AskedWindow {
  return {
    key: `${window.key} before`,
    at: (asOf) => {
      const { from, to } = window.at(asOf);
      return { from: epochMs(from - (to - from)), to: from };
    },
  };
}

type ShownProps = {
  readonly series: CostSeries;
  readonly earlier: CostSeries | undefined;
  readonly answer: CostDetail;
  readonly title: string;
};

function Shown({ series, earlier, answer, title }: ShownProps) {
  const { url, go, zone, themeName } = usePage();
  const [cursor, setCursor] = useState<number | null>(null);
  const { window } = answer;
  const shown = useMemo(() => {
    const own = chartSeriesOf(series, url.kind);
    return earlier === undefined ? own : withBefore(own, chartSeriesOf(earlier, url.kind), window);
  }, [series, earlier, url.kind, window]);
  return (
    <>
      <header className={styles['head']}>
        <h2>Trend</h2>
        <span>
          $/Mtok, {formatDuration(shown.stepSeconds)}, stacked from zero
          {shown.before !== undefined && '; dotted: the preceding range of equal length'}
        </span>
        <ReadOut series={shown} cursor={cursor} />
        <ExportButton name="cost-trend" {...trendExport(shown)} />
      </header>
      <div className={styles['plot']}>
        <CostChart
          series={shown}
          range={window}
          zone={zone}
          events={series.events}
          themeName={themeName}
          summary={`${title}, with ${shown.starts.length} steps.`}
          onZoom={(zoomed) => {
            if (zoomed.to - zoomed.from < 60_000) return;
            go({ range: { kind: 'fixed', from: epochMs(zoomed.from), to: epochMs(zoomed.to) } });
          }}
          onCursor={setCursor}
        />
      </div>
    </>
  );
}

/** Says which colour is what; under the cursor it reads out values. */
function ReadOut({ series, cursor }: { readonly series: CostChartSeries; readonly cursor: number | null }) {
  const parts = series.parts.filter((part) => part.values.some((value) => value !== null && value > 0));
  const total = cursor === null ? null : (series.total[cursor] ?? null);
  const before = cursor === null ? null : (series.before?.[cursor] ?? null);
  return (
    <ul className={styles['legend']}>
      {parts.map((part) => {
        const value = cursor === null ? undefined : part.values[cursor];
        return (
          <li key={part.key}>
            <i data-part={part.key} />
            {part.label}
            {typeof value === 'number' && <b>{formatNumber(value, decimalsOfPrice(total ?? 0) + 1)}</b>}
          </li>
        );
      })}
      {series.before !== undefined && (
        <li>
          <i className={styles['dotted']} />
          Before
          {before !== null && <b>{formatFigure(before, 'USD/Mtok').text}</b>}
        </li>
      )}
    </ul>
  );
}

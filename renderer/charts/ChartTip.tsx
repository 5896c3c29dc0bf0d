import type { FleetEvent } from '#shared/model/fact.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { decimalsOfPrice, formatFigure, formatNumber, formatWithUnit } from '#shared/units/format-quantity.ts';
import { formatInstant, type ZoneName } from '#shared/units/format-time.ts';
import { formatPartsOfPrice } from '#shared/units/parts-that-add.ts';
import styles from './CostChart.module.css';
import type { CostChartSeries } from './cost-option.ts';
import { shareOf } from './plot-frame.ts';

type ChartTipProps = {
  readonly series: CostChartSeries;
  readonly index: number;
  readonly range: TimeRange;
  readonly zone: ZoneName;
  readonly events: readonly FleetEvent[];
  readonly plotWidth: number;
};

const TIP_WIDTH = 208;

/** The cursor and the values of the bucket under it, top of the stack first; they add to the figure above them. */
export function ChartTip({ series, index, range, zone, events, plotWidth }: ChartTipProps) {
  const start = series.starts[index];
  if (start === undefined) return null;
  const end = epochMs(start + series.stepSeconds * 1000);
  const place = shareOf(epochMs((start + end) / 2), range) * plotWidth;
  const isLeft = place + TIP_WIDTH + 24 > plotWidth;
  const within = events.filter((event) => event.at >= start && event.at < end);
  return (
    <>
      <div className={styles['cursor']} style={{ left: Math.min(plotWidth, Math.max(0, place)) }} />
      <div className={styles['tip']} style={{ width: TIP_WIDTH, left: isLeft ? place - TIP_WIDTH - 12 : place + 12 }}>
        <header>
          <span>{formatInstant(start, zone, 'short')}</span>
          <b>{totalText(series.total[index] ?? null)}</b>
        </header>
        <TipParts series={series} index={index} />
        <p>
          <span>Throughput</span>
          <b>{formatWithUnit(series.tokensPerSecond[index] ?? null, 'token/s')}</b>
        </p>
        <p>
          <span>Coverage</span>
          <b>{formatWithUnit(series.coverage[index] ?? null, 'ratio')}</b>
        </p>
        {within.slice(0, 3).map((event) => (
          <em key={`${event.at} ${event.subject} ${event.kind}`}>{event.message}</em>
        ))}
      </div>
    </>
  );
}

function TipParts({ series, index }: Pick<ChartTipProps, 'series' | 'index'>) {
  const total = series.total[index] ?? null;
  if (total === null) {
    return (
      <em>{(series.coverage[index] ?? 0) > 0 ? 'No tokens in this stretch.' : 'Nothing was heard in this stretch.'}</em>
    );
  }
  const texts = formatPartsOfPrice(
    series.parts.map((part) => part.values[index] ?? 0),
    total,
  );
  return (
    <ul>
      {series.parts
        .map((part, place) => ({ part, text: texts[place] }))
        .toReversed()
        .map(({ part, text }) => (
          <li key={part.key}>
            <i data-part={part.key} />
            <span>{part.label}</span>
            <b>{text}</b>
          </li>
        ))}
    </ul>
  );
}

function totalText(value: number | null): string {
  if (value === null) return formatFigure(null, 'USD/Mtok').text;
  return formatNumber(value, decimalsOfPrice(value) + 1);
}

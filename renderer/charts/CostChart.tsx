import { useEffect, useMemo, useRef, useState } from 'react';
import type { FleetEvent } from '#shared/model/fact.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { ZoneName } from '#shared/units/format-time.ts';
import { Chart } from './Chart.tsx';
import { ChartTip } from './ChartTip.tsx';
import { readChartTheme } from './chart-theme.ts';
import styles from './CostChart.module.css';
import { costOption, throughputUnit, type CostChartSeries } from './cost-option.ts';
import { EventLane } from './EventLane.tsx';
import { GapBands } from './GapBands.tsx';
import { bucketIndexAt, gapsOf, instantAt, PLOT, shareOf } from './plot-frame.ts';

type CostChartProps = {
  readonly series: CostChartSeries;
  readonly range: TimeRange;
  readonly zone: ZoneName;
  readonly events: readonly FleetEvent[];
  /** Changes when the look changes, so that colours are read again. */
  readonly themeName: string;
  readonly summary: string;
  /** A stretch of the time axis was marked: the page takes it as its range. */
  readonly onZoom: (range: TimeRange) => void;
  /** The bucket under the cursor, or null: legends read out its values. */
  readonly onCursor: (index: number | null) => void;
};

/** Stacked cost with throughput below it on the same axis, events above, gaps hatched through both, one cursor and one tip. */
export function CostChart(props: CostChartProps) {
  const { series, range, zone, events, themeName, summary, onZoom, onCursor } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const theme = useMemo(() => readChartTheme(document.documentElement, themeName), [themeName]);
  const plotWidth = Math.max(1, width - PLOT.left - PLOT.right);
  const option = useMemo(
    () => costOption({ series, range, zone, theme, width: plotWidth }),
    [series, range, zone, theme, plotWidth],
  );
  const gaps = useMemo(
    () =>
      gapsOf({
        starts: series.starts,
        stepSeconds: series.stepSeconds,
        values: series.total,
        coverage: series.coverage,
      }),
    [series],
  );
  const { cursor, marked, handlers } = usePointer({ range, series, plotWidth, onZoom, onCursor });

  return (
    <div ref={box} className={styles['box']}>
      <Chart option={option} summary={summary} />
      <span className={styles['stripTitle']} style={{ left: PLOT.left, bottom: PLOT.bottom + PLOT.stripHeight + 4 }}>
        Throughput, {throughputUnit(series)}
      </span>
      <div className={styles['over']} style={{ left: PLOT.left, right: PLOT.right, bottom: PLOT.bottom }}>
        <GapBands gaps={gaps} range={range} plotWidth={plotWidth} />
        <EventLane events={events} range={range} zone={zone} plotWidth={plotWidth} />
        <button
          type="button"
          className={styles['pointer']}
          aria-label="Moment in the chart: arrow keys move it, dragging zooms"
          {...handlers}
        />
        {marked !== null && (
          <div
            className={styles['marked']}
            style={{ left: `${Math.min(...marked) * 100}%`, width: `${Math.abs(marked[1] - marked[0]) * 100}%` }}
          />
        )}
        {cursor !== null && marked === null && (
          <ChartTip series={series} index={cursor} range={range} zone={zone} events={events} plotWidth={plotWidth} />
        )}
      </div>
    </div>
  );
}

type PointerInput = {
  readonly range: TimeRange;
  readonly series: CostChartSeries;
  readonly plotWidth: number;
  readonly onZoom: (range: TimeRange) => void;
  readonly onCursor: (index: number | null) => void;
};

/** Shorter than this a drag is a click, px. */
const DRAG_LEAST_PX = 6;

function usePointer({ range, series, plotWidth, onZoom, onCursor }: PointerInput) {
  const [cursor, setCursor] = useState<number | null>(null);
  const [marked, setMarked] = useState<readonly [number, number] | null>(null);
  const { starts, stepSeconds } = series;

  const move = (index: number | null): void => {
    setCursor(index);
    onCursor(index);
  };
  const shareUnder = (event: React.PointerEvent<HTMLElement>): number => {
    const rect = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - rect.left) / rect.width));
  };
  const handlers = {
    onPointerMove: (event: React.PointerEvent<HTMLElement>) => {
      const share = shareUnder(event);
      move(bucketIndexAt(instantAt(share, range), starts, stepSeconds));
      if (marked !== null) setMarked([marked[0], share]);
    },
    onPointerDown: (event: React.PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const share = shareUnder(event);
      setMarked([share, share]);
    },
    onPointerUp: () => {
      if (marked !== null && Math.abs(marked[1] - marked[0]) * plotWidth >= DRAG_LEAST_PX) {
        onZoom({ from: instantAt(Math.min(...marked), range), to: instantAt(Math.max(...marked), range) });
      }
      setMarked(null);
    },
    onPointerCancel: () => setMarked(null),
    onPointerLeave: () => move(null),
    onBlur: () => move(null),
    onKeyDown: (event: React.KeyboardEvent) => {
      const step = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
      if (step === 0) return;
      event.preventDefault();
      const from = cursor ?? (step > 0 ? -1 : starts.length);
      move(Math.min(starts.length - 1, Math.max(0, from + step)));
    },
  };
  // A refresh may leave fewer buckets than the cursor stood on.
  const shown = cursor !== null && cursor < starts.length && isInside(starts[cursor], series, range) ? cursor : null;
  return { cursor: shown, marked, handlers };
}

function isInside(start: number | undefined, series: CostChartSeries, range: TimeRange): boolean {
  if (start === undefined) return false;
  const share = shareOf(epochMs(start + series.stepSeconds * 500), range);
  return share > -0.05 && share < 1.05;
}

function useWidth(box: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return width;
}

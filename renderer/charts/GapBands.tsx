import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { formatDuration } from '#shared/units/format-time.ts';
import styles from './CostChart.module.css';
import { PLOT, shareOf, type Gap } from './plot-frame.ts';

type GapBandsProps = { readonly gaps: readonly Gap[]; readonly range: TimeRange; readonly plotWidth: number };

/** Narrower than this a band has no room for words, px. */
const LABEL_LEAST_PX = 14;

/** Hatched bands where nothing is known, through all strips, with the reason in words where there is room. */
export function GapBands({ gaps, range, plotWidth }: GapBandsProps) {
  return gaps.map((gap) => {
    const left = Math.max(0, shareOf(gap.from, range));
    const right = Math.min(1, shareOf(gap.to, range));
    const width = (right - left) * plotWidth;
    if (width <= 0) return null;
    const words = `${gap.reason === 'not-heard' ? 'not heard' : 'no tokens'} ${formatDuration(secondsOf(gap))}`;
    return (
      <div
        key={gap.from}
        className={styles['gap']}
        style={{ left: `${left * 100}%`, width: Math.max(1, width), top: PLOT.top }}
        title={words}
      >
        {width >= LABEL_LEAST_PX && (
          <span className={width > 140 ? styles['gapWide'] : styles['gapWords']}>{words}</span>
        )}
      </div>
    );
  });
}

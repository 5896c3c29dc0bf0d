import type { UpdateAnswer } from '#shared/contract/savings-schema.ts';
import { formatNumber, formatWithUnit } from '#shared/units/format-quantity.ts';
import styles from './UpdatesPage.module.css';
import { changePercent } from './update-words.ts';

type Distribution = NonNullable<UpdateAnswer['distribution']>;

const HEIGHT = 40;

/** GPU time per token over windows of like load: before dashed, after solid, on one axis. */
export function LoadDistributions({ distribution }: { readonly distribution: Distribution }) {
  const { axis, groups } = distribution;
  const place = (value: number): number => ((value - axis.from) / (axis.to - axis.from)) * 100;
  const ticks = ticksOf(axis);
  return (
    <figure className={styles['loads']}>
      <figcaption>
        <b>By load, requests per GPU</b>
        <span data-line="before">before</span>
        <span data-line="after">after</span>
      </figcaption>
      <p>GPU-seconds per million billed tokens, windows of 5 min at matched load</p>
      {groups.map((group) => {
        const highest = Math.max(...group.beforeShares, ...group.afterShares);
        const change = group.after / group.before - 1;
        return (
          <div key={group.loadFrom ?? 'none'} className={styles['load']}>
            <span>
              {loadWords(group.loadFrom, group.loadTo)}
              <small>{formatWithUnit(group.share, 'ratio', { decimals: 0 })} of work</small>
            </span>
            <svg viewBox={`0 0 100 ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={sentenceOf(group)}>
              <path d={areaOf(group.beforeShares, highest)} data-line="before" />
              <path d={areaOf(group.afterShares, highest)} data-line="after" />
              <path d={`M${place(group.before)} ${HEIGHT}V2`} data-line="before" />
              <path d={`M${place(group.after)} ${HEIGHT}V2`} data-line="after" />
            </svg>
            <b>{changePercent(change)}</b>
          </div>
        );
      })}
      <div className={styles['loadTicks']}>
        {ticks.map((tick) => (
          <small key={tick} style={{ left: `${place(tick)}%` }}>
            {formatNumber(tick, 0)}
          </small>
        ))}
      </div>
    </figure>
  );
}

function loadWords(from: number | null, to: number | null): string {
  if (from === null || to === null) return 'Load not told';
  const decimals = to < 10 ? 1 : 0;
  return `${formatNumber(from, decimals)} to ${formatNumber(to, decimals)}`;
}

function sentenceOf(group: Distribution['groups'][number]): string {
  const [before, after] = [group.before, group.after].map((value) => formatNumber(value, 1));
  return `${loadWords(group.loadFrom, group.loadTo)} requests per GPU: ${before} GPU-seconds per million tokens before, ${after} after`;
}

/** Steps, one per bin: what lies between two bins is not known, so nothing is smoothed. */
function areaOf(shares: readonly number[], highest: number): string {
  const width = 100 / shares.length;
  const steps = shares.map((share, index) => {
    const y = HEIGHT - (highest > 0 ? (share / highest) * (HEIGHT - 4) : 0);
    return `L${(index * width).toFixed(2)} ${y.toFixed(2)}L${((index + 1) * width).toFixed(2)} ${y.toFixed(2)}`;
  });
  return `M0 ${HEIGHT}${steps.join('')}L100 ${HEIGHT}Z`;
}

function ticksOf({ from, to }: Distribution['axis']): readonly number[] {
  const rough = (to - from) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step);
}

import styles from './UpdatesPage.module.css';
import { changePercent } from './update-words.ts';

/** One estimate of the change; without an interval it is a hollow point. */
export type Estimate = {
  readonly name: string;
  readonly change: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly tone: 'main' | 'good' | 'bad' | 'plain';
};

/** A change within this is none. */
const BAND = 0.03;
const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/** Estimates under each other on one axis, with the band in which a change is none. */
export function EstimateAxis({ estimates }: { readonly estimates: readonly Estimate[] }) {
  const range = rangeOf(estimates);
  const place = (change: number): string => `${((change - range.from) / (range.to - range.from)) * 100}%`;
  return (
    <div className={styles['estimates']}>
      {estimates.map(({ name, change, interval, tone }) => (
        <div key={name} data-tone={tone}>
          <span>{name}</span>
          <div>
            <i
              className={styles['band']}
              style={{ left: place(-BAND), width: `calc(${place(BAND)} - ${place(-BAND)})` }}
            />
            <i className={styles['zero']} style={{ left: place(0) }} />
            {interval !== null && (
              <i
                className={styles['whisker']}
                style={{ left: place(interval.low), width: `calc(${place(interval.high)} - ${place(interval.low)})` }}
              />
            )}
            <i className={styles['point']} data-hollow={interval === null} style={{ left: place(change) }} />
          </div>
          <b>{changePercent(change)}</b>
        </div>
      ))}
      <div className={styles['estimateTicks']}>
        <span />
        <div>
          {range.ticks.map((tick) => (
            <small key={tick} style={{ left: place(tick) }}>
              {changePercent(tick).replace('.0 ', ' ')}
            </small>
          ))}
        </div>
        <b />
      </div>
    </div>
  );
}

function rangeOf(estimates: readonly Estimate[]): {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
} {
  const values = estimates.flatMap(({ change, interval }) => [
    change,
    interval?.low ?? change,
    interval?.high ?? change,
  ]);
  const [least, most] = [Math.min(-0.05, ...values), Math.max(0.05, ...values)];
  const step = STEPS.find((size) => (most - least) / size <= 5) ?? 10;
  const from = Math.floor(least / step) * step;
  const to = Math.ceil(most / step) * step;
  const ticks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => from + index * step);
  return { from, to, ticks: ticks.map((tick) => (Math.abs(tick) < 1e-9 ? 0 : tick)) };
}

import { STATE_WORDS } from '#renderer/state/words.ts';
import { GPU_STATES, type GpuState } from '#shared/model/gpu-state.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import styles from './StateBar.module.css';

type StateBarProps = { readonly seconds: { readonly [State in GpuState]: number }; readonly height?: number };

/** GPU time by what the GPUs were doing, in a fixed order; the shares stand in the tip and for screen readers. */
export function StateBar({ seconds, height = 8 }: StateBarProps) {
  const total = GPU_STATES.reduce((sum, state) => sum + seconds[state], 0);
  if (total <= 0) return <span className={styles['none']}>–</span>;
  const shown = GPU_STATES.filter((state) => seconds[state] > 0);
  const words = shown
    .map((state) => `${STATE_WORDS[state]} ${formatNumber((seconds[state] / total) * 100, 1)} %`)
    .join(', ');
  return (
    <div className={styles['bar']} style={{ height }} title={words}>
      <span className="unseen">{words}</span>
      {shown.map((state) => (
        <i key={state} data-state={state} style={{ flexGrow: seconds[state] / total }} />
      ))}
    </div>
  );
}

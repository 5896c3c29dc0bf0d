import { formatChange } from '#shared/units/format-change.ts';
import styles from './ChangeText.module.css';

type ChangeTextProps = {
  readonly now: number | null;
  readonly before: number | null;
  /** Which way is better. `neither` for what is only bigger or smaller, such as power. */
  readonly better: 'down' | 'up' | 'neither';
  /** What it is compared with: "24 h ago". Shown as the tip. */
  readonly reference: string;
};

/** A change with arrow and sign; the colour only repeats them. Nothing where there is nothing to compare with. */
export function ChangeText({ now, before, better, reference }: ChangeTextProps) {
  const change = formatChange(now, before);
  if (change === null) return null;
  const isPlain = better === 'neither' || change.direction === 'same';
  const judgement = isPlain ? 'plain' : change.direction === better ? 'better' : 'worse';
  return (
    <span className={styles['change']} data-judgement={judgement} title={`compared with ${reference}`}>
      <span aria-hidden="true">{change.arrow}</span>
      {change.text}
    </span>
  );
}

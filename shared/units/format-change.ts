import { formatNumber } from './format-quantity.ts';

/** A relative change as people read it: arrow, sign and percent, with which way it went. */
export type ChangeText = {
  readonly arrow: '▲' | '▼' | '±';
  readonly text: string;
  readonly direction: 'up' | 'down' | 'same';
};

/** Changes smaller than this read as unchanged: 0.05 % prints as 0.1 % at the most. */
const SAME_BELOW = 0.0005;

/** Change from `before` to `now` in percent, or null where either is unknown or there is nothing to compare with. */
export function formatChange(now: number | null, before: number | null): ChangeText | null {
  if (now === null || before === null || before === 0) return null;
  const change = (now - before) / Math.abs(before);
  const percent = Math.abs(change) * 100;
  const size = `${formatNumber(percent, percent < 100 ? 1 : 0)} %`;
  if (Math.abs(change) < SAME_BELOW) return { arrow: '±', text: '0.0 %', direction: 'same' };
  return change > 0
    ? { arrow: '▲', text: `+${size}`, direction: 'up' }
    : { arrow: '▼', text: `−${size}`, direction: 'down' };
}

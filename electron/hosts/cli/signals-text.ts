import type { Signal, SignalGroup } from '#shared/model/signal.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import { plainText } from './plain-text.ts';
import { tableText } from './text-table.ts';

const GROUPS = { gpu: 'GPUs', engine: 'Engines', power: 'Power beyond the GPU boards' } as const;

/** The signals of what was found, group by group, and below them the next step for each gap. */
export function signalsText(groups: readonly SignalGroup[]): string {
  return groups.map((group) => `\n\n${groupText(group)}`).join('');
}

function groupText({ of, name, count, signals }: SignalGroup): string {
  const title = of === 'power' ? GROUPS[of] : `${GROUPS[of]}: ${formatNumber(count, 0)} × ${plainText(name)}`;
  const head = ['  signal', 'state', 'heard', 'from'];
  const rows = signals.map((signal) => [
    `  ${signal.label}`,
    signal.state,
    heardText(signal, count),
    signal.from ?? '–',
  ]);
  const gaps = signals.filter(({ next }) => next !== null);
  const steps = gaps.length === 0 ? [] : ['', ...gaps.map(stepText)];
  return [title, tableText([head, ...rows]), ...steps].join('\n');
}

function heardText({ heard }: Signal, count: number): string {
  return `${formatNumber(heard, 0)} of ${formatNumber(count, 0)}`;
}

function stepText({ label, note, next }: Signal): string {
  const text = [next?.text, note].filter((part) => part !== null && part !== undefined).join(' ');
  return `  ${label}: ${text}${next?.copy === null || next === null ? '' : `\n      ${next.copy}`}`;
}

import { FigureButton } from '#renderer/components/FigureButton.tsx';
import type { Figure } from '#shared/model/figure.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';

type FreedFactProps = {
  /** Whose hours they are. */
  readonly of: string;
  readonly freed: Figure;
  readonly value: Figure | null;
  readonly window: TimeRange;
};

/** GPU-hours first, then their value. A regression is a cost: its amounts are above zero under that word. */
export function FreedFact({ of, freed, value, window }: FreedFactProps) {
  const isCost = (freed.value ?? 0) < 0;
  const text = (figure: Figure): string =>
    formatWithUnit(figure.value === null ? null : Math.abs(figure.value), figure.unit, { currency: 'before' });
  return (
    <>
      <dt>{isCost ? 'Cost so far' : 'Freed so far'}</dt>
      <dd>
        <FigureButton request={{ title: `Freed GPU-hours, ${of}`, figure: freed, window }}>{text(freed)}</FigureButton>
        {value !== null && (
          <>
            {', '}
            <FigureButton request={{ title: `Value of freed GPU-hours, ${of}`, figure: value, window }}>
              {text(value)}
            </FigureButton>
          </>
        )}
      </dd>
    </>
  );
}

import type { Figure } from '#shared/model/figure.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatFigure, type FormatOptions } from '#shared/units/format-quantity.ts';
import { FigureButton } from './FigureButton.tsx';

type FigureTextProps = {
  readonly title: string;
  readonly figure: Figure;
  readonly window: TimeRange;
  /** Leave the unit to the head of the column. */
  readonly isBare?: boolean;
  readonly options?: FormatOptions;
  /** Printed in place of the figure's own text: rounded so that a column adds. */
  readonly text?: string;
  /** Stands behind the amount, as part of what is pressed: another amount with the same working. */
  readonly hint?: string;
  readonly testId?: string;
};

/** A figure that an answer holds, printed; pressed, it explains itself. */
export function FigureText({ title, figure, window, isBare = false, options, text, hint, testId }: FigureTextProps) {
  const printed = formatFigure(figure.value, figure.unit, options);
  return (
    <FigureButton request={{ title, figure, window }} {...(testId === undefined ? {} : { testId })}>
      {text ?? printed.text}
      {!isBare && printed.unit !== '' && <small> {printed.unit}</small>}
      {hint}
    </FigureButton>
  );
}

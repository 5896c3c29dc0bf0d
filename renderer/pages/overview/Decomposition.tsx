import { FigureButton } from '#renderer/components/FigureButton.tsx';
import type { ExplainRequest } from '#renderer/state/page-context.tsx';
import { PART_WORDS } from '#renderer/state/words.ts';
import { COST_PARTS } from '#shared/contract/backend-api.ts';
import type { Figure } from '#shared/model/figure.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import { formatPartsOfPrice } from '#shared/units/parts-that-add.ts';
import styles from './Decomposition.module.css';

type DecompositionProps = {
  readonly figure: Figure;
  /** What explains the cost, and with it each part. */
  readonly request: ExplainRequest;
};

/** A cost as one bar and its parts beneath, each with value and share. They add to the figure above. */
export function Decomposition({ figure, request }: DecompositionProps) {
  const whole = figure.value;
  const parts = COST_PARTS.flatMap((key) => figure.parts.find((part) => part.key === key) ?? []);
  if (whole === null || parts.length === 0) return <div className={styles['none']} />;
  const values = parts.map((part) => part.value);
  const texts = formatPartsOfPrice(values, whole);
  return (
    <div className={styles['decomposition']}>
      <div className={styles['bar']} aria-hidden="true">
        {parts
          .filter((part) => part.value > 0)
          .map((part) => (
            <i key={part.key} data-part={part.key} style={{ flexGrow: part.value / whole }} />
          ))}
      </div>
      <dl>
        {parts.map((part, index) => (
          <div key={part.key} data-zero={part.value <= 0} data-idle={part.key === 'idle'}>
            <dt>
              <i data-part={part.key} />
              {PART_WORDS[part.key as keyof typeof PART_WORDS]}
            </dt>
            <dd>
              <FigureButton request={request}>{texts[index]}</FigureButton>
            </dd>
            <dd>{whole > 0 ? `${formatNumber((part.value / whole) * 100, 1)} %` : '–'}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

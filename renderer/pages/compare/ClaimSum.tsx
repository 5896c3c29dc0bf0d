import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { FigureText } from '#renderer/components/FigureText.tsx';
import { NumberField } from '#renderer/components/NumberField.tsx';
import type { ComparedDeployment, QuotedClaim } from '#shared/contract/compare-schema.ts';
import type { ClaimArithmetic } from '#shared/model/reference-catalogue.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { inputsOf, withInput, withOwnFigures } from './claim-inputs.ts';
import styles from './ComparePage.module.css';

type ClaimSumProps = {
  readonly claim: QuotedClaim;
  readonly arithmetic: ClaimArithmetic;
  readonly window: TimeRange;
  readonly deployment: ComparedDeployment | null;
};

/** The sum behind a claim, with inputs that can be changed; the backend does it again at each change. */
export function ClaimSum({ claim, arithmetic, window, deployment }: ClaimSumProps) {
  const { queries } = useBackend();
  // Fields keep what was typed; a count of resets makes them anew where the whole sum is exchanged.
  const [{ sum, resets }, setState] = useState({ sum: arithmetic, resets: 0 });
  const query = useQuery(queries.claim(sum));
  const own = deployment === null ? null : withOwnFigures(arithmetic, deployment);
  const exchange = (next: ClaimArithmetic): void => setState({ sum: next, resets: resets + 1 });
  return (
    <details className={styles['sum']}>
      <summary>Do the sum</summary>
      <div className={styles['fields']}>
        {inputsOf(sum).map((input) => (
          <NumberField
            key={`${input.path} ${resets}`}
            label={input.label}
            unit={input.unit}
            value={input.value}
            min={input.min}
            max={input.max}
            onChange={(value) => setState({ sum: withInput(sum, input.path, value), resets })}
          />
        ))}
      </div>
      <dl aria-live="polite">
        {(query.data?.results ?? []).map(({ label, figure }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <FigureText title={`${claim.statement}: ${label}`} figure={figure} window={window} />
            </dd>
          </div>
        ))}
      </dl>
      <p>
        {arithmetic.note}.{' '}
        <button type="button" disabled={sum === arithmetic} onClick={() => exchange(arithmetic)}>
          As it was checked
        </button>
        {own !== null && deployment !== null && (
          <button type="button" onClick={() => exchange(own)}>
            With the figures of {deployment.model}
          </button>
        )}
      </p>
    </details>
  );
}

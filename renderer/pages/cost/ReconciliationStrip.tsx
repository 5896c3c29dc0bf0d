import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import { Skeleton } from '#renderer/components/Skeleton.tsx';
import { useAsked } from '#renderer/state/use-asked.ts';
import type { Reconciliation, ReconciliationLine } from '#shared/contract/cost-schema.ts';
import { formatNumber, UNKNOWN } from '#shared/units/format-quantity.ts';
import { reconciliationExport } from './cost-exports.ts';
import styles from './CostPage.module.css';

/** Whether every sum closes: green ticks with 0.00, or the exact remainder and why. */
export function ReconciliationStrip() {
  const { queries } = useBackend();
  const query = useQuery(queries.reconciliation(useAsked()));
  return (
    <section className={styles['reconciliation']} aria-label="Reconciliation" data-testid="reconciliation">
      <Answer query={query} what="The reconciliation" skeleton={<Skeleton height={56} />}>
        {(answer) => <Lines answer={answer} />}
      </Answer>
    </section>
  );
}

function Lines({ answer }: { readonly answer: Reconciliation }) {
  const [chosen, choose] = useState<string | null>(null);
  const { lines } = answer;
  const open = lines.filter((line) => line.closes === false).length;
  const unknown = lines.filter((line) => line.closes === null).length;
  const shown = lines.find((line) => line.key === chosen) ?? lines.find((line) => line.closes !== true) ?? lines[0];
  return (
    <>
      <header className={styles['head']}>
        <h2>Does it add up?</h2>
        <span>
          {lines.length - open - unknown} of {lines.length} sums close to zero
          {open > 0 && `; ${open} do not`}
          {unknown > 0 && `; ${unknown} are not known`}
        </span>
        <ExportButton name="cost-reconciliation" {...reconciliationExport(answer)} />
      </header>
      <ul className={styles['lines']}>
        {lines.map((line) => (
          <li key={line.key}>
            <button
              type="button"
              aria-pressed={line === shown}
              data-closes={String(line.closes)}
              title={line.note}
              onClick={() => choose(line.key)}
            >
              <Icon name={line.closes === true ? 'good' : line.closes === null ? 'waiting' : 'bad'} size={12} />
              {line.label}
              <b>{differenceText(line)}</b>
            </button>
          </li>
        ))}
      </ul>
      {shown !== undefined && (
        <p className={styles['note']}>
          {shown.label}: {shown.note}.{' '}
          {shown.whole !== null && (
            <FigureButton
              request={{ title: `Reconciliation: ${shown.label}`, figure: shown.figure, window: answer.window }}
            >
              {differenceWords(shown)}
            </FigureButton>
          )}
        </p>
      )}
    </>
  );
}

/** 0.00 where it closes; else the exact remainder. */
function differenceText({ difference, closes }: ReconciliationLine): string {
  if (difference === null) return UNKNOWN;
  return closes === true ? '0.00' : String(difference);
}

const UNIT_WORDS = { USD: '$', 'GPU-h': 'GPU-h', token: 'tokens' } as const;

function differenceWords({ whole, parts, unit, difference, closes }: ReconciliationLine): string {
  if (whole === null || parts === null) return '';
  const unitText = UNIT_WORDS[unit as keyof typeof UNIT_WORDS] ?? unit;
  const text = (value: number): string => `${formatNumber(value, 2)} ${unitText}`;
  const rest = closes === true ? `0.00 (rounding of ${(difference ?? 0).toExponential(1)})` : String(difference);
  return `${text(whole)} − ${text(parts)} = ${rest}.`;
}

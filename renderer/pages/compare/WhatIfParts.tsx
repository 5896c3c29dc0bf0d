import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import type { WhatIf } from '#shared/contract/what-if-schema.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatNumber, UNKNOWN } from '#shared/units/format-quantity.ts';
import styles from './WhatIf.module.css';
import { barsOf, differenceOf, partsExport, type BarPart } from './what-if-rows.ts';

/** The parts of the spend, side by side, as two bars of one scale and as numbers that add. */
export function WhatIfParts({ answer }: { readonly answer: WhatIf }) {
  const bars = barsOf(answer);
  const { was, would, change } = answer;
  return (
    <section className={styles['pane']}>
      <header className={styles['head']}>
        <h2>By part</h2>
        <span>$ in this range; parts add to the spend</span>
        <ExportButton name="what-if-parts" {...partsExport(answer)} />
      </header>
      <div className={styles['bars']} aria-hidden="true">
        <Bar label="was" parts={bars.was} />
        <Bar label="if" parts={bars.would} />
      </div>
      <table className={styles['table']} data-testid="what-if-parts">
        <thead>
          <tr>
            <th>Part</th>
            <th>As it was, $</th>
            <th>What if, $</th>
            <th>Difference, $</th>
          </tr>
        </thead>
        <tbody>
          {answer.parts.map((part) => (
            <tr key={part.key}>
              <th scope="row">
                <i data-part={part.key} />
                {part.label}
              </th>
              <Amounts
                of={part.label}
                texts={part}
                was={was.spend}
                would={would.spend}
                change={change.spend}
                window={answer.window}
              />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <Amounts of="Spend" was={was.spend} would={would.spend} change={change.spend} window={answer.window} />
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

type AmountsProps = {
  readonly of: string;
  readonly was: Figure;
  readonly would: Figure;
  readonly change: Figure;
  readonly window: TimeRange;
  /** Amounts of one part of these figures; the figures' own where left out. */
  readonly texts?: { readonly was: number | null; readonly would: number | null };
};

/** Three cells: two amounts and what lies between them, with its sign. */
export function Amounts({ of, was, would, change, window, texts }: AmountsProps) {
  const shown = texts ?? { was: was.value, would: would.value };
  const difference = texts === undefined ? change.value : differenceOf(texts);
  const cell = (title: string, figure: Figure, text: string) => (
    <FigureButton request={{ title: `${of}, ${title}`, figure, window }}>{text}</FigureButton>
  );
  return (
    <>
      <td>{cell('as it was', was, money(shown.was))}</td>
      <td>{cell('what if', would, money(shown.would))}</td>
      <td data-direction={directionOf(difference)}>{cell('difference', change, signedMoney(difference))}</td>
    </>
  );
}

function money(value: number | null): string {
  return value === null ? UNKNOWN : formatNumber(value, 2);
}

/** Less than half a cent is no difference that is shown. */
const CENT_HALF = 0.005;

function directionOf(value: number | null): 'more' | 'less' | 'same' {
  if (value === null || Math.abs(value) < CENT_HALF) return 'same';
  return value > 0 ? 'more' : 'less';
}

export function signedMoney(value: number | null): string {
  if (value === null) return UNKNOWN;
  const sign = directionOf(value) === 'more' ? '+' : '';
  return sign + formatNumber(value, 2);
}

function Bar({ label, parts }: { readonly label: string; readonly parts: readonly BarPart[] }) {
  return (
    <div>
      <span>{label}</span>
      <div>
        {parts.map((part) => (
          <i key={part.key} data-part={part.key} style={{ width: `${part.width * 100}%` }} />
        ))}
      </div>
    </div>
  );
}

import { FigureText } from '#renderer/components/FigureText.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import type { ComparedDeployment, ComparedReference, ReferenceAnswer } from '#shared/contract/compare-schema.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { UNKNOWN } from '#shared/units/format-quantity.ts';
import styles from './ComparePage.module.css';
import { PropertyFields } from './PropertyFields.tsx';

type BesideTableProps = {
  readonly deployment: ComparedDeployment;
  readonly reference: ComparedReference | null;
  readonly answer: ReferenceAnswer;
};

/** The deployment's figures and the reference's, side by side, and whether they mean the same thing. */
export function BesideTable({ deployment, reference, answer }: BesideTableProps) {
  return (
    <div className={styles['pane']}>
      <header className={styles['head']}>
        <h2>Side by side</h2>
        <span>reference at this deployment’s interactivity</span>
      </header>
      {reference !== null && <Reasons reference={reference} />}
      <table className={styles['beside2']}>
        <thead>
          <tr>
            <th>Figure</th>
            <th>This fleet</th>
            <th>Reference</th>
          </tr>
        </thead>
        <tbody>
          {linesOf(deployment, reference, answer).map((line) => (
            <Line key={line.label} line={line} window={answer.window} />
          ))}
        </tbody>
      </table>
      <PropertyFields deployment={deployment} />
    </div>
  );
}

type LineOf = {
  readonly label: string;
  readonly own: Figure | null;
  readonly reference: Figure | null;
  readonly isStrong?: boolean;
};

function linesOf(
  { own }: ComparedDeployment,
  reference: ComparedReference | null,
  { tier }: ReferenceAnswer,
): readonly LineOf[] {
  return [
    { label: 'Input throughput', own: own.inputPerGpu, reference: null },
    { label: 'Output throughput', own: own.outputPerGpu, reference: null },
    { label: 'Total throughput', own: own.totalPerGpu, reference: reference?.throughput ?? null },
    { label: 'Total, while at work', own: own.totalAtWork, reference: null },
    { label: 'Rate, own', own: own.rate, reference: null },
    { label: 'Cost, at own rate', own: own.cost, reference: reference?.costAtOwnRate ?? null },
    { label: `Cost, ${tier} rate`, own: null, reference: reference?.costAtTierRate ?? null },
    { label: 'the same, at this utilisation', own: null, reference: reference?.adjustedCost ?? null },
    { label: 'Tokens per joule', own: own.efficiency, reference: reference?.efficiency ?? null },
    { label: 'Utilisation against it', own: reference?.utilisation ?? null, reference: null },
    { label: 'Gap in this range', own: reference?.gap ?? null, reference: null, isStrong: true },
    { label: 'of it slower work', own: reference?.gapAtWork ?? null, reference: null },
  ];
}

function Line({ line, window }: { readonly line: LineOf; readonly window: TimeRange }) {
  const cell = (figure: Figure | null, whose: string) =>
    figure === null ? (
      <span className={styles['none']}>{UNKNOWN}</span>
    ) : (
      <FigureText title={`${line.label}, ${whose}`} figure={figure} window={window} options={{ currency: 'before' }} />
    );
  return (
    <tr data-strong={line.isStrong === true}>
      <th scope="row">{line.label}</th>
      <td>{cell(line.own, 'this fleet')}</td>
      <td className={styles['other']}>{cell(line.reference, 'reference')}</td>
    </tr>
  );
}

function Reasons({ reference }: { readonly reference: ComparedReference }) {
  const { isComparable, reasons, remarks, efficiencyReasons } = reference;
  return (
    <div className={styles['reasons']} data-testid="reasons">
      {isComparable ? (
        <h3 data-firm="true">
          <Icon name="good" size={13} />
          Comparable
        </h3>
      ) : (
        <>
          <h3>
            <Icon name="info" size={13} />
            Not comparable because
          </h3>
          <ul>
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </>
      )}
      <details>
        <summary>What else differs</summary>
        <ul>
          {[...remarks, ...efficiencyReasons.slice(0, 1).map((reason) => `Tokens per joule: ${reason}.`)].map(
            (remark) => (
              <li key={remark}>{remark}</li>
            ),
          )}
        </ul>
      </details>
    </div>
  );
}

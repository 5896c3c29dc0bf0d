import { FigureText } from '#renderer/components/FigureText.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { seriesColourOf } from '#renderer/state/series-colours.ts';
import type { ComparedDeployment, ReferenceAnswer } from '#shared/contract/compare-schema.ts';
import { formatNumber, UNKNOWN } from '#shared/units/format-quantity.ts';
import styles from './ComparePage.module.css';
import { nearestOf, productWords, verdictOf } from './reference-rows.ts';

type ReferenceTableProps = { readonly answer: ReferenceAnswer; readonly chosen: string | null };

/** One row per deployment: its own figures, those of the nearest public run, and what lies between. */
export function ReferenceTable({ answer, chosen }: ReferenceTableProps) {
  return (
    <div className={styles['scroller']}>
      <table className={styles['table']} data-testid="reference-table">
        <thead>
          <tr>
            <th>Deployment</th>
            <th>Product</th>
            <th>GPUs</th>
            <th>Precision</th>
            <th>tok/s/user</th>
            <th>tok/s/GPU</th>
            <th>reference</th>
            <th>$/Mtok, total</th>
            <th>reference</th>
            <th>tok/J</th>
            <th>Busy</th>
            <th>Gap, $</th>
            <th>Comparison</th>
          </tr>
        </thead>
        <tbody>
          {answer.deployments.map((one) => (
            <Row key={one.key} deployment={one} answer={answer} isChosen={one.key === chosen} />
          ))}
        </tbody>
      </table>
      {answer.omitted > 0 && (
        <p className={styles['more']}>{answer.omitted} smaller deployments are not shown: narrow the scope.</p>
      )}
    </div>
  );
}

type RowProps = {
  readonly deployment: ComparedDeployment;
  readonly answer: ReferenceAnswer;
  readonly isChosen: boolean;
};

function Row({ deployment, answer, isChosen }: RowProps) {
  const { go } = usePage();
  const { own, model } = deployment;
  const { window } = answer;
  const nearest = nearestOf(deployment);
  const verdict = verdictOf(nearest);
  const choose = (): void => go({ item: deployment.key }, 'replace');
  return (
    <tr data-chosen={isChosen} onClick={choose}>
      <th scope="row">
        <i className={styles['dot']} style={{ background: seriesColourOf(model) }} />
        <button type="button" aria-pressed={isChosen} title="Show the comparison below">
          {model}
        </button>
      </th>
      <td className={styles['text']}>{productWords(deployment.skus)}</td>
      <td>{formatNumber(deployment.gpus, 0)}</td>
      <td className={styles['text']}>{deployment.precision.value ?? UNKNOWN}</td>
      <td>
        <FigureText title={`Interactivity of ${model}`} figure={own.interactivity} window={window} isBare />
      </td>
      <td>
        <FigureText title={`Throughput per GPU of ${model}`} figure={own.totalPerGpu} window={window} isBare />
      </td>
      <td className={styles['other']}>
        {nearest === null ? (
          UNKNOWN
        ) : (
          <FigureText title="Throughput of the reference" figure={nearest.throughput} window={window} isBare />
        )}
      </td>
      <td>
        <FigureText title={`Cost of ${model}, input and output tokens`} figure={own.cost} window={window} isBare />
      </td>
      <td className={styles['other']}>
        {nearest === null ? (
          UNKNOWN
        ) : (
          <FigureText title="Reference at own rate" figure={nearest.costAtOwnRate} window={window} isBare />
        )}
      </td>
      <td>
        <FigureText title={`Efficiency of ${model}`} figure={own.efficiency} window={window} isBare />
      </td>
      <td>
        <FigureText title={`Busy share of ${model}`} figure={own.busy} window={window} />
      </td>
      <td>
        {nearest === null ? (
          UNKNOWN
        ) : (
          <FigureText title="Gap to the reference" figure={nearest.gap} window={window} isBare />
        )}
      </td>
      <td className={styles['text']} data-firm={verdict.isFirm}>
        <span className={styles['verdict']}>
          <Icon name={verdict.isFirm ? 'good' : 'info'} size={12} />
          {verdict.words}
        </span>
      </td>
    </tr>
  );
}

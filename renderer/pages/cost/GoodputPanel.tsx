import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureText } from '#renderer/components/FigureText.tsx';
import type { CostDetail } from '#shared/contract/cost-schema.ts';
import { formatWithUnit, UNKNOWN } from '#shared/units/format-quantity.ts';
import { goodputExport } from './cost-exports.ts';
import styles from './CostPage.module.css';
import { Missing } from './EarningsPanel.tsx';

/** What a million tokens cost that came in time: a range, and an estimate inside it. */
export function GoodputPanel({ answer }: { readonly answer: CostDetail }) {
  const { goodput, window } = answer;
  return (
    <section className={styles['panel']} aria-label="Goodput">
      <header className={styles['head']}>
        <h2>Goodput</h2>
        <span>tokens within the latency targets</span>
        <ExportButton name="cost-goodput" {...goodputExport(answer)} />
      </header>
      <dl className={styles['pairs']}>
        <div>
          <dt>Goodput cost</dt>
          <dd>
            <FigureText title="Goodput cost" figure={goodput.cost} window={window} />
          </dd>
          <dd>{goodput.cost.value === null ? 'no value yet' : 'estimate'}</dd>
        </div>
        <div>
          <dt>Range</dt>
          <dd>
            {goodput.range === null ? (
              UNKNOWN
            ) : (
              <>
                <FigureText title="Goodput cost, least" figure={goodput.range.least} window={window} isBare /> to{' '}
                <FigureText title="Goodput cost, most" figure={goodput.range.most} window={window} isBare />
              </>
            )}
          </dd>
          <dd>whatever the two targets have to do with each other</dd>
        </div>
      </dl>
      {goodput.models.length > 0 && (
        <table className={styles['table']}>
          <thead>
            <tr>
              <th>Model</th>
              <th>First token</th>
              <th>Between tokens</th>
              <th>Completed</th>
              <th>Good</th>
            </tr>
          </thead>
          <tbody>
            {goodput.models.map((model) => (
              <tr key={model.model}>
                <th scope="row" title={model.model}>
                  {model.model}
                </th>
                <td title={`target ${formatWithUnit(model.ttftTarget, 's')}`}>
                  <FigureText title={`First token in time, ${model.model}`} figure={model.ttft} window={window} />
                </td>
                <td title={`target ${formatWithUnit(model.interTokenTarget, 's')}`}>
                  <FigureText title={`Tokens in time, ${model.model}`} figure={model.interToken} window={window} />
                </td>
                <td>
                  <FigureText title={`Requests completed, ${model.model}`} figure={model.completed} window={window} />
                </td>
                <td>
                  <FigureText title={`Good tokens, ${model.model}`} figure={model.good} window={window} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {goodput.missing.length > 0 && <Missing lines={goodput.missing} />}
    </section>
  );
}

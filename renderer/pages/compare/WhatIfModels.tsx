import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureText } from '#renderer/components/FigureText.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { seriesColourOf } from '#renderer/state/series-colours.ts';
import { BASIS_WORDS } from '#renderer/state/words.ts';
import type { WhatIf, WhatIfRow } from '#shared/contract/what-if-schema.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import styles from './WhatIf.module.css';
import { rowsExport } from './what-if-rows.ts';
import { Amounts } from './WhatIfParts.tsx';

/** The same two columns by model; a model is pressed to ask for it alone. */
export function WhatIfModels({ answer }: { readonly answer: WhatIf }) {
  const { was, would, change, basis } = answer;
  return (
    <section className={styles['models']}>
      <header className={styles['head']}>
        <h2>By model</h2>
        <span>rows add to the spend; cost per million {BASIS_WORDS[basis].name} tokens</span>
        <ExportButton name="what-if-models" {...rowsExport(answer, basis)} />
      </header>
      <table className={styles['table']} data-testid="what-if-models">
        <thead>
          <tr>
            <th>Model</th>
            <th>As it was, $</th>
            <th>What if, $</th>
            <th>Difference, $</th>
            <th>Cost as it was, $/Mtok</th>
            <th>What if, $/Mtok</th>
          </tr>
        </thead>
        <tbody>
          {answer.rows.map((row) => (
            <Row key={row.key} row={row} window={answer.window} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <Amounts of="Spend" was={was.spend} would={would.spend} change={change.spend} window={answer.window} />
            <td>
              <FigureText title="Cost, as it was" figure={was.cost} window={answer.window} isBare />
            </td>
            <td>
              <FigureText title="Cost, what if" figure={would.cost} window={answer.window} isBare />
            </td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

function Row({ row, window }: { readonly row: WhatIfRow; readonly window: TimeRange }) {
  const { url, go } = usePage();
  const isModel = row.key !== '';
  return (
    <tr>
      <th scope="row">
        <i
          style={isModel ? { background: seriesColourOf(row.key) } : undefined}
          data-state={isModel ? undefined : 'unallocated'}
        />
        {isModel ? (
          <button
            type="button"
            title="Ask for this model alone"
            onClick={() => go({ scope: { ...url.scope, model: row.key } })}
          >
            {row.label}
          </button>
        ) : (
          row.label
        )}
      </th>
      <Amounts of={`Spend of ${row.label}`} was={row.was} would={row.would} change={row.change} window={window} />
      <td>
        <FigureText title={`Cost of ${row.label}, as it was`} figure={row.costWas} window={window} isBare />
      </td>
      <td>
        <FigureText title={`Cost of ${row.label}, what if`} figure={row.costWould} window={window} isBare />
      </td>
    </tr>
  );
}

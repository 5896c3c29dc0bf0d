import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { seriesColourOf } from '#renderer/state/series-colours.ts';
import { BASIS_WORDS } from '#renderer/state/words.ts';
import type { WhatIf, WhatIfRow } from '#shared/contract/what-if-schema.ts';
import { formatFigure } from '#shared/units/format-quantity.ts';
import styles from './WhatIf.module.css';
import { differenceOf, rowsExport } from './what-if-rows.ts';
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
            <Row key={row.key} row={row} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <Amounts was={was.spend.value} would={would.spend.value} difference={change.spend.value} />
            <td>{price(was.cost.value)}</td>
            <td>{price(would.cost.value)}</td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

function Row({ row }: { readonly row: WhatIfRow }) {
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
      <Amounts was={row.was} would={row.would} difference={differenceOf(row)} />
      <td>{price(row.costWas)}</td>
      <td>{price(row.costWould)}</td>
    </tr>
  );
}

function price(value: number | null): string {
  return formatFigure(value, 'USD/Mtok').text;
}

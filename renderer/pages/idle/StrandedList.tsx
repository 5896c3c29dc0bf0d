import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import type { IdleCapacity, StrandedRow } from '#shared/contract/idle-schema.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatNumber, UNKNOWN } from '#shared/units/format-quantity.ts';
import { productName } from './capacity-rows.ts';
import { CAUSE_WORDS, strandedExport } from './idle-rows.ts';
import styles from './IdlePage.module.css';

const ROWS_SHOWN = 50;

/** Capacity that is paid for and cannot be used, by why and where. */
export function StrandedList({ answer }: { readonly answer: IdleCapacity }) {
  const { stranded, window } = answer;
  const { value, rows } = stranded;
  return (
    <section className={styles['panel']} aria-label="Stranded capacity">
      <header>
        <h2>Stranded</h2>
        <span>paid for, and cannot be used</span>
        <ExportButton name="idle-stranded" {...strandedExport(answer)} />
      </header>
      {rows.length === 0 ? (
        <p className={styles['empty']}>No GPU was down, held back, or free in pieces too small.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>Where</th>
              <th className={styles['left']}>Why</th>
              <th>GPU-h</th>
              <th>Cost, $</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, ROWS_SHOWN).map((row) => (
              <StrandedLine key={`${row.cause} ${row.pool} ${row.node} ${row.sku}`} row={row} window={window} />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">In all</th>
              <td>{rows.length > ROWS_SHOWN ? `${rows.length - ROWS_SHOWN} more rows in the export` : ''}</td>
              <td>
                <FigureButton request={{ title: 'Stranded capacity', figure: value, window }}>
                  {formatNumber(
                    rows.reduce((sum, row) => sum + row.gpuHours, 0),
                    1,
                  )}
                </FigureButton>
              </td>
              <td>
                <FigureButton request={{ title: 'Stranded capacity', figure: value, window }}>
                  {value.value === null ? UNKNOWN : formatNumber(value.value, 2)}
                </FigureButton>
              </td>
            </tr>
          </tfoot>
        </table>
      )}
    </section>
  );
}

function StrandedLine({ row, window }: { readonly row: StrandedRow; readonly window: TimeRange }) {
  const { url, go } = usePage();
  const { name, state } = CAUSE_WORDS[row.cause];
  const where = row.node ?? row.pool ?? 'no pool';
  const scope = row.node === null ? { pool: row.pool } : { node: row.node };
  const request = { title: `Stranded in ${where}: ${name}`, figure: row.cost, window };
  return (
    <tr>
      <th scope="row">
        <button type="button" title="Narrow the page to it" onClick={() => go({ scope: { ...url.scope, ...scope } })}>
          {where}
        </button>
        <small>{productName(row.sku)}</small>
      </th>
      <td className={styles['why']} title={row.because}>
        <div>
          <i data-state={state} />
          {name}
          <small>
            <FigureButton request={request}>{row.because}</FigureButton>
          </small>
        </div>
      </td>
      <td>
        <FigureButton request={request}>{formatNumber(row.gpuHours, 1)}</FigureButton>
      </td>
      <td>
        <FigureButton request={request}>{row.usd === null ? UNKNOWN : formatNumber(row.usd, 2)}</FigureButton>
      </td>
    </tr>
  );
}

import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureText } from '#renderer/components/FigureText.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { ABSENCE_WORDS, KIND_WORDS } from '#renderer/state/words.ts';
import type { ClassRow, CostDetail } from '#shared/contract/cost-schema.ts';
import { formatNumber, formatWithUnit, UNKNOWN } from '#shared/units/format-quantity.ts';
import { partsThatAdd } from '#shared/units/parts-that-add.ts';
import { CLASS_WORDS, classExport } from './cost-exports.ts';
import styles from './CostPage.module.css';

/** The bill by class of tokens: its rows add to it. */
export function ClassTable({ answer }: { readonly answer: CostDetail }) {
  const { url } = usePage();
  const { classes, window } = answer;
  const values = classes.rows.map((row) => row.cost.value);
  const known = values.filter((value) => value !== null);
  const rounded = known.length === values.length ? partsThatAdd(known, 2, classes.bill.value ?? 0) : values;
  return (
    <section className={styles['classes']} aria-label="Cost by class of tokens">
      <header className={styles['head']}>
        <h2>By class of tokens</h2>
        <span>{KIND_WORDS[url.kind].name} cost; rows add to the bill</span>
        <ExportButton name="cost-by-class" {...classExport(answer)} />
      </header>
      <table className={styles['table']} data-testid="class-table">
        <thead>
          <tr>
            <th>Class</th>
            <th>Tokens</th>
            <th>Weighted share</th>
            <th>Cost, $</th>
            <th>$/Mtok of its own</th>
          </tr>
        </thead>
        <tbody>
          {classes.rows.map((row, index) => (
            <ClassCells key={row.key} row={row} rounded={rounded[index] ?? null} answer={answer} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={3}>
              Bill
            </th>
            <td>
              <FigureText title="Bill of the classes" figure={classes.bill} window={window} isBare />
            </td>
            <td>{UNKNOWN}</td>
          </tr>
        </tfoot>
      </table>
      {classes.bill.absence !== null && <p className={styles['note']}>{ABSENCE_WORDS[classes.bill.absence]}</p>}
      {classes.pools.map((pool) => (
        <p key={pool.model} className={styles['note']}>
          {pool.model}: prefill and decode stand apart. Input bears the prefill pool (
          <FigureText title={`Prefill pool of ${pool.model}`} figure={pool.prefill} window={window} />
          ), output the decode pool (
          <FigureText title={`Decode pool of ${pool.model}`} figure={pool.decode} window={window} />
          ).
        </p>
      ))}
    </section>
  );
}

type ClassCellsProps = {
  readonly row: ClassRow;
  /** The cost, rounded so that the column adds. */
  readonly rounded: number | null;
  readonly answer: CostDetail;
};

function ClassCells({ row, rounded, answer }: ClassCellsProps) {
  const words = CLASS_WORDS[row.key];
  const share = row.weightedShare ?? 0;
  return (
    <tr data-waste={row.key === 'unattributed'}>
      <th scope="row">{words}</th>
      <td>{row.tokens === null ? UNKNOWN : formatWithUnit(row.tokens, 'token')}</td>
      <td>
        <span className={styles['barred']}>
          <i style={{ width: `${share * 100}%` }} />
          {formatWithUnit(row.weightedShare, 'ratio')}
        </span>
      </td>
      <td>
        <FigureText
          title={`Cost of ${words.toLowerCase()}`}
          figure={row.cost}
          window={answer.window}
          isBare
          text={rounded === null ? UNKNOWN : formatNumber(rounded, 2)}
        />
      </td>
      <td>
        <FigureText title={`${words}, per million of its own`} figure={row.unitCost} window={answer.window} isBare />
      </td>
    </tr>
  );
}

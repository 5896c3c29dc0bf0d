import { useMemo, useState } from 'react';
import { Icon } from '#renderer/components/Icon.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { scopeWords } from '#renderer/state/words.ts';
import type { CostBreakdown } from '#shared/contract/backend-api.ts';
import { formatFigure } from '#shared/units/format-quantity.ts';
import styles from './Breakdown.module.css';
import { BreakdownCells } from './BreakdownCells.tsx';
import { costRows, type CostRow, type Sort, type SortKey } from './cost-rows.ts';

type BreakdownTableProps = {
  readonly answer: CostBreakdown;
  readonly dimensionName: string;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
};

/** Rows shown before the reader asks for more: a thousand nodes would make every refresh slow. */
const ROWS_FIRST = 60;

export function BreakdownTable({ answer, dimensionName, sort, onSort }: BreakdownTableProps) {
  const { url, fleetName } = usePage();
  const [shownMax, setShownMax] = useState(ROWS_FIRST);
  const { rows, total } = useMemo(
    () => costRows({ answer, by: url.by, scope: url.scope, kind: url.kind, sort }),
    [answer, url.by, url.scope, url.kind, sort],
  );
  const hidden = rows.length - shownMax;
  const tokenScale = tokenScaleOf(rows);
  return (
    <>
      <table className={styles['table']} data-testid="breakdown-table">
        <thead>
          <tr>
            <Head sort={sort} onSort={onSort} name="label" isText>
              {dimensionName}
            </Head>
            <Head sort={sort} onSort={onSort} name="gpus">
              GPUs
            </Head>
            <th className={styles['states']}>GPU time by state</th>
            <Head sort={sort} onSort={onSort} name="tokensPerSecond">
              {tokenScale}
            </Head>
            <Head sort={sort} onSort={onSort} name="cost">
              $/Mtok, {url.kind}
            </Head>
            <Head sort={sort} onSort={onSort} name="change">
              {url.kind === 'loaded' ? 'Change' : 'Loaded change'}
            </Head>
            <th className={styles['spark']}>Trend, own scale</th>
            <Head sort={sort} onSort={onSort} name="tokensPerJoule">
              tok/J
            </Head>
            <Head sort={sort} onSort={onSort} name="idle">
              Idle, $/h
            </Head>
            <Head sort={sort} onSort={onSort} name="spend">
              Spend, $/h
            </Head>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shownMax).map((row) => (
            <BreakdownCells
              key={`${row.row.group} ${row.row.key}`}
              shaped={row}
              window={answer.window}
              tokenScale={tokenScale}
            />
          ))}
        </tbody>
        <tfoot>
          <BreakdownCells
            shaped={total}
            window={answer.window}
            tokenScale={tokenScale}
            totalLabel={scopeWords(url.scope, fleetName)}
          />
        </tfoot>
      </table>
      {(hidden > 0 || answer.omitted > 0) && (
        <p className={styles['more']}>
          {hidden > 0 && (
            <button type="button" onClick={() => setShownMax(shownMax + 240)}>
              Show {Math.min(240, hidden)} more of {hidden}
            </button>
          )}
          {answer.omitted > 0 && <span>{answer.omitted} further rows are inside the total only.</span>}
        </p>
      )}
    </>
  );
}

/** The unit of the busiest row: the total may then take four digits, but no row is all noughts. */
function tokenScaleOf(rows: readonly CostRow[]): string {
  const most = Math.max(0, ...rows.map(({ row }) => row.tokensPerSecond ?? 0));
  return formatFigure(most, 'token/s').unit;
}

type HeadProps = {
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly name: SortKey;
  readonly isText?: boolean;
  readonly children: React.ReactNode;
};

function Head({ sort, onSort, name, isText = false, children }: HeadProps) {
  const isSorted = sort.key === name;
  const direction = sort.isDescending ? 'descending' : 'ascending';
  return (
    <th className={isText ? styles['name'] : styles['number']} aria-sort={isSorted ? direction : 'none'}>
      <button
        type="button"
        onClick={() => onSort({ key: name, isDescending: isSorted ? !sort.isDescending : !isText })}
      >
        {children}
        {isSorted && (
          <span className={sort.isDescending ? undefined : styles['up']}>
            <Icon name="down" size={10} />
          </span>
        )}
      </button>
    </th>
  );
}

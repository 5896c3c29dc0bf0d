import { useState } from 'react';
import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { Segmented } from '#renderer/components/Segmented.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import type { CallScope } from '#shared/contract/backend-api.ts';
import type { IdleCapacity, IdlePlace } from '#shared/contract/idle-schema.ts';
import { formatNumber, formatWithUnit, UNKNOWN } from '#shared/units/format-quantity.ts';
import { decimalsOfHours, placesExport } from './idle-rows.ts';
import styles from './IdlePage.module.css';

const BY = [
  { value: 'node', name: 'Node' },
  { value: 'pool', name: 'Pool' },
] as const;

/** Where the idle money goes: nodes or pools, most first; rows add to the waste. */
export function PlaceTable({ answer }: { readonly answer: IdleCapacity }) {
  const [by, setBy] = useState<(typeof BY)[number]['value']>('node');
  const rows = (by === 'node' ? answer.nodes : answer.pools).filter(({ gpuHours }) => gpuHours > 0);
  const waste = answer.waste.value;
  return (
    <section className={styles['panel']} aria-label="Idle by place">
      <header>
        <h2>Where</h2>
        <span>most idle money first; rows add to the waste</span>
        <Segmented label="By" choices={BY} value={by} onChoose={setBy} />
        <ExportButton name={`idle-${by}s`} {...placesExport(rows)} />
      </header>
      {rows.length === 0 ? (
        <p className={styles['empty']}>No GPU stood idle in this range.</p>
      ) : (
        <table className={styles['places']}>
          <thead>
            <tr>
              <th>{by === 'node' ? 'Node' : 'Pool'}</th>
              <th>Idle GPU-h</th>
              <th>Of its time</th>
              <th>Energy, kWh</th>
              <th>Idle cost, $</th>
              <th>Share of idle cost</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <PlaceLine
                key={`${row.pool} ${row.node}`}
                row={row}
                by={by}
                most={rows[0]}
                waste={waste}
                answer={answer}
              />
            ))}
            {by === 'node' && answer.otherNodes !== null && (
              <tr>
                <th scope="row">{answer.otherNodes.nodes} more nodes</th>
                <td>
                  <OtherFigure answer={answer} of="cost" value={answer.otherNodes.gpuHours} decimals={1} />
                </td>
                <td>{UNKNOWN}</td>
                <td>
                  <OtherFigure answer={answer} of="energy" value={answer.otherNodes.kilowattHours} decimals={1} />
                </td>
                <td>
                  <OtherFigure answer={answer} of="cost" value={answer.otherNodes.usd} decimals={2} />
                </td>
                <td>{UNKNOWN}</td>
              </tr>
            )}
          </tbody>
        </table>
      )}
    </section>
  );
}

type OtherProps = {
  readonly answer: IdleCapacity;
  readonly of: 'cost' | 'energy';
  readonly value: number | null;
  readonly decimals: number;
};

/** An amount of the nodes that have no row of their own. */
function OtherFigure({ answer: { otherNodes, window }, of, value, decimals }: OtherProps) {
  if (otherNodes === null) return null;
  const title = of === 'cost' ? 'Idle waste of the other nodes' : 'Energy of idle GPUs on the other nodes';
  return (
    <FigureButton request={{ title, figure: otherNodes[of], window }}>
      {value === null ? UNKNOWN : formatNumber(value, decimals)}
    </FigureButton>
  );
}

type LineProps = {
  readonly row: IdlePlace;
  readonly by: 'node' | 'pool';
  readonly most: IdlePlace | undefined;
  readonly waste: number | null;
  readonly answer: IdleCapacity;
};

function PlaceLine({ row, by, most, waste, answer }: LineProps) {
  const { url, go } = usePage();
  const scope: CallScope = { ...url.scope, ...(by === 'node' ? { node: row.node } : { pool: row.pool }) };
  const name = (by === 'node' ? row.node : row.pool) ?? `no ${by} named`;
  const largest = most?.usd ?? 0;
  const explained = (figure: 'idle-spend' | 'idle-energy', value: number | null, decimals: number) => (
    <FigureButton request={{ name: figure, window: answer.window, scope, basis: url.basis }}>
      {value === null ? UNKNOWN : formatNumber(value, decimals)}
    </FigureButton>
  );
  return (
    <tr>
      <th scope="row">
        <button type="button" title="Narrow the page to it" onClick={() => go({ scope })}>
          {name}
        </button>
        {by === 'node' && <small>{row.pool}</small>}
      </th>
      <td>{explained('idle-spend', row.gpuHours, decimalsOfHours(most?.gpuHours ?? 0))}</td>
      <td>{formatWithUnit(row.allGpuHours > 0 ? row.gpuHours / row.allGpuHours : null, 'ratio')}</td>
      <td>{explained('idle-energy', row.kilowattHours, 1)}</td>
      <td data-waste="true">{explained('idle-spend', row.usd, 2)}</td>
      <td>
        <span className={styles['track']}>
          <i data-part="idle" style={{ width: `${largest > 0 ? ((row.usd ?? 0) / largest) * 100 : 0}%` }} />
        </span>
        <span className={styles['share']}>
          {formatWithUnit(waste === null || waste <= 0 || row.usd === null ? null : row.usd / waste, 'ratio')}
        </span>
      </td>
    </tr>
  );
}

import { Fragment, useState } from 'react';
import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { FigureText } from '#renderer/components/FigureText.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import type { DeploymentCapacity, DividedGpuHours, FreeGpus, IdleCapacity } from '#shared/contract/idle-schema.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatNumber, formatWithUnit, UNKNOWN } from '#shared/units/format-quantity.ts';
import { CAPACITY_PARTS, capacityExport, deploymentName, freeHours, productName } from './capacity-rows.ts';
import styles from './CapacityTable.module.css';
import panel from './IdlePage.module.css';

type TableProps = { readonly answer: IdleCapacity };

/** What each deployment had, divided: needed for load, kept as headroom, beyond need and lost, and what could go. */
export function CapacityTable({ answer }: TableProps) {
  const { recoverable } = answer;
  return (
    <section className={panel['panel']} aria-label="Recoverable capacity">
      <header>
        <h2>Needed, and what could go</h2>
        <span>GPU-hours; parts add to what was provisioned</span>
        <ExportButton name="idle-recoverable" {...capacityExport(answer)} />
      </header>
      <ul className={styles['legend']}>
        {CAPACITY_PARTS.map(({ key, name }) => (
          <li key={key}>
            <i data-capacity={key} />
            {name}
          </li>
        ))}
      </ul>
      <div className={styles['scroll']}>
        <table className={styles['table']}>
          <thead>
            <tr>
              <th>Deployment</th>
              <th>Pool, product</th>
              <th>Replicas</th>
              <th>GPU-h</th>
              <th>Divided</th>
              <th>Could go, GPU-h</th>
              <th>Worth, $</th>
              <th>Cash, $</th>
              <th>Headroom, $</th>
              <th>Short of headroom</th>
            </tr>
          </thead>
          <tbody>
            {recoverable.deployments.map((row) => (
              <DeploymentLine key={row.key} row={row} window={recoverable.window} />
            ))}
            {recoverable.free.map((row) => (
              <FreeLine key={`${row.pool} ${row.sku}`} row={row} window={recoverable.window} />
            ))}
          </tbody>
          <tfoot>
            <Total answer={answer} />
          </tfoot>
        </table>
      </div>
      {recoverable.deployments.length + recoverable.free.length === 0 && (
        <p className={panel['empty']}>No engine was placed on GPUs of this scope, and no GPU was free.</p>
      )}
      {recoverable.notes.map((note) => (
        <p key={note} className={styles['note']}>
          <Icon name="info" size={13} />
          {note}
        </p>
      ))}
    </section>
  );
}

function DeploymentLine({ row, window }: { readonly row: DeploymentCapacity; readonly window: TimeRange }) {
  const [isOpen, setOpen] = useState(false);
  const name = deploymentName(row);
  return (
    <Fragment>
      <tr>
        <th scope="row">
          <button type="button" aria-expanded={isOpen} title="Show other headrooms" onClick={() => setOpen(!isOpen)}>
            <Icon name={isOpen ? 'down' : 'right'} size={12} />
            {name}
          </button>
        </th>
        <td>{placeText(row)}</td>
        <td>
          {formatNumber(row.replicas, Number.isInteger(row.replicas) ? 0 : 1)} ×{' '}
          {formatNumber(row.gpusPerReplica, Number.isInteger(row.gpusPerReplica) ? 0 : 2)}
        </td>
        <Hours title={`${name}: GPU-hours`} hours={row.hours.provisioned} figure={row.recoverable} window={window} />
        <td>
          <CapacityBar hours={row.hours} />
        </td>
        {row.missing === null ? (
          <>
            <Hours
              title={`${name}: could be given back`}
              hours={row.hours.recoverable}
              figure={row.recoverable}
              window={window}
              isWaste
            />
            <Money title={`${name}: could be given back`} figure={row.recoverable} window={window} isWaste />
            <Money title={`${name}: cash if given back`} figure={row.cash} window={window} />
            <Money title={`${name}: headroom`} figure={row.headroom} window={window} />
            <td data-short={row.deficitHours > 0}>
              {row.deficitHours > 0 ? (
                <span title="More replicas were needed than there were: a warning, not waste">
                  <Icon name="late" size={12} /> {formatNumber(row.deficitHours, 1)} h
                </span>
              ) : (
                'never'
              )}
            </td>
          </>
        ) : (
          <td colSpan={5} className={styles['missing']} title={row.missing}>
            not known what a replica can serve
          </td>
        )}
      </tr>
      {isOpen && <Sensitivity row={row} window={window} />}
    </Fragment>
  );
}

/** The same window at other headrooms: how much the answer hangs on that choice. */
function Sensitivity({ row, window }: { readonly row: DeploymentCapacity; readonly window: TimeRange }) {
  const name = deploymentName(row);
  return (
    <tr className={styles['sensitivity']}>
      <td colSpan={10}>
        {row.missing === null ? (
          <dl>
            <dt>With another headroom</dt>
            {row.sensitivity.map((one) => (
              <div key={one.headroom}>
                <dt>{formatNumber(one.headroom * 100, 0)} %</dt>
                <dd>
                  <FigureText
                    title={`${name}: could be given back with ${formatNumber(one.headroom * 100, 0)} % of headroom`}
                    figure={one.value}
                    window={window}
                    options={{ currency: 'before' }}
                    hint={`, ${formatWithUnit(one.gpuHours, 'GPU-h')}`}
                  />
                </dd>
                <dd>{one.deficitHours > 0 ? `short ${formatNumber(one.deficitHours, 1)} h` : 'never short'}</dd>
              </div>
            ))}
            <div>
              <dt>Load on what was provisioned</dt>
              <dd>{formatWithUnit(row.utilisation, 'ratio')}</dd>
              <dd>
                <FigureButton
                  request={{ title: `${name}: too short to use, or lost to reload`, figure: row.unrecoverable, window }}
                >
                  too short {formatNumber(row.hours.tooShort, 1)}, reload {formatNumber(row.hours.transition, 1)} GPU-h
                </FigureButton>
              </dd>
            </div>
          </dl>
        ) : (
          <p>{row.missing}</p>
        )}
      </td>
    </tr>
  );
}

function FreeLine({ row, window }: { readonly row: FreeGpus; readonly window: TimeRange }) {
  const title = `Free GPUs in ${row.pool ?? 'no pool'}`;
  return (
    <tr>
      <th scope="row" className={styles['free']}>
        free GPUs
      </th>
      <td>{placeText(row)}</td>
      <td>{UNKNOWN}</td>
      <Hours title={title} hours={row.gpuHours} figure={row.recoverable} window={window} />
      <td>
        <CapacityBar hours={freeHours(row)} />
      </td>
      <Hours title={title} hours={row.recoverableGpuHours} figure={row.recoverable} window={window} isWaste />
      <Money title={title} figure={row.recoverable} window={window} isWaste />
      <td>{UNKNOWN}</td>
      <td>{UNKNOWN}</td>
      <td>{UNKNOWN}</td>
    </tr>
  );
}

function Total({ answer }: TableProps) {
  const { recoverable } = answer;
  const { deployments, free, value, cash, headroom, window } = recoverable;
  const all =
    deployments.reduce((sum, row) => sum + row.hours.provisioned, 0) + free.reduce((sum, row) => sum + row.gpuHours, 0);
  const could =
    deployments.reduce((sum, row) => sum + row.hours.recoverable, 0) +
    free.reduce((sum, row) => sum + row.recoverableGpuHours, 0);
  return (
    <tr>
      <th scope="row">In all</th>
      <td>{UNKNOWN}</td>
      <td>{UNKNOWN}</td>
      <Hours title="Could be given back" hours={all} figure={value} window={window} />
      <td>{UNKNOWN}</td>
      <Hours title="Could be given back" hours={could} figure={value} window={window} />
      <Money title="Could be given back" figure={value} window={window} isWaste />
      <Money title="Cash if given back" figure={cash} window={window} />
      <Money title="Headroom kept" figure={headroom} window={window} />
      <td>{UNKNOWN}</td>
    </tr>
  );
}

type MoneyProps = {
  readonly title: string;
  readonly figure: Figure;
  readonly window: TimeRange;
  readonly isWaste?: boolean;
};

function Money({ title, figure, window, isWaste = false }: MoneyProps) {
  return (
    <td data-waste={isWaste && (figure.value ?? 0) > 0}>
      <FigureButton request={{ title, figure, window }}>
        {figure.value === null ? UNKNOWN : formatNumber(figure.value, 2)}
      </FigureButton>
    </td>
  );
}

/** GPU-hours, with the figure whose working names them. */
function Hours({ title, hours, figure, window, isWaste = false }: MoneyProps & { readonly hours: number }) {
  return (
    <td data-waste={isWaste && hours > 0}>
      <FigureButton request={{ title, figure, window }}>{formatNumber(hours, 1)}</FigureButton>
    </td>
  );
}

function CapacityBar({ hours }: { readonly hours: DividedGpuHours }) {
  const shown = CAPACITY_PARTS.filter(({ key }) => hours[key] > 0);
  const words = shown.map(({ key, name }) => `${name} ${formatNumber(hours[key], 1)}`).join(', ');
  return (
    <div className={styles['bar']} title={`${words} GPU-h`}>
      <span className="unseen">{words} GPU-h</span>
      {shown.map(({ key }) => (
        <i key={key} data-capacity={key} style={{ flexGrow: hours[key] / hours.provisioned }} />
      ))}
    </div>
  );
}

function placeText({ pool, sku }: { readonly pool: string | null; readonly sku: string }): string {
  return `${pool ?? 'no pool'}, ${productName(sku)}`;
}

import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { StateBar } from '#renderer/components/StateBar.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { STATE_MEANING, STATE_WORDS } from '#renderer/state/words.ts';
import type { IdleCapacity } from '#shared/contract/idle-schema.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { GpuState } from '#shared/model/gpu-state.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatNumber, UNKNOWN } from '#shared/units/format-quantity.ts';
import styles from './IdlePage.module.css';
import { decimalsOfHours, stateRows, statesExport, totalOf, type StateRow } from './idle-rows.ts';

/** GPU time, money and energy by state: the warm rows are the waste, all rows are the spend. */
export function StateMoney({ answer }: { readonly answer: IdleCapacity }) {
  const { states, window } = answer;
  const { url } = usePage();
  const hours = totalOf(states, ({ gpuHours }) => gpuHours) ?? 0;
  const usd = totalOf(states, (row) => row.usd);
  const energy = states.reduce((sum, { kilowattHours }) => sum + (kilowattHours ?? 0), 0);
  const seconds = Object.fromEntries(states.map(({ state, gpuHours }) => [state, gpuHours])) as Record<
    GpuState,
    number
  >;
  return (
    <section className={styles['panel']}>
      <header>
        <h2>Money by state</h2>
        <span>rows add to the spend</span>
        <ExportButton name="idle-states" {...statesExport(answer)} />
      </header>
      <div className={styles['bar']}>
        <StateBar seconds={seconds} height={12} />
      </div>
      <table>
        <thead>
          <tr>
            <th>State</th>
            <th>GPU-h</th>
            <th>Share</th>
            <th>Cost, $</th>
            <th>Energy, kWh</th>
          </tr>
        </thead>
        <tbody>
          {stateRows(answer).map((row) => (
            <StateLine key={row.state} row={row} window={window} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">All GPU time</th>
            <td>
              <FigureButton request={{ name: 'spend', window, scope: url.scope, basis: url.basis }}>
                {formatNumber(hours, decimalsOfHours(hours))}
              </FigureButton>
            </td>
            <td>100.0 %</td>
            <td>
              <FigureButton request={{ name: 'spend', window, scope: url.scope, basis: url.basis }}>
                {usd === null ? UNKNOWN : formatNumber(usd, 2)}
              </FigureButton>
            </td>
            <td>
              <FigureButton request={{ name: 'energy', window, scope: url.scope, basis: url.basis }}>
                {formatNumber(energy, 1)}
              </FigureButton>
            </td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

function StateLine({ row, window }: { readonly row: StateRow; readonly window: TimeRange }) {
  const name = STATE_WORDS[row.state];
  const explained = (what: string, figure: Figure, text: string) => (
    <FigureButton request={{ title: `${what}, ${name}`, figure, window }}>{text}</FigureButton>
  );
  return (
    <tr data-zero={row.hours <= 0} data-waste={row.isWaste && row.hours > 0}>
      <th scope="row" title={STATE_MEANING[row.state]}>
        <i data-state={row.state} />
        {name}
      </th>
      <td>{explained('Cost of GPU time', row.cost, row.hoursText)}</td>
      <td>{row.shareText}</td>
      <td>{explained('Cost of GPU time', row.cost, row.usdText)}</td>
      <td>{explained('Energy of GPU time', row.energy, row.energyText)}</td>
    </tr>
  );
}

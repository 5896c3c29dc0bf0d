import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import { StateBar } from '#renderer/components/StateBar.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { toPage } from '#renderer/state/url-state.ts';
import { rangeLabel, windowLabel } from '#renderer/state/range-spec.ts';
import { useAsked } from '#renderer/state/use-asked.ts';
import { STATE_MEANING, STATE_WORDS } from '#renderer/state/words.ts';
import type { IdleWaste } from '#shared/contract/backend-api.ts';
import { GPU_STATES } from '#shared/model/gpu-state.ts';
import { formatFigure, formatNumber, formatWithUnit, UNKNOWN } from '#shared/units/format-quantity.ts';
import styles from './IdlePage.module.css';
import { decimalsOfHours, idleSpendOf, stateRows } from './idle-rows.ts';

const NODES_MAX = 200;

/** Capacity that is paid for and does nothing: how much, in what state, and on which nodes. */
export function IdlePage() {
  const { queries } = useBackend();
  const { window, scope } = useAsked();
  const query = useQuery(queries.idleWaste({ window, scope }, NODES_MAX));
  return (
    <Answer
      query={query}
      what="Idle capacity"
      skeleton={<PageSkeleton />}
      isEmpty={(answer) => GPU_STATES.every((state) => answer.gpuHours[state] <= 0)}
      empty={
        <p className={styles['empty']}>
          No GPU of this scope was known in this range. Choose a later range, or leave the scope.
        </p>
      }
    >
      {(answer) => (
        <div className={styles['page']}>
          <Verdict answer={answer} />
          <div className={styles['columns']}>
            <States answer={answer} />
            <Nodes answer={answer} />
          </div>
        </div>
      )}
    </Answer>
  );
}

function Verdict({ answer }: { readonly answer: IdleWaste }) {
  const { url, zone } = usePage();
  const spend = idleSpendOf(answer);
  const hours = answer.gpuHours['loaded-idle'] + answer.gpuHours.unallocated;
  const all = GPU_STATES.reduce((sum, state) => sum + answer.gpuHours[state], 0);
  return (
    <section className={styles['verdict']}>
      <h1>Idle waste, {rangeLabel(url.range, zone).toLowerCase()}</h1>
      <p className={styles['amount']}>
        <FigureButton request={{ name: 'idle-spend-rate', window: answer.window, scope: url.scope, basis: url.basis }}>
          {formatFigure(spend.usd, 'USD', { currency: 'before' }).text}
        </FigureButton>
        <small>{formatFigure(spend.usdPerHour, 'USD/h', { currency: 'before' }).text} /h on average</small>
      </p>
      <p>
        {formatWithUnit(hours, 'GPU-h')} of {formatWithUnit(all, 'GPU-h')} ({formatWithUnit(hours / all, 'ratio')})
        stood idle, {windowLabel(answer.window, zone)}.
      </p>
      <StateBar seconds={answer.gpuHours} height={18} />
    </section>
  );
}

function States({ answer }: { readonly answer: IdleWaste }) {
  const total = GPU_STATES.reduce((sum, state) => sum + answer.gpuHours[state], 0);
  return (
    <section className={styles['states']}>
      <h2>GPU time by state</h2>
      <table>
        <thead>
          <tr>
            <th>State</th>
            <th>GPU-h</th>
            <th>Share</th>
          </tr>
        </thead>
        <tbody>
          {stateRows(answer).map((row) => (
            <tr key={row.state} data-zero={row.hours <= 0}>
              <th scope="row">
                <i data-state={row.state} />
                {STATE_WORDS[row.state]}
                <small>{STATE_MEANING[row.state]}</small>
              </th>
              <td>{row.hoursText}</td>
              <td>{row.shareText}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">All GPU time</th>
            <td>{formatNumber(total, decimalsOfHours(total))}</td>
            <td>100.0 %</td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

function Nodes({ answer }: { readonly answer: IdleWaste }) {
  const { url, go } = usePage();
  const nodes = answer.nodes.filter((node) => node.idleUsd !== 0);
  const most = nodes[0]?.idleUsd ?? 0;
  const spend = idleSpendOf(answer).usd;
  return (
    <section className={styles['nodes']}>
      <h2>Nodes, most idle money first</h2>
      {nodes.length === 0 ? (
        <p className={styles['empty']}>No GPU stood idle in this range.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>Node</th>
              <th>Idle GPU-h</th>
              <th>Idle cost, $</th>
              <th>Share of idle cost</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map((node) => (
              <tr key={node.node ?? ''}>
                <th scope="row">
                  <button
                    type="button"
                    title="Show this node on the overview"
                    onClick={() => go({ ...toPage('overview'), scope: { ...url.scope, node: node.node } })}
                  >
                    {node.node ?? 'no node named'}
                  </button>
                </th>
                <td>{formatNumber(node.idleGpuHours, decimalsOfHours(nodes[0]?.idleGpuHours ?? 0))}</td>
                <td>{node.idleUsd === null ? UNKNOWN : formatNumber(node.idleUsd, 2)}</td>
                <td>
                  <span className={styles['bar']}>
                    <i data-part="idle" style={{ width: `${most > 0 ? ((node.idleUsd ?? 0) / most) * 100 : 0}%` }} />
                  </span>
                  <span className={styles['share']}>
                    {formatWithUnit(spend === null || node.idleUsd === null ? null : node.idleUsd / spend, 'ratio')}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

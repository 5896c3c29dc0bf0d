import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { SkeletonRows } from '#renderer/components/Skeleton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { toPage } from '#renderer/state/url-state.ts';
import { rangeLabel } from '#renderer/state/range-spec.ts';
import { useAsked } from '#renderer/state/use-asked.ts';
import type { CallScope, IdleWaste } from '#shared/contract/backend-api.ts';
import { idleSpendOf } from '#renderer/pages/idle/idle-rows.ts';
import { formatFigure, formatWithUnit } from '#shared/units/format-quantity.ts';
import styles from './SidePanel.module.css';

const NODES_SHOWN = 6;

const USD = { currency: 'before' } as const;

/** Where the idle money goes, most first. */
export function IdleNodes() {
  const { queries } = useBackend();
  const { url, go, zone } = usePage();
  const { window, scope } = useAsked();
  const query = useQuery(queries.idleWaste({ window, scope }, NODES_SHOWN));
  return (
    <section className={styles['panel']}>
      <header>
        <h2>Most idle</h2>
        <span>{rangeLabel(url.range, zone)}, most money first</span>
      </header>
      <Answer
        query={query}
        what="Idle capacity"
        skeleton={<SkeletonRows count={4} />}
        isEmpty={(answer) => !answer.nodes.some((node) => node.idleUsd !== 0)}
        empty={<p className={styles['empty']}>No GPU stood idle in this range.</p>}
      >
        {(answer) => (
          <>
            <NodeList answer={answer} />
            <button type="button" className={styles['link']} onClick={() => go(toPage('idle'))}>
              All idle capacity ›
            </button>
          </>
        )}
      </Answer>
    </section>
  );
}

function NodeList({ answer }: { readonly answer: IdleWaste }) {
  const { url, go } = usePage();
  const nodes = answer.nodes.filter((node) => node.idleUsd !== 0).slice(0, NODES_SHOWN);
  const most = nodes[0]?.idleUsd ?? 0;
  const explained = (scope: CallScope, text: string) => (
    <FigureButton request={{ name: 'idle-spend', window: answer.window, scope, basis: url.basis }}>{text}</FigureButton>
  );
  return (
    <ol className={styles['nodes']}>
      {nodes.map((node) => (
        <li key={node.node ?? ''}>
          <button
            type="button"
            title={`Show ${node.node ?? 'what has no node'} alone`}
            onClick={() => go({ scope: { ...url.scope, node: node.node } })}
          >
            {node.node ?? 'no node named'}
          </button>
          <b>{explained({ ...url.scope, node: node.node }, formatFigure(node.idleUsd, 'USD', USD).text)}</b>
          <i data-part="idle" style={{ width: `${most > 0 ? ((node.idleUsd ?? 0) / most) * 100 : 0}%` }} />
          <small>{explained({ ...url.scope, node: node.node }, formatWithUnit(node.idleGpuHours, 'GPU-h'))}</small>
        </li>
      ))}
      <li className={styles['sum']}>
        <span>Idle in all</span>
        <b>{explained(url.scope, formatFigure(idleSpendOf(answer).usd, 'USD', USD).text)}</b>
        <small>
          {explained(url.scope, formatWithUnit(answer.gpuHours['loaded-idle'] + answer.gpuHours.unallocated, 'GPU-h'))}{' '}
          on all nodes
        </small>
      </li>
    </ol>
  );
}

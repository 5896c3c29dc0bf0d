import { useState } from 'react';
import { SourceStateText } from '#renderer/components/SourceStateText.tsx';
import { useNow } from '#renderer/state/use-now.ts';
import type { SourceState, TargetHealth } from '#shared/contract/backend-api.ts';
import { secondsBetween } from '#shared/time/instant.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import { formatAge } from '#shared/units/format-time.ts';
import styles from './SourcesPage.module.css';

const ROWS_FIRST = 40;
const SIGNALS = { gpu: 'GPU', engine: 'engine', power: 'power', unknown: 'not known yet' } as const;
/** What needs a hand stands first. */
const ORDER: readonly SourceState[] = ['down', 'stale', 'late', 'waiting', 'fresh', 'paused'];

export function TargetTable({ targets }: { readonly targets: readonly TargetHealth[] }) {
  const [isWhole, setWhole] = useState(false);
  if (targets.length === 0) return null;
  const sorted = targets.toSorted(
    (one, other) =>
      ORDER.indexOf(one.state) - ORDER.indexOf(other.state) ||
      Number(other.heldOut > 0) - Number(one.heldOut > 0) ||
      one.name.localeCompare(other.name, 'en', { numeric: true }),
  );
  const shown = isWhole ? sorted : sorted.slice(0, ROWS_FIRST);
  return (
    <>
      <table className={styles['targets']}>
        <thead>
          <tr>
            <th>Target</th>
            <th>State</th>
            <th>Signal</th>
            <th>Last heard</th>
            <th>Samples</th>
            <th>Held out</th>
            <th>Why, and what to do</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((target) => (
            <TargetRow key={target.name} target={target} />
          ))}
        </tbody>
      </table>
      {shown.length < sorted.length && (
        <button type="button" className={styles['more']} onClick={() => setWhole(true)}>
          Show all {sorted.length} targets
        </button>
      )}
    </>
  );
}

function TargetRow({ target }: { readonly target: TargetHealth }) {
  const now = useNow();
  const age = target.lastHeard === null ? null : Math.max(0, secondsBetween(target.lastHeard, now));
  const why = [target.reason, target.heldOutReason].filter((reason) => reason !== null).join(' ');
  return (
    <tr>
      <th scope="row" title={target.address}>
        {target.name}
      </th>
      <td>
        <SourceStateText state={target.state} />
      </td>
      <td>{SIGNALS[target.signal]}</td>
      <td>{formatAge(age)}</td>
      <td>{formatNumber(target.samples, 0)}</td>
      <td data-held={target.heldOut > 0}>{formatNumber(target.heldOut, 0)}</td>
      <td title={why}>{why === '' ? '–' : why}</td>
    </tr>
  );
}

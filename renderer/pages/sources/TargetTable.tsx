import { memo, useState } from 'react';
import { SourceStateText } from '#renderer/components/SourceStateText.tsx';
import { useRowWindow } from '#renderer/state/use-row-window.ts';
import type { TargetHealth } from '#shared/contract/backend-api.ts';
import { secondsBetween, type EpochMs } from '#shared/time/instant.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import { formatAge } from '#shared/units/format-time.ts';
import { targetGroups } from './target-rows.ts';
import styles from './TargetTable.module.css';

const SIGNALS: Readonly<Record<TargetHealth['signal'], string>> = {
  gpu: 'GPU',
  engine: 'engine',
  power: 'power',
  unknown: '–',
};

type TargetTableProps = { readonly targets: readonly TargetHealth[]; readonly now: EpochMs };

/** Height of a row that does not wrap, px: as in the style sheet. */
const ROW_HEIGHT = 26;

/** Every target of a source, what needs a hand first; a long list shows a few of those that are well until it is asked. */
export function TargetTable({ targets, now }: TargetTableProps) {
  const [isWhole, setWhole] = useState(false);
  if (targets.length === 0) return null;
  const groups = targetGroups(targets, isWhole);
  const hidden = groups.reduce((total, group) => total + group.hidden, 0);
  const ill = groups.filter(({ state }) => state !== 'fresh').flatMap(({ rows }) => rows);
  const well = groups.find(({ state }) => state === 'fresh')?.rows ?? [];
  return (
    <>
      <table className={styles['targets']} aria-rowcount={targets.length + 1}>
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
        <tbody>{ill.map((target) => rowOf(target, now))}</tbody>
        <WellRows targets={well} now={now} />
      </table>
      {(hidden > 0 || isWhole) && (
        <button type="button" className={styles['more']} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show fewer' : `Show all ${formatNumber(targets.length, 0)} targets: ${hiddenText(groups)}`}
        </button>
      )}
    </>
  );
}

/** Rows that are all of one height: of a long list only those in sight are drawn. */
function WellRows({ targets, now }: TargetTableProps) {
  const { place, from, to } = useRowWindow(targets.length, ROW_HEIGHT);
  return (
    <tbody ref={place}>
      {from > 0 && <Space rows={from} />}
      {targets.slice(from, to).map((target) => rowOf(target, now))}
      {to < targets.length && <Space rows={targets.length - to} />}
    </tbody>
  );
}

function Space({ rows }: { readonly rows: number }) {
  return <tr aria-hidden="true" className={styles['space']} style={{ height: rows * ROW_HEIGHT }} />;
}

function rowOf(target: TargetHealth, now: EpochMs) {
  return <TargetRow key={`${target.address} ${target.name}`} target={target} heard={heardText(target, now)} />;
}

function hiddenText(groups: ReturnType<typeof targetGroups>): string {
  const parts = groups
    .filter(({ hidden }) => hidden > 0)
    .map(({ hidden, state }) => `${formatNumber(hidden, 0)} more ${state}`);
  return parts.join(', ');
}

function heardText({ lastHeard }: TargetHealth, now: EpochMs): string {
  return formatAge(lastHeard === null ? null : Math.max(0, secondsBetween(lastHeard, now)));
}

type TargetRowProps = { readonly target: TargetHealth; readonly heard: string };

/** Drawn again only when what it shows has changed: a fleet has hundreds of them, and a second passes for all. */
const TargetRow = memo(function Row({ target, heard }: TargetRowProps) {
  const why = [target.reason, target.heldOutReason].filter((reason) => reason !== null).join(' ');
  return (
    <tr data-source-state={target.state}>
      <th scope="row" title={target.address}>
        {target.name}
      </th>
      <td>
        <SourceStateText state={target.state} />
      </td>
      <td>{SIGNALS[target.signal]}</td>
      <td>{heard}</td>
      <td>{formatNumber(target.samples, 0)}</td>
      <td data-held={target.heldOut > 0}>{formatNumber(target.heldOut, 0)}</td>
      <td title={why}>{why === '' ? '–' : why}</td>
    </tr>
  );
}, isSameRow);

function isSameRow(one: TargetRowProps, other: TargetRowProps): boolean {
  return one.heard === other.heard && JSON.stringify(one.target) === JSON.stringify(other.target);
}

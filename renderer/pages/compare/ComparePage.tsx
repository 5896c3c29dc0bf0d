import { Segmented } from '#renderer/components/Segmented.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { rangeLabel } from '#renderer/state/range-spec.ts';
import styles from './ComparePage.module.css';
import { ReferenceTab } from './ReferenceTab.tsx';
import { SnapshotsTab } from './SnapshotsTab.tsx';
import { WhatIfTab } from './WhatIfTab.tsx';

const TABS = [
  { value: 'reference', name: 'Reference' },
  { value: 'what-if', name: 'What-if' },
  { value: 'snapshots', name: 'Snapshots' },
] as const;

type TabName = (typeof TABS)[number]['value'];

const MEANING: Readonly<Record<TabName, string>> = {
  reference: 'this fleet beside public runs of the same model, product and precision',
  'what-if': 'what the same work would have cost with other prices, or another fleet',
  snapshots: 'two snapshots, or a snapshot and this fleet, side by side',
};

/** The fleet beside public references, and beside itself under other prices. */
export function ComparePage() {
  const { url, go, zone } = usePage();
  const tab: TabName = TABS.find(({ value }) => value === url.tab)?.value ?? 'reference';
  return (
    <div className={styles['page']}>
      <header className={styles['bar']}>
        <h1>Compare</h1>
        <span>
          {rangeLabel(url.range, zone)}; {MEANING[tab]}
        </span>
        <Segmented label="Compare with" choices={TABS} value={tab} onChoose={(next) => go({ tab: next, item: null })} />
      </header>
      {tab === 'reference' && <ReferenceTab />}
      {tab === 'what-if' && <WhatIfTab />}
      {tab === 'snapshots' && <SnapshotsTab />}
    </div>
  );
}

import { Segmented } from '#renderer/components/Segmented.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { rangeLabel } from '#renderer/state/range-spec.ts';
import styles from './ComparePage.module.css';
import { ReferenceTab } from './ReferenceTab.tsx';

const TABS = [{ value: 'reference', name: 'Reference' }] as const;

type TabName = (typeof TABS)[number]['value'];

/** The fleet beside others: public references. */
export function ComparePage() {
  const { url, go, zone } = usePage();
  const tab: TabName = TABS.find(({ value }) => value === url.tab)?.value ?? 'reference';
  return (
    <div className={styles['page']}>
      <header className={styles['bar']}>
        <h1>Compare</h1>
        <span>
          {rangeLabel(url.range, zone)}; this fleet beside public runs of the same model, product and precision
        </span>
        <Segmented label="Compare with" choices={TABS} value={tab} onChoose={(next) => go({ tab: next, item: null })} />
      </header>
      <ReferenceTab />
    </div>
  );
}

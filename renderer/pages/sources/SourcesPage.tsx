import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { useIsSnapshot } from '#renderer/backend/use-is-snapshot.ts';
import { Answer } from '#renderer/components/Answer.tsx';
import { SkeletonRows } from '#renderer/components/Skeleton.tsx';
import { SOURCE_WORDS } from '#renderer/state/words.ts';
import type { SourceHealth } from '#shared/contract/backend-api.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import { ConnectField } from './ConnectField.tsx';
import { SourceDrawer, type DrawerRequest } from './SourceDrawer.tsx';
import { SourceSection } from './SourceSection.tsx';
import styles from './SourcesPage.module.css';
import { inOrderOfTrouble, matchingTargets, stateCounts } from './target-rows.ts';

/** Where the figures come from, how each source does, and one field to add one. */
export function SourcesPage() {
  const { queries } = useBackend();
  const query = useQuery(queries.sourceHealth());
  const isSnapshot = useIsSnapshot();
  const [drawer, setDrawer] = useState<DrawerRequest | null>(null);
  const [filter, setFilter] = useState('');
  return (
    <div className={styles['page']} data-drawer={drawer !== null}>
      <div className={styles['list']} data-scrolls>
        {!isSnapshot && <ConnectField onOpen={setDrawer} />}
        <Answer
          query={query}
          what="The sources"
          skeleton={<SkeletonRows count={8} />}
          isEmpty={(sources) => sources.length === 0}
          empty={
            <p className={styles['empty']}>
              {isSnapshot
                ? 'A snapshot has no sources: nothing is polled for it. Sources of the live fleet go on, and are shown when the snapshot is left.'
                : 'No source is connected. Paste the address of a DCGM exporter, of an engine, or of a Prometheus server above.'}
            </p>
          }
        >
          {(sources) => (
            <>
              <FilterBar sources={sources} filter={filter} onFilter={setFilter} />
              {inOrderOfTrouble(sources).map((source) => (
                <SourceSection key={source.name} source={source} filter={filter} onOpen={setDrawer} />
              ))}
            </>
          )}
        </Answer>
      </div>
      {drawer !== null && <SourceDrawer key={drawer.key} request={drawer} onClose={() => setDrawer(null)} />}
    </div>
  );
}

type FilterBarProps = {
  readonly sources: readonly SourceHealth[];
  readonly filter: string;
  readonly onFilter: (text: string) => void;
};

/** How all targets are, in one line, and a field that narrows the lists below. */
function FilterBar({ sources, filter, onFilter }: FilterBarProps) {
  const targets = sources.flatMap((source) => source.targets);
  const matching = matchingTargets(targets, filter).length;
  const paused = sources.filter(({ state }) => state === 'paused').length;
  return (
    <div className={styles['bar']}>
      <p>
        <b>{formatNumber(sources.length, 0)}</b> {sources.length === 1 ? 'source' : 'sources'}
        {paused > 0 && `, ${paused} paused`}, <b>{formatNumber(targets.length, 0)}</b>{' '}
        {targets.length === 1 ? 'target' : 'targets'}
        {stateCounts(targets).map(({ state, count }) => (
          <span key={state} data-source-state={state}>
            {formatNumber(count, 0)} {SOURCE_WORDS[state]}
          </span>
        ))}
      </p>
      <label>
        <span className="unseen">Filter targets</span>
        <input
          type="search"
          value={filter}
          placeholder="Filter targets: name, state, reason"
          spellCheck={false}
          autoComplete="off"
          data-testid="target-filter"
          onChange={(event) => onFilter(event.target.value)}
        />
      </label>
      {filter !== '' && (
        <output>
          {formatNumber(matching, 0)} of {formatNumber(targets.length, 0)}
        </output>
      )}
    </div>
  );
}

import { useEffect, useRef } from 'react';
import type { UseMutationResult } from '@tanstack/react-query';
import { Icon } from '#renderer/components/Icon.tsx';
import { SkeletonRows } from '#renderer/components/Skeleton.tsx';
import { SourceStateText } from '#renderer/components/SourceStateText.tsx';
import type { SourceTest, TargetHealth } from '#shared/contract/backend-api.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import { KIND_WORDS } from './kind-words.ts';
import { JobTable } from './JobTable.tsx';
import { SignalGroupList } from './SignalGroupList.tsx';
import styles from './SourceDrawer.module.css';
import { stateCounts } from './target-rows.ts';

const FAILING_SHOWN = 20;

/** What came back when a source was asked: how its targets are, then signal by signal what it tells. */
export function TestResult({
  test,
}: {
  readonly test: Pick<UseMutationResult<SourceTest, Error, never>, 'data' | 'error' | 'isPending'>;
}) {
  if (test.isPending) {
    return (
      <section aria-busy="true" aria-label="The source is asked">
        <SkeletonRows count={6} />
      </section>
    );
  }
  if (test.error !== null) {
    return (
      <section className={styles['result']} data-testid="test-result">
        <p className={styles['trouble']} role="alert">
          <Icon name="bad" size={13} />
          {test.error.message}
        </p>
      </section>
    );
  }
  return test.data === undefined ? null : <Found found={test.data} />;
}

function Found({ found }: { readonly found: SourceTest }) {
  const { health, signals, jobs } = found;
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'nearest' });
  }, [found]);
  const failing = health.targets.filter(({ state }) => state === 'down');
  return (
    <section ref={place} className={styles['result']} data-testid="test-result" aria-live="polite">
      <h3>
        <SourceStateText state={health.state} />
        {KIND_WORDS[health.kind]}
        {stateCounts(health.targets).map(({ state, count }) => (
          <span key={state}>
            {formatNumber(count, 0)} {count === 1 ? 'target' : 'targets'} {state === 'fresh' ? 'answered' : state}
          </span>
        ))}
      </h3>
      {health.reason !== null && <p>{health.reason}</p>}
      <Failing targets={failing} />
      {signals.length === 0 && health.state !== 'down' && (
        <p>Nothing that Tokenwatt reads was found: no GPU, no engine, no power meter.</p>
      )}
      {signals.map((group) => (
        <SignalGroupList key={`${group.of} ${group.name}`} group={group} />
      ))}
      {jobs !== null && jobs.length > 0 && <JobTable jobs={jobs} />}
    </section>
  );
}

function Failing({ targets }: { readonly targets: readonly TargetHealth[] }) {
  if (targets.length === 0) return null;
  return (
    <ul className={styles['failing']}>
      {targets.slice(0, FAILING_SHOWN).map((target) => (
        <li key={target.address}>
          <b>{target.name}</b> {target.reason}
        </li>
      ))}
      {targets.length > FAILING_SHOWN && <li>and {formatNumber(targets.length - FAILING_SHOWN, 0)} more</li>}
    </ul>
  );
}

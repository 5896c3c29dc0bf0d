import { Icon } from '#renderer/components/Icon.tsx';
import { SourceStateText } from '#renderer/components/SourceStateText.tsx';
import { useNow } from '#renderer/state/use-now.ts';
import type { SourceHealth } from '#shared/contract/backend-api.ts';
import { secondsBetween } from '#shared/time/instant.ts';
import { formatNumber, formatWithUnit } from '#shared/units/format-quantity.ts';
import { formatDuration } from '#shared/units/format-time.ts';
import { KIND_WORDS } from './kind-words.ts';
import { SourceActions } from './SourceActions.tsx';
import type { DrawerRequest } from './SourceDrawer.tsx';
import styles from './SourcesPage.module.css';
import { matchingTargets } from './target-rows.ts';
import { TargetTable } from './TargetTable.tsx';

type SourceSectionProps = {
  readonly source: SourceHealth;
  readonly filter: string;
  readonly onOpen: (request: DrawerRequest) => void;
};

/** One source: how it does and why, since when, and every target behind it. */
export function SourceSection({ source, filter, onOpen }: SourceSectionProps) {
  const now = useNow();
  const since = source.since === null ? null : Math.max(0, secondsBetween(source.since, now));
  const targets = matchingTargets(source.targets, filter);
  const fresh = source.targets.filter(({ state }) => state === 'fresh').length;
  // What a server of history has to say is said once, beside its progress.
  const reason = source.reason === source.backfill?.message ? null : source.reason;
  return (
    <section className={styles['source']} data-testid="source-row" aria-label={source.name}>
      <header>
        <h2>{source.name}</h2>
        <SourceStateText state={source.state} />
        {since !== null && <span>for {formatDuration(Math.floor(since))}</span>}
        {source.targets.length > 1 && (
          <span>
            {formatNumber(fresh, 0)} of {formatNumber(source.targets.length, 0)} targets fresh
          </span>
        )}
        <span className={styles['address']} title={source.address}>
          {KIND_WORDS[source.kind]}, <code>{source.address}</code>
        </span>
        <SourceActions source={source} onOpen={onOpen} />
      </header>
      {reason !== null && (
        <p className={styles['reason']} data-source-state={source.state}>
          <Icon name={source.state === 'down' ? 'bad' : 'info'} size={13} />
          {reason}
        </p>
      )}
      {source.notes.map((note) => (
        <p key={note} className={styles['reason']}>
          <Icon name="info" size={13} />
          {note}
        </p>
      ))}
      {source.backfill !== null && (
        <div className={styles['backfill']}>
          <progress max={1} value={source.backfill.doneShare} aria-label="Backfill" />
          <span>
            {source.backfill.message} ({formatWithUnit(source.backfill.doneShare, 'ratio')})
          </span>
        </div>
      )}
      {targets.length === 0 && filter !== '' && source.targets.length > 0 ? (
        <p className={styles['none']}>None of its {formatNumber(source.targets.length, 0)} targets matches.</p>
      ) : (
        <TargetTable targets={targets} now={now} />
      )}
    </section>
  );
}

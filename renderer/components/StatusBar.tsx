import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { toPage } from '#renderer/state/url-state.ts';
import { useNow } from '#renderer/state/use-now.ts';
import { SOURCE_WORDS } from '#renderer/state/words.ts';
import type { SourceHealth, SourceState } from '#shared/contract/backend-api.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import styles from './StatusBar.module.css';

/** What the figures rest on, at the foot of every page: sources, prices, token weights, and the time. */
export function StatusBar() {
  const { queries } = useBackend();
  const { go, zone, fleetName } = usePage();
  const sources = useQuery(queries.sourceHealth()).data;
  const book = useQuery(queries.costBook()).data?.book;
  const version = useQuery(queries.capabilities()).data?.version;
  const now = useNow();
  return (
    <footer className={styles['bar']}>
      {sources !== undefined && (
        <button type="button" onClick={() => go(toPage('sources'))}>
          {sourcesText(sources)}
        </button>
      )}
      {book !== undefined && (
        <button type="button" onClick={() => go(toPage('cost-book'))}>
          {bookText(book, now, zone)}
        </button>
      )}
      {book !== undefined && <span className={styles['wide']}>{weightsText(book, now)}</span>}
      <span className={styles['space']} />
      <span className={styles['wide']}>
        {fleetName}
        {version === undefined ? '' : `, Tokenwatt ${version}`}
      </span>
      <b>{formatInstant(now, zone, 'second')}</b>
    </footer>
  );
}

const STATES: readonly SourceState[] = ['fresh', 'late', 'stale', 'down', 'waiting', 'paused'];

function sourcesText(sources: readonly SourceHealth[]): string {
  const states = sources.flatMap((source): readonly SourceState[] =>
    source.targets.length > 0 ? source.targets.map((target) => target.state) : [source.state],
  );
  const counts = STATES.map((state) => ({ state, count: states.filter((one) => one === state).length }));
  const parts = counts.filter(({ count }) => count > 0).map(({ state, count }) => `${count} ${SOURCE_WORDS[state]}`);
  const total = `${sources.length} ${sources.length === 1 ? 'source' : 'sources'}`;
  return parts.length === 0 ? total : `${total}, targets: ${parts.join(', ')}`;
}

function revisionAt(book: CostBook, at: EpochMs): CostBook['revisions'][number] | undefined {
  return book.revisions.findLast((revision) => revision.from <= at) ?? book.revisions[0];
}

function bookText(book: CostBook, now: EpochMs, zone: string): string {
  const revision = revisionAt(book, now);
  if (revision === undefined) return 'Cost book is empty';
  const place = book.revisions.indexOf(revision) + 1;
  const since = revision.from > 0 ? ` since ${formatInstant(revision.from, zone, 'short')}` : '';
  const isAssumed = revision.hardware.some((row) => row.provenance.quality === 'assumed');
  return `Cost book r${place}${since}${isAssumed ? ', some prices assumed' : ''}`;
}

function weightsText(book: CostBook, now: EpochMs): string {
  const weights = revisionAt(book, now)?.weights;
  return weights === undefined ? '' : `Billed tokens ${weights.input} : ${weights.cached} : ${weights.output}`;
}

import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { PAGES, toPage, urlStateTo, type PageName } from '#renderer/state/url-state.ts';
import { usePage } from '#renderer/state/page-context.tsx';
import { Icon } from './Icon.tsx';
import styles from './Rail.module.css';

const NAMES: Readonly<Record<PageName, string>> = {
  overview: 'Overview',
  cost: 'Cost',
  idle: 'Idle',
  updates: 'Updates',
  compare: 'Compare',
  alerts: 'Alerts',
  engines: 'Engines',
  sources: 'Sources',
  'cost-book': 'Cost book',
  snapshots: 'Snapshots',
  reports: 'Reports',
};

/** Pages that set things up stand at the foot, away from pages that show. */
const FIRST_OF_FOOT: PageName = 'sources';

/** The pages there are. Each is a link with an address of its own, so that it opens in a new window too. */
export function Rail() {
  const { url, go } = usePage();
  return (
    <nav className={styles['rail']} aria-label="Pages">
      <div className={styles['logo']}>
        <svg width="26" height="26" viewBox="0 0 26 26" role="img" aria-label="Tokenwatt">
          <rect x="0.5" y="0.5" width="25" height="25" rx="5" fill="none" stroke="var(--line2)" />
          <path d="M7 19v-7M11 19V7M15 19v-9" stroke="var(--accent)" strokeWidth="2.2" />
          <path d="M19 19v-4" stroke="var(--waste)" strokeWidth="2.2" />
        </svg>
      </div>
      {PAGES.map((page) => (
        <a
          key={page}
          href={urlStateTo({ ...url, ...toPage(page) }) || '?'}
          aria-current={url.page === page ? 'page' : undefined}
          data-foot={page === FIRST_OF_FOOT}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            go(toPage(page));
          }}
        >
          <Icon name={page} size={18} />
          {page === 'alerts' && <AlertCount />}
          {NAMES[page]}
        </a>
      ))}
    </nav>
  );
}

/** Alerts that are open and that nobody has acknowledged. */
function AlertCount() {
  const { queries } = useBackend();
  const { data } = useQuery(queries.alerts());
  const count = data?.openCount ?? 0;
  if (count === 0) return null;
  return (
    <b className={styles['badge']} aria-label={`${count} open`}>
      {count > 99 ? '99+' : count}
    </b>
  );
}

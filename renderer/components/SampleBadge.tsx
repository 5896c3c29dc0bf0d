import { usePage } from '#renderer/state/page-context.tsx';
import { toPage } from '#renderer/state/url-state.ts';
import { Icon } from './Icon.tsx';
import styles from './TopBar.module.css';

/** Says on every page that the fleet is invented, with the way out. */
export function SampleBadge() {
  const { isSample, go } = usePage();
  if (!isSample) return null;
  return (
    <div className={styles['badge']} data-testid="sample-badge">
      <span>
        <Icon name="info" size={12} />
        Sample data
      </span>
      <button type="button" onClick={() => go(toPage('sources'))}>
        Connect yours
      </button>
    </div>
  );
}

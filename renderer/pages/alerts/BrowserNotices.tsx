import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { canNotify, permissionNow } from '#renderer/state/browser-notices.ts';
import styles from './AlertsPage.module.css';

/** Notifications of this browser; the window shows those of the system without being asked. */
export function BrowserNotices() {
  const { queries } = useBackend();
  const { data } = useQuery(queries.capabilities());
  const [permission, setPermission] = useState(permissionNow);
  const isWindow = data?.host === 'window';
  return (
    <section className={styles['section']}>
      <header className={styles['head']}>
        <h2>Notifications</h2>
        <span>{isWindow ? 'shown by the system, quiet hours kept' : WORDS[permission]}</span>
      </header>
      {!isWindow && permission === 'default' && (
        <div className={styles['editor']}>
          <div className={styles['row']}>
            <button
              type="button"
              className={styles['button']}
              disabled={!canNotify()}
              onClick={() => void Notification.requestPermission().then(setPermission)}
            >
              Allow notifications of this browser
            </button>
            <span className={styles['note']}>They are shown while a tab of Tokenwatt is open.</span>
          </div>
        </div>
      )}
    </section>
  );
}

const WORDS: Readonly<Record<NotificationPermission, string>> = {
  default: 'this browser was not asked yet',
  granted: 'shown by this browser while a tab is open',
  denied: 'this browser refuses them: change it in its settings of this site',
};

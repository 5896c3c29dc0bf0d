import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';

export function canNotify(): boolean {
  return 'Notification' in window;
}

export function permissionNow(): NotificationPermission {
  return canNotify() ? Notification.permission : 'denied';
}

/**
 * Shows what people are told as notifications of the browser, where they were allowed. The backend has kept quiet hours
 * already. What was told before the page was opened is not shown again; a tag keeps several tabs from showing one twice.
 */
export function useBrowserNotices(): void {
  const { queries } = useBackend();
  const { data: about } = useQuery(queries.capabilities());
  const { data: alerts } = useQuery(queries.alerts());
  const shownUntil = useRef<number | null>(null);
  const isBrowser = about?.host === 'server';
  useEffect(() => {
    if (alerts === undefined || about === undefined) return;
    const since = shownUntil.current ?? about.now;
    const news = alerts.notices.filter(({ at }) => at > since);
    shownUntil.current = Math.max(since, ...alerts.notices.map(({ at }) => at));
    if (!isBrowser || permissionNow() !== 'granted') return;
    for (const { id, title, body, alert } of news) {
      if (alert.deliverTo.includes('desktop')) new Notification(title, { body, tag: id });
    }
  }, [alerts, about, isBrowser]);
}

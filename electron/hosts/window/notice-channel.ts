import type { DesktopNotice } from '#backend/create-backend.ts';

/** A wish of the backend that the system shows a notification: only the main process can. */
export type NoticeWish = { readonly kind: 'notify' } & DesktopNotice;

/** The part of Electron's notifications that is needed. */
type Shown = { show(): void; on(event: 'click', hear: () => void): unknown };
type MakeNotice = (options: { title: string; body: string; urgency: 'critical' | 'normal' }) => Shown;

/** Longer texts are cut by every system, each at a place of its own. */
const TITLE_LENGTH_MAX = 120;
const BODY_LENGTH_MAX = 400;

export function isNoticeWish(message: object): message is NoticeWish {
  const { kind, title, body, isUrgent } = message as { readonly [Key in keyof NoticeWish]?: unknown };
  return kind === 'notify' && typeof title === 'string' && typeof body === 'string' && typeof isUrgent === 'boolean';
}

/** Shows a notification; a press on it shows the window. */
export function showNotice(make: MakeNotice, { title, body, isUrgent }: NoticeWish, onPress: () => void): void {
  const notice = make({
    title: title.slice(0, TITLE_LENGTH_MAX),
    body: body.slice(0, BODY_LENGTH_MAX),
    urgency: isUrgent ? 'critical' : 'normal',
  });
  notice.on('click', onPress);
  notice.show();
}

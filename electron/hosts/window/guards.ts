import type { Session, WebContents } from 'electron';
import { isOwnExport, isOwnPage } from './app-page.ts';

/** The one permission the page has: to put text on the clipboard ("copy" beside a number). It cannot read from it. */
const GRANTED = 'clipboard-sanitized-write';

/** Whether a page may do what it asks for. */
export function isGranted(permission: string, requester: string): boolean {
  return permission === GRANTED && isOwnPage(requester);
}

/** Keeps a page where it is: no other origin by any way, no new window, no web view. */
export function guardContents(contents: WebContents): void {
  const staySame = (details: { readonly url: string; preventDefault(): void }): void => {
    if (!isOwnPage(details.url)) details.preventDefault();
  };
  contents.on('will-navigate', staySame);
  contents.on('will-redirect', staySame);
  contents.on('will-frame-navigate', staySame);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** Denies what the page could ask of the machine, and every download but our exports, whose place the user is asked for. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(isGranted(permission, details.requestingUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, origin) => isGranted(permission, origin));
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event, item) => {
    if (!isOwnExport(item.getURL(), item.getFilename())) event.preventDefault();
  });
}

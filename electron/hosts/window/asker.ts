import type { IpcMainEvent } from 'electron';
import { isOwnPage } from './app-page.ts';

/** Who sent a message: the part of its event that tells. */
export type Asker = {
  readonly sender: unknown;
  readonly senderFrame: Pick<NonNullable<IpcMainEvent['senderFrame']>, 'url' | 'parent'> | null;
};

/** Whether the main frame of our window asks, and still shows our page. A frame that is gone by now is nobody. */
export function isAskedByOurs({ sender, senderFrame }: Asker, ourContents: unknown): boolean {
  if (ourContents === null || sender !== ourContents || senderFrame === null) return false;
  return senderFrame.parent === null && isOwnPage(senderFrame.url);
}

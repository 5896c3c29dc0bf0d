import type { MessageBoxSyncOptions, WebContents } from 'electron';

const STAY = 0;
const LEAVE = 1;

/** Asked when the page says that something on it is not saved. */
export const LEAVE_QUESTION: MessageBoxSyncOptions = {
  type: 'question',
  message: 'Close without saving?',
  detail: 'The cost book has changes that are not saved.',
  buttons: ['Stay', 'Close, losing them'],
  defaultId: STAY,
  cancelId: STAY,
};

/**
 * A page that holds its reader would keep the window open without a word: here the reader is asked. To prevent the default of
 * this event is to let the page go.
 */
export function askBeforeLeaving(
  contents: Pick<WebContents, 'on'>,
  ask: (question: MessageBoxSyncOptions) => number,
): void {
  contents.on('will-prevent-unload', (event) => {
    if (ask(LEAVE_QUESTION) === LEAVE) event.preventDefault();
  });
}

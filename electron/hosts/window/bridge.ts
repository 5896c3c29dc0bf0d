import { ipcMain, MessageChannelMain } from 'electron';
import type { WebContents } from 'electron';
import { isAskedByOurs } from './asker.ts';
import type { BackendProcess } from './backend-process.ts';
import { PORT_CHANNEL, REQUEST_PORT_CHANNEL } from './host-messages.ts';

export type Bridge = {
  /** The backend can take a port: joins the page that waits, or that had a port of the last backend. */
  backendReady(): void;
  backendGone(): void;
};

/**
 * Joins the page and the backend by a message port of their own, anew for each load and each backend. Calls go from one
 * to the other; this process sees none of them.
 */
export function createBridge(window: () => WebContents | null, backend: Pick<BackendProcess, 'post'>): Bridge {
  let isReady = false;
  let asked: WebContents | null = null;

  const join = (): void => {
    if (!isReady || asked === null || asked.isDestroyed()) return;
    const { port1, port2 } = new MessageChannelMain();
    backend.post({ kind: 'port' }, [port1]);
    asked.postMessage(PORT_CHANNEL, null, [port2]);
  };

  ipcMain.on(REQUEST_PORT_CHANNEL, (event) => {
    if (!isAskedByOurs(event, window())) return;
    asked = event.sender;
    join();
  });

  return {
    backendReady() {
      isReady = true;
      join();
    },
    backendGone() {
      isReady = false;
    },
  };
}

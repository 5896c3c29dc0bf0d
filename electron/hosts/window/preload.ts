import { contextBridge, ipcRenderer } from 'electron';
import { PORT_CHANNEL, REQUEST_PORT_CHANNEL } from './host-messages.ts';

// This file runs beside the page, in its own world. The room has no browser types; these two are all it needs of them.
declare const window: { postMessage(message: unknown, origin: string, ports: readonly unknown[]): void };
declare const location: { readonly origin: string };

/** All that the page gets: what it runs in, and a way to ask for the port. The port itself comes as a window message. */
contextBridge.exposeInMainWorld(
  'tokenwattHost',
  Object.freeze({
    kind: 'window',
    platform: process.platform,
    requestPort: () => ipcRenderer.send(REQUEST_PORT_CHANNEL),
  }),
);

ipcRenderer.on(PORT_CHANNEL, (event) => {
  window.postMessage({ type: 'tokenwatt-port' }, location.origin, event.ports);
});

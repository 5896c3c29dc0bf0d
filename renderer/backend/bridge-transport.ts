import type { Transport } from '#shared/contract/transport.ts';
import { createWireLink, type WireLink } from './wire-link.ts';

/** What the preload of the window exposes. It has no other power. */
export type WindowHost = {
  readonly kind: 'window';
  readonly platform: string;
  /** Asks for a message port to the backend; it comes as a window message. */
  readonly requestPort: () => void;
};

/** The part of the page that the bridge needs: `window` in the app, an event target in tests. */
export type BridgePage = {
  addEventListener(type: 'message', hear: (event: MessageEvent<unknown>) => void): void;
  readonly origin: string;
};

/**
 * Transport over a message port that the preload hands to the page. After a restart of the backend a new port comes and takes
 * the place of the old one.
 */
export function createBridgeTransport(page: BridgePage, host: WindowHost): Transport {
  const link = createWireLink();
  let current: MessagePort | null = null;
  page.addEventListener('message', (event) => {
    const port = portOf(event, page);
    if (port === null) return;
    current?.close();
    current = port;
    listen(port, link, () => current === port);
  });
  host.requestPort();
  return link;
}

/** The port in a message of our own preload; null for every other message, from wherever it came. */
function portOf(event: MessageEvent<unknown>, page: BridgePage): MessagePort | null {
  if (event.source !== page || event.origin !== page.origin) return null;
  const message = event.data;
  if (typeof message !== 'object' || message === null || !('type' in message)) return null;
  return message.type === 'tokenwatt-port' ? (event.ports[0] ?? null) : null;
}

function listen(port: MessagePort, link: WireLink, isCurrent: () => boolean): void {
  port.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (isCurrent()) link.receive(event.data);
  });
  port.addEventListener('close', () => {
    if (isCurrent()) link.down();
  });
  port.start();
  link.up((request) => port.postMessage(request));
}

import type { Transport } from '#shared/contract/transport.ts';
import { createBridgeTransport, type WindowHost } from './bridge-transport.ts';
import { createHttpTransport, liveAddressOf } from './http-transport.ts';

declare global {
  // An interface, because only an interface adds to the one the browser declares.
  interface Window {
    readonly tokenwattHost?: WindowHost;
  }
}

/** The wire of the host that holds the page: the window's message port where a preload says so, else the server's socket. */
export function pickTransport(page: Window): Transport {
  const host = page.tokenwattHost;
  return host?.kind === 'window'
    ? createBridgeTransport(page, host)
    : createHttpTransport(liveAddressOf(page.location));
}

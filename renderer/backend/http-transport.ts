import type { Transport } from '#shared/contract/transport.ts';
import { createWireLink, type WireLink } from './wire-link.ts';

/** Waits between attempts to reconnect, ms: doubling to the last, which repeats. */
const RECONNECT_MS = [500, 1000, 2000, 4000, 8000] as const;
const RECONNECT_MS_MAX = 10_000;

/**
 * Transport over one WebSocket to the server that gave the page; its cookie authorises it. A lost socket is opened again for as
 * long as the page lives.
 */
export function createHttpTransport(address: string): Transport {
  const link = createWireLink();
  connect(address, link, 0);
  return link;
}

/** The address of the live socket for a page address. */
export function liveAddressOf(page: { readonly protocol: string; readonly host: string }): string {
  return `${page.protocol === 'https:' ? 'wss:' : 'ws:'}//${page.host}/api/live`;
}

function connect(address: string, link: WireLink, attempt: number): void {
  const socket = new WebSocket(address);
  let failures = attempt;
  socket.addEventListener('open', () => {
    failures = 0;
    link.up((request) => socket.send(JSON.stringify(request)));
  });
  socket.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (typeof event.data === 'string') link.receive(parse(event.data));
  });
  // A socket that fails to open also closes: one handler covers both.
  socket.addEventListener('close', () => {
    link.down();
    setTimeout(() => connect(address, link, failures + 1), RECONNECT_MS[failures] ?? RECONNECT_MS_MAX);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

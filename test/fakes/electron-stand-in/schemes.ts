import { app } from './app.ts';

/**
 * Chromium knows no scheme of ours, and cannot be taught one from outside. So pages of `app://HOST` are shown under
 * `https://HOST.app.test`, answered by the registered handler before any network is asked: a secure context with an origin of
 * its own, as the real scheme is. Everything the app sees is translated back.
 */
const WEB_SUFFIX = '.app.test';

type Handler = (request: Request) => Response | Promise<Response>;
const handlers = new Map<string, Handler>();
const privileged = new Set<string>();

export const protocol = {
  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
    if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    for (const { scheme, privileges } of schemes) {
      if (privileges?.standard === true && privileges.secure === true) privileged.add(scheme);
    }
  },
  handle(scheme: string, handler: Handler): void {
    if (!app.isReady()) throw new Error('protocol can only be used when the app is ready');
    if (!privileged.has(scheme)) throw new Error(`the stand-in shows privileged schemes only, not ${scheme}:`);
    handlers.set(scheme, handler);
  },
} satisfies Pick<Electron.Protocol, 'registerSchemesAsPrivileged' | 'handle'>;

export function webAddress(address: string): string {
  const [, host = '', rest = ''] = /^app:\/\/([^/?#]*)(.*)$/.exec(address) ?? [];
  return host === '' ? address : `https://${host}${WEB_SUFFIX}${rest}`;
}

export function appAddress(address: string): string {
  const url = URL.parse(address);
  if (url?.protocol !== 'https:' || !url.hostname.endsWith(WEB_SUFFIX)) return address;
  return `app://${url.hostname.slice(0, -WEB_SUFFIX.length)}${url.pathname}${url.search}${url.hash}`;
}

export function pageOrigin(): string {
  return `https://tokenwatt${WEB_SUFFIX}`;
}

/** The answer of the scheme's handler, or null where there is none: nothing goes to the network. */
export async function answerByScheme(url: string, method: string): Promise<Response | null> {
  const handler = handlers.get(url.split(':', 1)[0] ?? '');
  return handler === undefined ? null : await handler(new Request(url, { method }));
}

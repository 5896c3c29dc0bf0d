import type { IncomingMessage } from 'node:http';

/** What is answered instead of an answer: a stable code and the status it goes with. Never a path, query or stack. */
export type Refusal = { readonly status: number; readonly code: string };

/**
 * The checks that come before routing, on every request and every upgrade: the request line is a path, the one Host is
 * ours (which stops DNS rebinding), and no page of another origin is behind it. Null when the request may go on.
 */
export function refusalOf(request: IncomingMessage, port: number): Refusal | null {
  if (!['GET', 'HEAD', 'POST'].includes(request.method ?? '')) return { status: 405, code: 'method-not-allowed' };
  if (!isPath(request.url)) return { status: 400, code: 'bad-request-line' };
  if (!isOurHost(request, port)) return { status: 421, code: 'foreign-host' };
  if (!isOurOrigin(request, port)) return { status: 403, code: 'foreign-origin' };
  if (!isOurSite(request)) return { status: 403, code: 'cross-site' };
  return null;
}

/** The origins under which a browser may show our pages. */
export function originsOf(port: number): readonly string[] {
  return hostsOf(port).map((host) => `http://${host}`);
}

function hostsOf(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `[::1]:${port}`, `localhost:${port}`];
}

/** Absolute-form (`GET http://…`) and `//host` lines name a host of their own: refused. */
function isPath(url: string | undefined): boolean {
  return url !== undefined && url.startsWith('/') && !url.startsWith('//');
}

function isOurHost(request: IncomingMessage, port: number): boolean {
  const hosts = valuesOf(request, 'host');
  return hosts.length === 1 && hosts.every((host) => hostsOf(port).includes(host));
}

/** Scripts send no Origin; browsers that send one must name ours. `null`, as sandboxed pages send, is foreign. */
function isOurOrigin(request: IncomingMessage, port: number): boolean {
  return valuesOf(request, 'origin').every((origin) => originsOf(port).includes(origin));
}

/** `same-site` is refused too: another port of this machine is the same site, and cookies know no ports. */
function isOurSite(request: IncomingMessage): boolean {
  return valuesOf(request, 'sec-fetch-site').every((site) => site === 'same-origin' || site === 'none');
}

/** All values of a header: Node's own table keeps only the first of a duplicate Host. */
function valuesOf(request: IncomingMessage, name: string): readonly string[] {
  const raw = request.rawHeaders;
  return raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === name);
}

import type { Result } from '#shared/lib/result.ts';
import { fail, succeed } from '#shared/lib/result.ts';

import { isRefusedHost } from './address-rules.ts';
import type { HttpFailure, HttpTarget } from './http-client.ts';
import { addressRefused, badUrl } from './http-failures.ts';

/** A target whose URL is one we are willing to ask, taken apart for the socket. */
export type CheckedTarget = {
  readonly isTls: boolean;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  /** Path and query. */
  readonly path: string;
  /** `host:port`, to name the target (and its proxy) in messages: a path or query may hold a token, these never do. */
  readonly place: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: NonNullable<HttpTarget['tls']>;
  readonly proxy: CheckedProxy | null;
  /** Texts that must not come back in any message. */
  readonly secrets: readonly string[];
};

/** A proxy that we are willing to go through. */
export type CheckedProxy = {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  readonly place: string;
  readonly authorization: string | null;
};

/** Headers that frame the message or belong to the client; a target's settings cannot replace them. */
const ownHeaders = new Set([
  'host',
  'connection',
  'keep-alive',
  'content-length',
  'content-type',
  'transfer-encoding',
  'accept-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'cookie',
  'proxy-authorization',
]);

export function checkTarget(target: HttpTarget): Result<CheckedTarget, HttpFailure> {
  const server = checkServer(target.url);
  if (!server.ok) return server;
  const proxy = target.proxy === undefined ? null : checkServer(target.proxy.url);
  if (proxy !== null && !proxy.ok) return proxy;
  const { url, isTls, host, port, place } = server.value;
  const headers = headersOf(target);
  const proxyAuthorization = target.proxy?.authorization ?? null;
  return succeed({
    isTls,
    host,
    port,
    path: url.pathname + url.search,
    place: proxy === null ? place : `${place} (through the proxy ${proxy.value.place})`,
    headers,
    tls: target.tls ?? {},
    proxy: proxy === null ? null : { ...proxy.value, authorization: proxyAuthorization },
    secrets: secretsIn(target),
  });
}

/** Everything in a target that must not come back in any message. */
export function secretsIn(target: HttpTarget): readonly string[] {
  const { proxy } = target;
  return [
    ...Object.values(headersOf(target)),
    ...(URL.canParse(target.url) ? new URL(target.url).searchParams.values() : []),
    ...(target.secrets ?? []),
    ...(proxy?.authorization === undefined ? [] : [proxy.authorization]),
    ...(proxy?.secrets ?? []),
  ];
}

type CheckedServer = Pick<CheckedTarget, 'isTls' | 'host' | 'port' | 'place'> & { readonly url: URL };

function checkServer(text: string): Result<CheckedServer, HttpFailure> {
  if (!URL.canParse(text)) return fail(badUrl('it cannot be read as a URL'));
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return fail(badUrl('only http and https are spoken'));
  if (url.username !== '' || url.password !== '') {
    return fail(badUrl('it holds a user name or password; put them into the credential setting'));
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isTls = url.protocol === 'https:';
  const port = Number(url.port || (isTls ? 443 : 80));
  const place = `${url.hostname}:${port}`;
  return isRefusedHost(host) ? fail(addressRefused(place)) : succeed({ url, isTls, host, port, place });
}

function headersOf({ headers, authorization }: HttpTarget): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (!ownHeaders.has(name.toLowerCase())) kept[name.toLowerCase()] = value;
  }
  if (authorization !== undefined) kept['authorization'] = authorization;
  return kept;
}

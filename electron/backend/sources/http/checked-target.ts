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
  /** `host:port`, to name the target in messages: a path or query may hold a token, these two never do. */
  readonly place: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: NonNullable<HttpTarget['tls']>;
  /** Texts that must not come back in any message. */
  readonly secrets: readonly string[];
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
]);

export function checkTarget(target: HttpTarget): Result<CheckedTarget, HttpFailure> {
  if (!URL.canParse(target.url)) return fail(badUrl('it cannot be read as a URL'));
  const url = new URL(target.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return fail(badUrl('only http and https are spoken'));
  if (url.username !== '' || url.password !== '') {
    return fail(badUrl('it holds a user name or password; put them into the credential setting'));
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isTls = url.protocol === 'https:';
  const port = Number(url.port || (isTls ? 443 : 80));
  const place = `${url.hostname}:${port}`;
  if (isRefusedHost(host)) return fail(addressRefused(place));
  const headers = headersOf(target);
  const secrets = [...Object.values(headers), ...url.searchParams.values()];
  return succeed({
    isTls,
    host,
    port,
    path: url.pathname + url.search,
    place,
    headers,
    tls: target.tls ?? {},
    secrets,
  });
}

function headersOf({ headers, authorization }: HttpTarget): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (!ownHeaders.has(name.toLowerCase())) kept[name.toLowerCase()] = value;
  }
  if (authorization !== undefined) kept['authorization'] = authorization;
  return kept;
}

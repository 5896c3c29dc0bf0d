import { readFile } from 'node:fs/promises';
import type { Clock } from '#backend/clock.ts';
import type { HttpAccess, HttpProxy, HttpTls, ReadAccess } from '#backend/sources/http/http-client.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { Access } from '#shared/model/access.ts';
import { variableOf } from './environment-secrets.ts';
import type { Secrets } from './secrets.ts';

/** Secrets and certificates are read again this often at most: one poll of many targets reads them once. */
const FRESH_MS = 3000;

const PEM_BYTES_MAX = 1024 * 1024;

/**
 * Turns an access into what requests carry: names of secrets become values, files their text. Read anew over and over, so
 * that a rotated token or a renewed certificate works without a restart.
 */
export function createAccessReader(access: Access, secrets: Secrets, clock: Clock): ReadAccess {
  let readAtMs = -Infinity;
  let last: ReturnType<ReadAccess> | null = null;
  return () => {
    const nowMs = clock.monotonicMs();
    if (last === null || nowMs - readAtMs >= FRESH_MS) {
      readAtMs = nowMs;
      last = readAccess(access, secrets);
    }
    return last;
  };
}

async function readAccess(access: Access, secrets: Secrets): Promise<Result<HttpAccess, string>> {
  const [auth, tls, proxy] = await Promise.all([
    readAuth(access.auth, secrets),
    readTls(access.tls, secrets),
    readProxy(access.proxy, secrets),
  ]);
  if (!auth.ok) return auth;
  if (!tls.ok) return tls;
  if (!proxy.ok) return proxy;
  const tenant: Record<string, string> = access.tenant === null ? {} : { 'X-Scope-OrgID': access.tenant };
  return succeed({
    headers: { ...access.headers, ...tenant, ...auth.value.headers },
    ...(auth.value.authorization === null ? {} : { authorization: auth.value.authorization }),
    tls: tls.value,
    ...(proxy.value === null ? {} : { proxy: proxy.value }),
    secrets: auth.value.secrets,
  });
}

type ReadAuth = {
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization: string | null;
  /** What no message may hold, besides the headers themselves. */
  readonly secrets: readonly string[];
};

async function readAuth(auth: Access['auth'], secrets: Secrets): Promise<Result<ReadAuth, string>> {
  const none: ReadAuth = { headers: {}, authorization: null, secrets: [] };
  switch (auth.kind) {
    case 'none':
      return succeed(none);
    case 'basic': {
      const password = await secretOf(auth.passwordSecret, secrets);
      if (!password.ok) return password;
      const authorization = basicAuthorization(auth.username, password.value);
      return succeed({ ...none, authorization, secrets: [password.value] });
    }
    case 'bearer': {
      const token = await secretOf(auth.tokenSecret, secrets);
      return token.ok ? succeed({ ...none, authorization: `Bearer ${token.value}` }) : token;
    }
    case 'header': {
      const value = await secretOf(auth.valueSecret, secrets);
      return value.ok ? succeed({ ...none, headers: { [auth.header]: value.value } }) : value;
    }
  }
}

async function readTls(tls: Access['tls'], secrets: Secrets): Promise<Result<HttpTls, string>> {
  const [ca, cert, key] = await Promise.all([
    pemOf({ file: tls.caFile, secret: tls.caSecret }, secrets),
    pemOf({ file: tls.certFile, secret: tls.certSecret }, secrets),
    pemOf({ file: tls.keyFile, secret: tls.keySecret }, secrets),
  ]);
  if (!ca.ok) return ca;
  if (!cert.ok) return cert;
  if (!key.ok) return key;
  return succeed({
    ...(ca.value === null ? {} : { ca: ca.value }),
    ...(cert.value === null ? {} : { cert: cert.value }),
    ...(key.value === null ? {} : { key: key.value }),
    ...(tls.serverName === null ? {} : { servername: tls.serverName }),
    ...(tls.pin === null ? {} : { pin: tls.pin }),
    ...(tls.skipVerification ? { insecure: true } : {}),
  });
}

type Pem = { readonly file: string | null; readonly secret: string | null };

/** PEM text from its file or its secret; null where neither is set. */
async function pemOf({ file, secret }: Pem, secrets: Secrets): Promise<Result<string | null, string>> {
  if (secret === null) return await pemOfFile(file);
  const text = await secretOf(secret, secrets);
  return text.ok && !isPem(text.value) ? fail(`The secret "${secret}" is no PEM text: paste all of the file.`) : text;
}

function isPem(text: string): boolean {
  return text.includes('-----BEGIN ');
}

async function readProxy(proxy: Access['proxy'], secrets: Secrets): Promise<Result<HttpProxy | null, string>> {
  if (proxy === null) return succeed(null);
  if (proxy.username === null) return succeed({ url: proxy.url });
  const password = proxy.passwordSecret === null ? succeed('') : await secretOf(proxy.passwordSecret, secrets);
  if (!password.ok) return password;
  const authorization = basicAuthorization(proxy.username, password.value);
  return succeed({ url: proxy.url, authorization, secrets: [password.value] });
}

/** UTF-8, as RFC 7617 asks. */
function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

async function secretOf(name: string, secrets: Secrets): Promise<Result<string, string>> {
  const found = await secrets.get(name);
  if (!found.ok) return found;
  // A file or an editor ends its text with a line break, which no secret has.
  const value = found.value?.replace(/[\r\n]+$/, '') ?? null;
  if (value === null || value === '') {
    return fail(`The secret "${name}" is not set: enter it in the settings of this source, or as ${variableOf(name)}.`);
  }
  return succeed(value);
}

/** PEM text of a file; null where none is set. The text itself is never part of a message. */
async function pemOfFile(path: string | null): Promise<Result<string | null, string>> {
  if (path === null) return succeed(null);
  try {
    const text = await readFile(path, 'utf8');
    if (text.length > PEM_BYTES_MAX || !isPem(text)) return fail(`${path} is not a PEM file.`);
    return succeed(text);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown trouble';
    return fail(`${path} cannot be read: ${code}.`);
  }
}

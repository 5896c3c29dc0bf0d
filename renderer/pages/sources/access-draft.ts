import type { Access, AccessAuth } from '#shared/model/access.ts';

/** A secret in the form: what is typed now, and whether one is kept that stays when nothing is typed. */
export type SecretField = { readonly typed: string; readonly kept: string | null };

/** How a source is asked, as the form holds it. Empty texts are left out. */
export type AccessDraft = {
  readonly auth: AccessAuth['kind'];
  readonly username: string;
  readonly header: string;
  readonly credential: SecretField;
  readonly tenant: string;
  /** One `Name: value` a line. */
  readonly headers: string;
  readonly ca: SecretField;
  readonly certificate: SecretField;
  readonly key: SecretField;
  readonly serverName: string;
  readonly pin: string;
  readonly skipVerification: boolean;
  readonly proxy: string;
  readonly proxyUser: string;
  readonly proxyPassword: SecretField;
};

const NO_SECRET: SecretField = { typed: '', kept: null };

export const NO_ACCESS: AccessDraft = {
  auth: 'none',
  username: '',
  header: '',
  credential: NO_SECRET,
  tenant: '',
  headers: '',
  ca: NO_SECRET,
  certificate: NO_SECRET,
  key: NO_SECRET,
  serverName: '',
  pin: '',
  skipVerification: false,
  proxy: '',
  proxyUser: '',
  proxyPassword: NO_SECRET,
};

/** The form of an access that is configured. Values of its secrets are unknown here: their names stand for them. */
export function draftOfAccess(access: Access | null): AccessDraft {
  if (access === null) return NO_ACCESS;
  const { auth, tls, proxy } = access;
  return {
    ...NO_ACCESS,
    auth: auth.kind,
    username: auth.kind === 'basic' ? auth.username : '',
    header: auth.kind === 'header' ? auth.header : '',
    credential: kept(secretOfAuth(auth)),
    tenant: access.tenant ?? '',
    headers: Object.entries(access.headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
    ca: kept(tls.caSecret),
    certificate: kept(tls.certSecret),
    key: kept(tls.keySecret),
    serverName: tls.serverName ?? '',
    pin: tls.pin ?? '',
    skipVerification: tls.skipVerification,
    proxy: proxy?.url ?? '',
    proxyUser: proxy?.username ?? '',
    proxyPassword: kept(proxy?.passwordSecret ?? null),
  };
}

function kept(name: string | null): SecretField {
  return { typed: '', kept: name };
}

function secretOfAuth(auth: AccessAuth): string | null {
  switch (auth.kind) {
    case 'none':
      return null;
    case 'basic':
      return auth.passwordSecret;
    case 'bearer':
      return auth.tokenSecret;
    case 'header':
      return auth.valueSecret;
  }
}

export type EnteredAccess = {
  readonly access: Access | null;
  /** Values that were typed, under the names that the access uses. */
  readonly secrets: Readonly<Record<string, string>>;
};

/**
 * What the form says, with a name for each secret that was typed: the name it is kept under, else one that begins with
 * `base`. Files that config.json names stay as they are.
 */
export function accessOfDraft(draft: AccessDraft, before: Access | null, base: string): EnteredAccess {
  const secrets: Record<string, string> = {};
  const nameOf = (field: SecretField, use: string): string | null => {
    if (field.typed.trim() === '') return field.kept;
    const name = field.kept ?? `${base}-${use}`;
    secrets[name] = field.typed.trim();
    return name;
  };
  const certificate = nameOf(draft.certificate, 'certificate');
  const access: Access = {
    headers: headersIn(draft.headers),
    tenant: orNull(draft.tenant),
    auth: authOf(draft, nameOf),
    tls: {
      caFile: draft.ca.typed === '' ? (before?.tls.caFile ?? null) : null,
      caSecret: nameOf(draft.ca, 'ca'),
      certFile: certificate === null ? (before?.tls.certFile ?? null) : null,
      certSecret: certificate,
      keyFile: certificate === null ? (before?.tls.keyFile ?? null) : null,
      keySecret: nameOf(draft.key, 'key'),
      serverName: orNull(draft.serverName),
      pin: orNull(draft.pin),
      skipVerification: draft.skipVerification,
    },
    proxy: proxyOf(draft, nameOf),
  };
  return { access: isNothing(access) ? null : access, secrets };
}

type NameOf = (field: SecretField, use: string) => string | null;

function authOf(draft: AccessDraft, nameOf: NameOf): AccessAuth {
  switch (draft.auth) {
    case 'none':
      return { kind: 'none' };
    case 'basic':
      return {
        kind: 'basic',
        username: draft.username.trim(),
        passwordSecret: nameOf(draft.credential, 'password') ?? '',
      };
    case 'bearer':
      return { kind: 'bearer', tokenSecret: nameOf(draft.credential, 'token') ?? '' };
    case 'header':
      return { kind: 'header', header: draft.header.trim(), valueSecret: nameOf(draft.credential, 'key') ?? '' };
  }
}

function proxyOf(draft: AccessDraft, nameOf: NameOf): Access['proxy'] {
  const url = orNull(draft.proxy);
  if (url === null) return null;
  const username = orNull(draft.proxyUser);
  return { url, username, passwordSecret: username === null ? null : nameOf(draft.proxyPassword, 'proxy-password') };
}

function headersIn(text: string): Record<string, string> {
  const lines = text.split('\n').flatMap((line) => {
    const at = line.indexOf(':');
    return line.trim() === ''
      ? []
      : [[line.slice(0, at === -1 ? undefined : at).trim(), at === -1 ? '' : line.slice(at + 1).trim()]];
  });
  return Object.fromEntries(lines) as Record<string, string>;
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

function isNothing({ headers, tenant, auth, tls, proxy }: Access): boolean {
  const hasTls = Object.values(tls).some((value) => value !== null && value !== false);
  return Object.keys(headers).length === 0 && tenant === null && auth.kind === 'none' && !hasTls && proxy === null;
}

/** What is still missing before the form can be sent, as a sentence; null when nothing is. */
export function missingOf(draft: AccessDraft): string | null {
  const isSet = ({ typed, kept: name }: SecretField): boolean => typed.trim() !== '' || name !== null;
  if (draft.auth === 'bearer' && !isSet(draft.credential)) return 'Enter the token.';
  if (draft.auth === 'basic' && draft.username.trim() === '') return 'Enter the user name.';
  if (draft.auth === 'basic' && !isSet(draft.credential)) return 'Enter the password.';
  if (draft.auth === 'header' && draft.header.trim() === '') return 'Enter the name of the header, such as X-Api-Key.';
  if (draft.auth === 'header' && !isSet(draft.credential)) return 'Enter the value of the header.';
  if (isSet(draft.certificate) !== isSet(draft.key)) return 'A client certificate and its key go together.';
  if (draft.headers.split('\n').some((line) => line.trim() !== '' && !line.includes(':')))
    return 'Write headers as Name: value.';
  return null;
}

/** How a source is asked, in a few words: `bearer token, tenant team-a, own CA`. */
export function accessWords(draft: AccessDraft): string {
  const isSet = ({ typed, kept: name }: SecretField): boolean => typed !== '' || name !== null;
  const auth = { none: null, bearer: 'bearer token', basic: 'basic', header: `key in ${draft.header || 'a header'}` }[
    draft.auth
  ];
  const parts = [
    auth,
    draft.tenant.trim() === '' ? null : `tenant ${draft.tenant.trim()}`,
    draft.headers.trim() === '' ? null : 'headers',
    isSet(draft.ca) ? 'own CA' : null,
    isSet(draft.certificate) ? 'client certificate' : null,
    draft.pin.trim() === '' ? null : 'pinned',
    draft.skipVerification ? 'certificate not checked' : null,
    draft.proxy.trim() === '' ? null : 'proxy',
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'nothing but the address' : parts.join(', ');
}

/** A name that secrets of a source begin with: of its address, with a few signs that no other source has. */
export function secretBase(address: string, random: string): string {
  const host = /^(?:https?:\/\/)?([A-Za-z0-9.-]+)/.exec(address.trim())?.[1] ?? 'source';
  return `${host.replaceAll(/[^A-Za-z0-9.-]/g, '').slice(0, 60) || 'source'}-${random}`;
}

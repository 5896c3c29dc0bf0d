import { addressOf } from '#backend/sources-at-work.ts';
import type { SourceConfig } from '#backend/config.ts';
import type { Secrets } from '#backend/secrets/secrets.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { secretNamesOf, type Access } from '#shared/model/access.ts';
import type { SourceDraft } from '#shared/contract/backend-api.ts';

/** A keeper that knows the values just entered before those that are kept: a test sends them, and keeps nothing. */
export function withEntered(kept: Secrets, entered: SourceDraft['secrets']): Secrets {
  return {
    ...kept,
    get: async (name) => (Object.hasOwn(entered, name) ? succeed(entered[name] ?? null) : await kept.get(name)),
  };
}

/**
 * Whether a draft may use the secrets that it names. A stored one goes only where it was entered for: who can change an
 * address must not be able to have a token sent to a server of their own. On failure: what to enter again.
 */
export function mayUseSecrets(draft: SourceDraft, of: SourceConfig | null): Result<void, string> {
  const { access } = draft;
  if (access === null) return succeed(undefined);
  const files = filesOf(access).find((file) => of === null || !filesOf(accessOf(of)).includes(file));
  if (files !== undefined) return fail('Paste certificates as text: paths are not taken from a page.');
  const kept = secretNamesOf(access).filter((name) => !Object.hasOwn(draft.secrets, name));
  if (kept.length === 0) return succeed(undefined);
  const known = of === null ? null : accessOf(of);
  const unknown = kept.find((name) => known === null || !secretNamesOf(known).includes(name));
  if (unknown !== undefined)
    return fail(`Enter the secret "${unknown}": none is kept under this name for this source.`);
  const before = new Set(of === null ? [] : originsOf(addressOf(of)));
  const stranger = originsOf(draft.address).find((origin) => !before.has(origin));
  // A proxy reads what goes through it to an http address.
  const isOtherProxy = access.proxy !== null && access.proxy.url !== known?.proxy?.url;
  if (stranger === undefined && !isOtherProxy) return succeed(undefined);
  const where = stranger ?? access.proxy?.url ?? 'this address';
  return fail(`Enter the secrets again: those that are kept were not entered for ${where.slice(0, 200)}.`);
}

/** Files that an access reads: they are named in config.json alone. */
function filesOf(access: Access | null): readonly string[] {
  const { caFile = null, certFile = null, keyFile = null } = access?.tls ?? {};
  return [caFile, certFile, keyFile].filter((file) => file !== null);
}

/** How a source is asked; null where it is asked with nothing. */
export function accessOf(source: SourceConfig): Access | null {
  return 'access' in source ? (source.access ?? null) : null;
}

/** Scheme, host and port of each address of a list. What is no URL is an origin of its own. */
function originsOf(addresses: string): readonly string[] {
  const parts = addresses.split(/[\s,]+/).filter((part) => part !== '');
  return parts.map((part) => {
    const withScheme = /^https?:\/\//.test(part) ? part : `http://${part}`;
    return URL.canParse(withScheme) ? new URL(withScheme).origin : part;
  });
}

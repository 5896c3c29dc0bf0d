/**
 * How the servers of one source are asked. Secrets stand here by name alone: their values are in the system's key store,
 * a file of the owner, or the environment, and no answer, log or export ever holds them.
 */
export type Access = {
  /** Sent with every request. Not secret: they are kept in config.json and shown. */
  readonly headers: Readonly<Record<string, string>>;
  /** The tenant of Mimir, Cortex, Loki or Thanos: sent as X-Scope-OrgID. */
  readonly tenant: string | null;
  readonly auth: AccessAuth;
  readonly tls: AccessTls;
  readonly proxy: AccessProxy | null;
};

export type AccessAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly passwordSecret: string }
  | { readonly kind: 'bearer'; readonly tokenSecret: string }
  /** A key in a header of its own, such as X-Api-Key. */
  | { readonly kind: 'header'; readonly header: string; readonly valueSecret: string };

/** Files are PEM and are read again when they change, as certificates are renewed under our feet. */
export type AccessTls = {
  /** Authorities trusted instead of the system's: one's own CA, or the server's own certificate. */
  readonly caFile: string | null;
  /** The same as PEM text, kept among the secrets: what a page was given has no path. */
  readonly caSecret: string | null;
  /** Client certificate and its key, each as a file or as a secret that holds the PEM text. */
  readonly certFile: string | null;
  readonly certSecret: string | null;
  readonly keyFile: string | null;
  readonly keySecret: string | null;
  /** The name that the certificate has to carry, where it is not the host of the address. */
  readonly serverName: string | null;
  /** SHA-256 fingerprint of the one certificate that is accepted, on top of the check of its authority. */
  readonly pin: string | null;
  /** Accepts any certificate. The source carries a lasting mark as long as this is set. */
  readonly skipVerification: boolean;
};

/** A proxy that requests go through: CONNECT for https, the whole address in the request line for http. */
export type AccessProxy = {
  readonly url: string;
  readonly username: string | null;
  readonly passwordSecret: string | null;
};

/** One cluster of many: every query of a server asks only for series whose label is, or matches, this value. */
export type LabelMatcher = { readonly label: string; readonly value: string; readonly isRegex: boolean };

/** Names of the secrets that an access uses. */
export function secretNamesOf({ auth, tls, proxy }: Access): readonly string[] {
  const ofTls = [tls.caSecret, tls.certSecret, tls.keySecret];
  return [...secretsOfAuth(auth), ...ofTls, proxy?.passwordSecret ?? null].filter((name) => name !== null);
}

function secretsOfAuth(auth: AccessAuth): readonly string[] {
  switch (auth.kind) {
    case 'none':
      return [];
    case 'basic':
      return [auth.passwordSecret];
    case 'bearer':
      return [auth.tokenSecret];
    case 'header':
      return [auth.valueSecret];
  }
}

import { z } from 'zod';

/**
 * The one schema of an access: config.json holds it, and calls that connect or change a source take it. What the fields
 * mean stands in shared/model/access.ts.
 */

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;

/** Printable, so that no header can end and another begin. */
const headerValue = z
  .string()
  .min(1)
  .max(2048)
  .regex(/^[\t -~\u0080-\u00ff]*$/, { message: 'a header value holds no line breaks or control characters' });

/** Headers that carry credentials have a place of their own, where their values are secrets. */
const CREDENTIAL_HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie', 'x-scope-orgid', 'x-api-key']);

const headers = z
  .record(z.string().regex(TOKEN), headerValue)
  .refine((all) => Object.keys(all).every((name) => !CREDENTIAL_HEADERS.has(name.toLowerCase())), {
    message: 'credentials belong into auth, and the tenant into tenant: headers are shown and kept as plain text',
  });

/** A name of a secret. In the environment it is TOKENWATT_SECRET_ and the name in capitals, other signs as underscores. */
export const secretName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, {
  message: 'the name of a secret has letters, digits, dots, dashes and underscores: it is a name, not the secret',
});

/** No @ before the path, query or fragment begins; browsers and Node read a backslash as a slash. */
const NO_USER_INFO = /^[a-z]+:\/\/[^/?#\\@]*([/?#\\]|$)/i;

/** An address without user name or password in it: those are credentials and have their own place. */
export const httpUrl = z.url({ protocol: /^https?$/ }).regex(NO_USER_INFO, {
  message: 'an address holds no user name or password: they belong into access',
});

/** The value of a secret; PEM keys are the longest. */
export const secretValue = z.string().min(1).max(32_768);

const auth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('basic'),
    username: z
      .string()
      .min(1)
      .max(512)
      .regex(/^[^:\p{Cc}]*$/u, { message: 'a user name holds no colon' }),
    passwordSecret: secretName,
  }),
  z.strictObject({ kind: z.literal('bearer'), tokenSecret: secretName }),
  z.strictObject({ kind: z.literal('header'), header: z.string().regex(TOKEN), valueSecret: secretName }),
]);

const path = z.string().min(1).max(4096).nullable().default(null);

const tls = z
  .strictObject({
    caFile: path,
    caSecret: secretName.nullable().default(null),
    certFile: path,
    certSecret: secretName.nullable().default(null),
    keyFile: path,
    keySecret: secretName.nullable().default(null),
    serverName: z.hostname().max(253).nullable().default(null),
    pin: z
      .string()
      .regex(/^([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$/, { message: 'a pin is a SHA-256 fingerprint: 64 hex digits' })
      .nullable()
      .default(null),
    skipVerification: z.boolean().default(false),
  })
  .refine((one) => one.keyFile === null || one.keySecret === null, { message: 'a key is a file or a secret, not both' })
  .refine((one) => one.certFile === null || one.certSecret === null, {
    message: 'a certificate is a file or a secret, not both',
  })
  .refine((one) => one.caFile === null || one.caSecret === null, { message: 'a CA is a file or a secret, not both' })
  .refine((one) => ((one.certFile ?? one.certSecret) === null) === ((one.keyFile ?? one.keySecret) === null), {
    message: 'a client certificate and its key go together',
  })
  .refine((one) => one.pin === null || !one.skipVerification, {
    message: 'a pin is of no use where certificates are not verified',
  });

const proxy = z
  .strictObject({
    url: httpUrl,
    username: z.string().min(1).max(512).nullable().default(null),
    passwordSecret: secretName.nullable().default(null),
  })
  .refine((one) => one.passwordSecret === null || one.username !== null, { message: 'a password needs a user name' });

export const accessSchema = z.strictObject({
  headers: headers.default({}),
  tenant: headerValue.max(512).nullable().default(null),
  auth: auth.default({ kind: 'none' }),
  tls: tls.prefault({}),
  proxy: proxy.nullable().default(null),
});

const LABEL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const matcher = z.strictObject({
  label: z.string().max(128).regex(LABEL_NAME),
  value: z.string().max(2048),
  isRegex: z.boolean().default(false),
});

/** All of them hold at once. */
export const matchersSchema = z.array(matcher).max(20);

import { z } from 'zod';
import { epochMs } from '#shared/time/instant.ts';

/** Grows when an older program could not read the file rightly. */
export const SNAPSHOT_FORMAT = 1;

export const MANIFEST = 'manifest.json';
export const SEAL = 'seal.json';
export const COST_BOOK = 'cost-book.json';
export const DOCUMENTS = 'documents.json';

const instant = z
  .number()
  .int()
  .min(0)
  .max(8.64e15)
  .transform((value) => epochMs(value));

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What a snapshot says of itself. Strict: a field that this program does not know could change what the others mean. */
export const manifestSchema = z.strictObject({
  kind: z.literal('tokenwatt-snapshot'),
  format: z.number().int().min(1),
  madeBy: z.string().max(100),
  takenAt: instant,
  fleetName: z.string().max(100),
  isSample: z.boolean(),
  /** Facts are held for this time. */
  window: z.strictObject({ from: instant, to: instant }),
  /** The finest facts inside. */
  grain: z.enum(['minute', 'hour']),
  /** Whose minutes are inside: each GPU's and engine's, or those of groups of alike ones, beside the hours of each. */
  minutesOf: z.enum(['each', 'group']),
  /** Names were replaced on the way out. */
  hasPseudonyms: z.boolean(),
  /** Version of the store's schema that the tables follow. */
  schema: z.number().int().min(1),
  /** What figures also rest on: how often sources were asked, s, and the version of the catalogue of public references. */
  settings: z.strictObject({
    pollSeconds: z.number().int().min(1).max(300),
    catalogue: z.string().max(100).nullable(),
  }),
  entries: z
    .array(
      z.strictObject({
        name: z.string().max(64),
        bytes: z.number().int().min(0),
        sha256,
        /** Rows of a table; null for other entries. */
        rows: z.number().int().min(0).nullable(),
      }),
    )
    .max(64),
});

export type Manifest = z.output<typeof manifestSchema>;

/** Hash of the manifest's bytes, and who vouches for it: Ed25519 over the hash, keys as base64 of their DER. */
export const sealSchema = z.strictObject({
  manifestSha256: sha256,
  signature: z.strictObject({ publicKey: z.string().max(200), value: z.string().max(200) }).nullable(),
});

export type Seal = z.output<typeof sealSchema>;

import { createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { ArchiveEntry } from './archive-layout.ts';
import { FLEET } from './fleet-entry.ts';
import {
  COST_BOOK,
  DOCUMENTS,
  MANIFEST,
  manifestSchema,
  SEAL,
  sealSchema,
  SNAPSHOT_FORMAT,
  type Manifest,
  type Seal,
} from './manifest.ts';
import { readArchive } from './read-archive.ts';
import { sha256Of } from './save-snapshot.ts';

const tablesOf = (families: readonly string[], grain: string): readonly string[] =>
  families.map((family) => `${family}_${grain}.parquet`);

const FAMILIES = ['gpu', 'engine', 'latency', 'meter', 'board'];
const HOURS = tablesOf(FAMILIES, 'hour');
const MINUTES = tablesOf(FAMILIES, 'minute');
const GROUP_MINUTES = tablesOf(['gpu', 'engine'], 'group_minute');

const NAMES: ReadonlySet<string> = new Set([
  MANIFEST,
  SEAL,
  COST_BOOK,
  DOCUMENTS,
  FLEET,
  ...HOURS,
  ...MINUTES,
  ...GROUP_MINUTES,
]);

/** A snapshot that is whole and unchanged since it was sealed. `signedBy`: the public key that vouches for it, or null. */
export type CheckedSnapshot = {
  readonly manifest: Manifest;
  readonly entries: ReadonlyMap<string, Buffer>;
  readonly signedBy: string | null;
};

/**
 * Reads a snapshot file that anybody may have sent: layout, seal, signature, format, hashes, sizes, in this order, before
 * anything in it is used. On failure: why it is refused, as a sentence.
 */
export function checkSnapshot(file: Buffer): Result<CheckedSnapshot, string> {
  const archive = readArchive(file, (name) => NAMES.has(name));
  if (!archive.ok) return archive;
  const entries = new Map(archive.value.map(({ name, bytes }) => [name, bytes]));
  const head = entries.get(MANIFEST);
  if (head === undefined) return fail('it has no manifest');
  const seal = readSeal(entries.get(SEAL), head);
  if (!seal.ok) return seal;
  const manifest = readManifest(head);
  if (!manifest.ok) return manifest;
  const trouble = troubleOfEntries(manifest.value, archive.value);
  if (trouble !== null) return fail(trouble);
  return succeed({ manifest: manifest.value, entries, signedBy: seal.value.signature?.publicKey ?? null });
}

/** What a JSON entry holds, as its schema reads it. */
export function readEntry<Schema extends z.ZodType>(
  entries: ReadonlyMap<string, Buffer>,
  name: string,
  schema: Schema,
): Result<z.output<Schema>, string> {
  const parsed = schema.safeParse(jsonOf(entries.get(name)));
  return parsed.success
    ? succeed(parsed.data)
    : fail(`${name} is not as a snapshot has it: ${firstIssue(parsed.error)}`);
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'it cannot be read' : `${issue.path.join('.')} ${issue.message}`.trim();
}

function jsonOf(bytes: Buffer | undefined): unknown {
  try {
    return bytes === undefined ? undefined : JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function readSeal(bytes: Buffer | undefined, manifest: Buffer): Result<Seal, string> {
  const parsed = sealSchema.safeParse(jsonOf(bytes));
  if (!parsed.success) return fail('it has no seal');
  const seal = parsed.data;
  if (seal.manifestSha256 !== sha256Of(manifest)) return fail('its manifest was changed since it was made');
  if (seal.signature !== null && !isSigned(seal)) return fail('its signature does not belong to it');
  return succeed(seal);
}

function isSigned({ manifestSha256, signature }: Seal): boolean {
  if (signature === null) return false;
  try {
    const key = createPublicKey({ key: Buffer.from(signature.publicKey, 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'ed25519') return false;
    return verify(null, Buffer.from(manifestSha256, 'hex'), key, Buffer.from(signature.value, 'base64'));
  } catch {
    return false;
  }
}

/** The format is read before the rest: a newer one may have fields that mean something else. */
const formatSchema = z.looseObject({ kind: z.literal('tokenwatt-snapshot'), format: z.number(), madeBy: z.string() });

function readManifest(bytes: Buffer): Result<Manifest, string> {
  const known = formatSchema.safeParse(jsonOf(bytes));
  if (!known.success) return fail('its manifest is not that of a snapshot');
  const { format, madeBy } = known.data;
  if (format > SNAPSHOT_FORMAT) {
    const by = JSON.stringify(madeBy.slice(0, 100));
    return fail(
      `it was made by ${by} in format ${format}; this program reads format ${SNAPSHOT_FORMAT}: use a newer one`,
    );
  }
  return readEntry(new Map([[MANIFEST, bytes]]), MANIFEST, manifestSchema);
}

function troubleOfEntries(manifest: Manifest, entries: readonly ArchiveEntry[]): string | null {
  const inside = entries.filter(({ name }) => name !== MANIFEST && name !== SEAL);
  const listed = manifest.entries.map(({ name }) => name).join(' ');
  if (listed !== inside.map(({ name }) => name).join(' ')) return 'its entries are not those that its manifest lists';
  for (const [index, { name, bytes }] of inside.entries()) {
    const wanted = manifest.entries[index];
    if (wanted?.bytes !== bytes.length || wanted.sha256 !== sha256Of(bytes))
      return `${name} was changed since it was made`;
  }
  const minutes = manifest.minutesOf === 'group' ? GROUP_MINUTES : MINUTES;
  const needed = manifest.grain === 'hour' ? HOURS : [...minutes, ...HOURS];
  const missing = [COST_BOOK, DOCUMENTS, FLEET, ...needed].find((name) => !inside.some((entry) => entry.name === name));
  if (missing !== undefined) return `it has no ${missing}`;
  return manifest.window.to > manifest.window.from ? null : 'its window ends before it begins';
}

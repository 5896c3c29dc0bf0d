import { createHash, createPrivateKey, createPublicKey, randomUUID, sign } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { Store } from '#backend/store/store.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { archiveOf, type ArchiveEntry } from './archive-layout.ts';
import { FLEET, type FleetEntry } from './fleet-entry.ts';
import { COST_BOOK, DOCUMENTS, MANIFEST, SEAL, SNAPSHOT_FORMAT, type Manifest, type Seal } from './manifest.ts';
import { withPseudonyms } from './pseudonyms.ts';

export type SnapshotAsk = {
  /** Name of the file; what is there already is replaced when the new one is whole. */
  readonly path: string;
  readonly window: TimeRange;
  /** The finest facts that go in. */
  readonly grain: 'minute' | 'hour';
  /** Of more GPU rows by the minute than this, minutes are those of groups: about 40 bytes a row. */
  readonly minuteRowsMax: number;
  readonly hasPseudonyms: boolean;
  /** Ed25519 private key as PEM that vouches for the file; null for none. */
  readonly signingKey: string | null;
};

export type SnapshotSource = {
  readonly store: Store;
  readonly book: CostBook;
  readonly fleetName: string;
  readonly isSample: boolean;
  readonly madeBy: string;
  readonly now: EpochMs;
  /** What the operator said, by the name of its document: none of them holds a secret. */
  readonly documents: Readonly<Record<string, unknown>>;
  readonly settings: Manifest['settings'];
};

export type SavedSnapshot = { readonly bytes: number; readonly manifest: Manifest };

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const ON_ITS_WAY_MS = 300_000;

/**
 * Writes a window of a fleet into one file: facts, what they refer to, events, prices and the operator's documents. Whole
 * hours: the window begins with the hour of its start. Written beside the name first, then renamed: there is never half a file.
 */
export async function saveSnapshot(source: SnapshotSource, ask: SnapshotAsk): Promise<Result<SavedSnapshot, string>> {
  const from = epochMs(Math.floor(ask.window.from / HOUR_MS) * HOUR_MS);
  const window = { from, to: endOfWindow(ask.window.to, ask.grain, await source.store.extent()) };
  if (window.to <= from) return fail(`the window holds no whole ${ask.grain} with facts`);
  const exported = await source.store.exportFacts({ window, grain: ask.grain, minuteRowsMax: ask.minuteRowsMax });
  if (!exported.ok) return fail(exported.failure.message);
  try {
    const events = await source.store.events(window);
    const own = { dimensions: exported.value.dimensions, events, book: source.book };
    const named = ask.hasPseudonyms ? withPseudonyms(own) : own;
    const fleet: FleetEntry = { dimensions: named.dimensions, events: named.events };
    const texts = [
      jsonEntry(COST_BOOK, named.book),
      jsonEntry(DOCUMENTS, ask.hasPseudonyms ? {} : source.documents),
      jsonEntry(FLEET, fleet),
    ];
    const tables = await Promise.all(
      exported.value.tables.map(async ({ name, path, rows }) => ({
        name: `${name}.parquet`,
        bytes: await readFile(path),
        rows,
      })),
    );
    const manifest: Manifest = {
      kind: 'tokenwatt-snapshot',
      format: SNAPSHOT_FORMAT,
      madeBy: source.madeBy,
      takenAt: source.now,
      fleetName: ask.hasPseudonyms ? 'Fleet' : source.fleetName,
      isSample: source.isSample,
      window,
      grain: ask.grain,
      minutesOf: exported.value.minutesOf,
      hasPseudonyms: ask.hasPseudonyms,
      schema: exported.value.schema,
      settings: source.settings,
      entries: [...texts.map((entry) => ({ ...entry, rows: null })), ...tables].map(({ name, bytes, rows }) => ({
        name,
        bytes: bytes.length,
        sha256: sha256Of(bytes),
        rows,
      })),
    };
    const head = jsonEntry(MANIFEST, manifest);
    const seal = sealOf(head.bytes, ask.signingKey);
    if (!seal.ok) return seal;
    const file = archiveOf([head, jsonEntry(SEAL, seal.value), ...texts, ...tables]);
    const written = await writeWhole(ask.path, file);
    return written.ok ? succeed({ bytes: file.length, manifest }) : written;
  } finally {
    await exported.value.remove();
  }
}

/**
 * A window up to the present ends with the last fact: what is still on its way was not missed, and would show as a gap for
 * ever. After a longer silence the window stays as it was asked for. It ends with a whole bucket: of one that has only begun, a
 * share would be taken of what is there.
 */
function endOfWindow(to: EpochMs, grain: SnapshotAsk['grain'], extent: TimeRange | null): EpochMs {
  const end = extent !== null && extent.to < to && to - extent.to < ON_ITS_WAY_MS ? extent.to : to;
  const bucket = grain === 'minute' ? MINUTE_MS : HOUR_MS;
  return epochMs(Math.floor(end / bucket) * bucket);
}

function jsonEntry(name: string, value: unknown): ArchiveEntry {
  return { name, bytes: Buffer.from(`${JSON.stringify(value)}\n`, 'utf8') };
}

export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function sealOf(manifest: Buffer, signingKey: string | null): Result<Seal, string> {
  const manifestSha256 = sha256Of(manifest);
  if (signingKey === null) return succeed({ manifestSha256, signature: null });
  try {
    const key = createPrivateKey(signingKey);
    if (key.asymmetricKeyType !== 'ed25519') return fail('the signing key is no Ed25519 key');
    const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');
    const value = sign(null, Buffer.from(manifestSha256, 'hex'), key).toString('base64');
    return succeed({ manifestSha256, signature: { publicKey, value } });
  } catch {
    return fail('the signing key cannot be read: it must be an Ed25519 private key in PEM');
  }
}

async function writeWhole(path: string, file: Buffer): Promise<Result<void, string>> {
  const beside = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(beside, file, { mode: 0o600, flush: true });
    await rename(beside, path);
    return succeed(undefined);
  } catch (error) {
    await rm(beside, { force: true });
    return fail(`the file cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

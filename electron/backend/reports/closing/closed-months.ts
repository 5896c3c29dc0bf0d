import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import type { Store } from '#backend/store/store.ts';
import { instant } from '#shared/contract/input-schema.ts';
import { monthSchema } from '#shared/contract/report-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { ChargeLedger, ChargeRow } from '#shared/model/charge-row.ts';
import type { Report } from '#shared/model/report.ts';
import type { ReportFile } from '../report-files.ts';
import { messageOf, writeWhole } from '../write-report.ts';

/*
 * A closed month: its report and the ledger behind it, as they were when it was closed. They lie in a file of their own beside
 * the store, since they are megabytes; the store holds the list, with the hash of each file.
 */

/** Name of the document. */
const CLOSED_MONTHS = 'closed-months';

/** Folder of the files, inside that of the store. */
const FOLDER = 'closed-months';

const FORMAT = 1;

const closingSchema = z.strictObject({
  month: monthSchema,
  zone: z.string(),
  closedAt: instant,
  /** USD of the whole ledger; null where a product has no price. */
  total: z.number().nullable(),
  snapshotId: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/u),
});

const listSchema = z.strictObject({ months: z.array(closingSchema).max(1200) });

/** What the list says of a closed month. */
export type Closing = z.output<typeof closingSchema>;

/** What was frozen; `corrections` are changes of earlier closed months that this one was charged with. */
export type FrozenMonth = {
  readonly report: Report;
  readonly ledger: ChargeLedger;
  readonly corrections: readonly ChargeRow[];
};

export async function readClosings(store: Store): Promise<readonly Closing[]> {
  const read = listSchema.safeParse((await store.document(CLOSED_MONTHS)) ?? { months: [] });
  // A list that cannot be read must not open closed months again.
  if (!read.success) throw new Error('the list of closed months cannot be read');
  return read.data.months;
}

const zip = promisify(gzip);
const unzip = promisify(gunzip);

type Freezing = { readonly frozen: FrozenMonth; readonly about: Omit<Closing, 'sha256'> };

/** One after the other: each reads the list and writes it again. */
let turn: Promise<unknown> = Promise.resolve();

/** Freezes a month: the file first, whole, then its line in the list. */
export function freezeMonth(store: Store, folder: string, freezing: Freezing): Promise<Result<Closing, string>> {
  const done = turn.then(() => freeze(store, folder, freezing));
  turn = done.catch(() => {});
  return done;
}

async function freeze(store: Store, folder: string, { frozen, about }: Freezing): Promise<Result<Closing, string>> {
  const isThere = (await readClosings(store)).some(({ month }) => month === about.month);
  if (isThere) return fail(`${about.month} is closed already.`);
  const bytes = await zip(JSON.stringify({ format: FORMAT, ...frozen }));
  const closing: Closing = { ...about, sha256: createHash('sha256').update(bytes).digest('hex') };
  const target = { folder: join(folder, FOLDER), overwrites: true, signal: new AbortController().signal };
  const written = await writeWhole(oneFile(nameOf(about.month), bytes), target);
  if (!written.ok) return fail(written.failure.message);
  const others = (await readClosings(store)).filter(({ month }) => month !== about.month);
  const saved = await store.saveDocument(CLOSED_MONTHS, { months: [...others, closing] });
  return saved.ok ? succeed(closing) : fail(saved.failure.message);
}

async function* oneFile(name: string, bytes: Uint8Array): AsyncGenerator<ReportFile> {
  yield { name, pieces: [bytes] };
}

function nameOf(month: string): string {
  return `${month}.json.gz`;
}

/** What was frozen, where the file still is what it was; on failure, why it cannot be trusted. */
export async function readFrozen(folder: string, { month, sha256 }: Closing): Promise<Result<FrozenMonth, string>> {
  const path = join(folder, FOLDER, nameOf(month));
  try {
    const bytes = await readFile(path);
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      return fail(`The file of the closed month ${month} was changed since it was closed.`);
    }
    // The hash says that this is what was written here.
    const { report, ledger, corrections } = JSON.parse((await unzip(bytes)).toString('utf8')) as FrozenMonth;
    return succeed({ report, ledger, corrections });
  } catch (error) {
    return fail(`The file of the closed month ${month} cannot be read: ${messageOf(error)}`);
  }
}

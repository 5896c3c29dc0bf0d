import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChargeLedger } from '#shared/model/charge-row.ts';
import type { ReportCheck } from '#shared/model/report.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { FocusSources } from './checks/checked-export.ts';
import { checkFocusExport } from './checks/focus-checks.ts';
import { focusCsv } from './focus-csv.ts';
import { focusParquet, readParquet } from './focus-parquet.ts';
import { focusRows, type FocusCorrections } from './focus-rows.ts';
import type { FocusContext } from './focus-settings.ts';
import { focusSidecar, schemaIdOf } from './focus-sidecar.ts';

export type FocusAsk = {
  readonly ledger: ChargeLedger;
  readonly sources: FocusSources;
  /** Of closed months, in the month that is open; null: none. */
  readonly corrections: FocusCorrections | null;
  readonly context: FocusContext;
  /** Beginning of the files' names. */
  readonly baseName: string;
  /** When it is made, and by which version. */
  readonly at: EpochMs;
  readonly by: string;
};

/** The files of an export with their bytes, and how the rules found them. */
export type FocusFiles = {
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly checks: readonly ReportCheck[];
};

/** Makes an export: CSV, Parquet and the sidecar that describes them, all read back and checked. */
export async function focusExport(ask: FocusAsk): Promise<FocusFiles> {
  const { ledger, context, corrections } = ask;
  const { version } = context;
  const meant = focusRows(ledger, context, corrections);
  const csv = focusCsv(meant, version);
  const base = `${ask.baseName}-focus-${version}`;
  const data = [
    { name: `${base}.csv`, bytes: Buffer.from(csv) },
    { name: `${base}.parquet`, bytes: await focusParquet(meant, version, schemaIdOf(version)) },
  ];
  const sidecar = focusSidecar(ledger, context, {
    files: data.map(({ name, bytes }) => ({
      name,
      bytes: bytes.length,
      rows: meant.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })),
    at: ask.at,
    by: ask.by,
    rowsLeftOut: ledger.rows.filter(({ cost }) => cost === null).length,
    hasCorrections: corrections !== null,
  });
  const checks = checkFocusExport({
    ledger,
    corrections: corrections?.rows ?? [],
    context,
    sources: ask.sources,
    meant,
    csv: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data[0]?.bytes),
    csvAgain: focusCsv(focusRows(ledger, context, corrections), version),
    parquet: await readBack(data[1]?.bytes ?? new Uint8Array()),
    sidecar,
    files: data,
  });
  const described = Buffer.from(`${JSON.stringify({ ...sidecar, Checks: checks }, null, 2)}\n`);
  return { files: [...data, { name: `${base}.json`, bytes: described }], checks };
}

async function readBack(bytes: Uint8Array): ReturnType<typeof readParquet> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-focus-'));
  try {
    const path = join(folder, 'focus.parquet');
    await writeFile(path, bytes);
    return await readParquet(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

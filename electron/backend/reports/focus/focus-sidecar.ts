import { createHash } from 'node:crypto';
import type { ChargeLedger } from '#shared/model/charge-row.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { sumOf } from '#shared/lib/sum.ts';
import { columnsOf, type FocusType, type FocusVersion } from './focus-columns.ts';
import { OWN_TAG_PREFIX, type FocusContext } from './focus-settings.ts';
import { instantText } from './focus-text.ts';
import { DESCRIPTION_MAX } from './focus-words.ts';

/** One file of an export, as it lies there. */
export type FocusFileFacts = {
  readonly name: string;
  readonly bytes: number;
  readonly rows: number;
  readonly sha256: string;
};

const DATA_TYPES: Readonly<Record<FocusType, string>> = {
  DateTime: 'DATETIME',
  Decimal: 'DECIMAL',
  Json: 'JSON',
  String: 'STRING',
};

/** A double has 15 digits that are sure, wherever the point stands. */
const SURE_DIGITS = 15;

/** A GUID of the columns: another where a column, its type or the order changes. */
export function schemaIdOf(version: FocusVersion): string {
  const columns = columnsOf(version).map(({ name, type }) => [name, type]);
  const hex = createHash('sha256')
    .update(JSON.stringify([version, columns]))
    .digest('hex');
  // Version 8 of RFC 9562: a GUID whose bits are ours.
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** What stands beside the files: the schema in FOCUS's own words, then what a reader must know of this export. */
export function focusSidecar(
  ledger: ChargeLedger,
  context: FocusContext,
  made: {
    readonly files: readonly FocusFileFacts[];
    readonly at: EpochMs;
    readonly by: string;
    readonly rowsLeftOut: number;
    readonly hasCorrections: boolean;
  },
) {
  const { version, settings, state, zone, snapshotId } = context;
  const observed = sumOf(ledger.capacity, ({ coverage }) => coverage.observedSeconds);
  const expected = sumOf(ledger.capacity, ({ coverage }) => coverage.expectedSeconds);
  return {
    SchemaId: schemaIdOf(version),
    FocusVersion: version,
    CreationDate: instantText(made.at),
    DataGenerator: 'Tokenwatt',
    DataGeneratorVersion: made.by,
    ColumnDefinition: columnsOf(version).map((column) => ({
      ColumnName: column.name,
      DataType: DATA_TYPES[column.type],
      ...(column.type === 'String' ? { StringEncoding: 'UTF-8' } : {}),
      ...(column.name === 'ChargeDescription' ? { StringMaxLength: DESCRIPTION_MAX } : {}),
      ...(column.type === 'Decimal' ? { NumericPrecision: SURE_DIGITS, NumberScale: null } : {}),
      ...(column.name === 'Tags' ? { ProviderTagPrefixes: [OWN_TAG_PREFIX] } : {}),
    })),
    Tokenwatt: {
      Files: made.files,
      DeliveryMode: made.hasCorrections || state === 'closed' ? 'append' : 'overwrite',
      MonthState: state,
      BilledCostMode: settings.billedCost,
      HasAsciiNames: settings.hasAsciiNames,
      TimeZone: zone,
      PeriodStart: instantText(ledger.asked.from),
      PeriodEnd: instantText(ledger.asked.to),
      CoverageRatio: expected > 0 ? observed / expected : null,
      SnapshotId: snapshotId,
      PriceTableVersions: [...new Set(ledger.rows.map(({ priceVersion }) => priceVersion))]
        .toSorted((one, other) => one - other)
        .map((at) => (at <= 0 ? 'first' : instantText(at))),
      ChargesWithoutPrice: made.rowsLeftOut,
    },
  };
}

export type FocusSidecar = ReturnType<typeof focusSidecar>;

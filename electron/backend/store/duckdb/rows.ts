import { DuckDBTimestampValue, type DuckDBAppender, type DuckDBConnection } from '@duckdb/node-api';
import { assert } from '#shared/lib/assert.ts';
import { ENGINE_FACT_COLUMNS, GPU_FACT_COLUMNS, METER_FACT_COLUMNS, type Aggregation } from '#shared/model/fact.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { BOARD_FACT_COLUMNS } from '../board-facts.ts';

/** Fact tables exist once per family and tier, as `gpu_raw`, `engine_hour`, ... */
export type FamilyName = 'gpu' | 'engine' | 'latency' | 'meter' | 'board';
export type Tier = 'raw' | 'minute' | 'hour';

export const TIERS: readonly Tier[] = ['raw', 'minute', 'hour'];

/**
 * Length of the buckets that rows of a tier never reach across, s. A raw fact may be shorter; a bridged one is longer
 * but counts in its first minute.
 */
export const TIER_SECONDS: Readonly<Record<Tier, number>> = { raw: 60, minute: 60, hour: 3600 };

export type MeasureColumn = {
  /** Name in the fact, such as `energyJoules`. */
  readonly field: string;
  /** Name in the tables, such as `energy_joules`. */
  readonly column: string;
  readonly aggregation: Aggregation;
};

/** What the generic parts (append, select, roll-up) know of a family of facts. */
export type Family = {
  readonly name: FamilyName;
  /** Columns that tell rows of one bucket apart. */
  readonly keys: readonly string[];
  readonly measures: readonly MeasureColumn[];
  /** SQL that is true for raw rows that are never divided: see whole-facts.ts. */
  readonly isWholeSql: string;
  /** False where the rows of a piece are added up by whoever reads them. */
  readonly addsUp?: boolean;
  /** Whether seats that a question tells not apart may be added up as one; left out where facts have none. */
  readonly foldsSeats?: boolean;
};

export const GPU_FAMILY: Family = {
  name: 'gpu',
  keys: ['seat_id', 'placement_id', 'state_id'],
  measures: measuresOf(GPU_FACT_COLUMNS),
  isWholeSql: 'coalesce(bridged_seconds, 0) > 0',
};

export const ENGINE_FAMILY: Family = {
  name: 'engine',
  keys: ['engine_span_id'],
  measures: measuresOf(ENGINE_FACT_COLUMNS),
  isWholeSql: 'coalesce(bridged_seconds, 0) > 0',
};

export const LATENCY_FAMILY: Family = {
  name: 'latency',
  keys: ['engine_span_id', 'measure_id', 'upper_bound_seconds'],
  measures: measuresOf({ count: 'sum' }),
  isWholeSql: 'epoch_us(ts) % 60000000 + round(seconds * 1e6) > 60000000',
};

export const METER_FAMILY: Family = {
  name: 'meter',
  keys: ['meter_id'],
  measures: measuresOf(METER_FACT_COLUMNS),
  isWholeSql: 'false',
};

/** Derived from GPU facts on the way in: see board-facts.ts. */
export const BOARD_FAMILY: Family = {
  name: 'board',
  keys: ['seat_id'],
  measures: measuresOf(BOARD_FACT_COLUMNS),
  isWholeSql: 'false',
};

/** Families that say since when and until when a fleet was watched. */
export const WATCHED_FAMILIES: readonly Family[] = [GPU_FAMILY, ENGINE_FAMILY, LATENCY_FAMILY];

export const FAMILIES: readonly Family[] = [...WATCHED_FAMILIES, METER_FAMILY, BOARD_FAMILY];

export function tableOf(family: Family, tier: Tier): string {
  return `${family.name}_${tier}`;
}

function measuresOf(columns: Readonly<Record<string, Aggregation>>): readonly MeasureColumn[] {
  return Object.entries(columns).map(([field, aggregation]) => ({
    field,
    column: field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    aggregation,
  }));
}

export function timestampOf(at: EpochMs): DuckDBTimestampValue {
  return new DuckDBTimestampValue(BigInt(Math.round(at * 1000)));
}

/** An instant as the DOUBLE that the small tables keep. */
export function instantOf(value: unknown): EpochMs | null {
  return typeof value === 'number' ? epochMs(value) : null;
}

export function appendNumber(appender: DuckDBAppender, value: number | null): void {
  if (value === null) return appender.appendNull();
  assert(Number.isFinite(value), 'what is stored is a number');
  appender.appendDouble(value);
}

export function appendText(appender: DuckDBAppender, value: string | null): void {
  if (value === null) appender.appendNull();
  else appender.appendVarchar(value);
}

/** All rows of an answer as objects. Integers must be cast in the SQL: they would come as BigInt. */
export async function rowsOf(
  connection: DuckDBConnection,
  sql: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJS();
}

/** The one number that a statement answers. */
export async function numberOf(connection: DuckDBConnection, sql: string): Promise<number> {
  const value = (await connection.runAndReadAll(sql)).getRowsJS()[0]?.[0];
  assert(typeof value === 'number', 'the statement answers a number');
  return value;
}

import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { EngineFact, GpuFact, LatencyFact, MeterFact } from '#shared/model/fact.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { FactBatch } from '../store.ts';
import { boardFactsOf, type BoardFact } from '../board-facts.ts';
import { assertInterval, splitAtMinutes, type FactInterval } from '../whole-facts.ts';
import { idOf, valueOf, type Dimensions } from './dimensions.ts';
import {
  appendNumber,
  appendText,
  BOARD_FAMILY,
  ENGINE_FAMILY,
  GPU_FAMILY,
  LATENCY_FAMILY,
  METER_FAMILY,
  tableOf,
  timestampOf,
  type Family,
} from './rows.ts';
import { groupSql, sumsSql, type RolledTier } from './sums-sql.ts';
import type { TierStates } from './tiers.ts';

type FactRows<Fact> = {
  readonly family: Family;
  readonly facts: readonly Fact[];
  readonly appendKeys: (appender: DuckDBAppender, fact: Fact) => void;
};

/**
 * Appends a batch's facts, events and checkpoints; the caller holds the transaction. A late fact, one that starts where
 * a tier is already rolled up, is added to that tier too: rows of a bucket are summed when read, so every tier
 * answers rightly at once, and the next roll-up packs them into one row.
 */
export async function appendBatch(
  connection: DuckDBConnection,
  batch: FactBatch,
  dimensions: Dimensions,
  tiers: TierStates,
): Promise<void> {
  await appendFacts(connection, gpuRowsOf(batch, dimensions), tiers);
  await appendFacts(connection, engineRowsOf(batch, dimensions), tiers);
  await appendFacts(connection, latencyRowsOf(batch, dimensions), tiers);
  await appendFacts(connection, meterRowsOf(batch, dimensions), tiers);
  await appendFacts(connection, boardRowsOf(batch, dimensions), tiers);
  await appendEvents(connection, batch);
  await appendCheckpoints(connection, batch);
}

const GPU_SUMS = sumFieldsOf(GPU_FAMILY);
const ENGINE_SUMS = sumFieldsOf(ENGINE_FAMILY);
const METER_SUMS = sumFieldsOf(METER_FAMILY);

function sumFieldsOf(family: Family): readonly string[] {
  return family.measures.filter(({ aggregation }) => aggregation === 'sum').map(({ field }) => field);
}

function gpuRowsOf(batch: FactBatch, { seats, placements, stateIds }: Dimensions): FactRows<GpuFact> {
  return {
    family: GPU_FAMILY,
    facts: batch.gpuFacts.flatMap((fact) => splitAtMinutes(fact, GPU_SUMS)),
    appendKeys: (appender, fact) => {
      appender.appendInteger(idOf(seats, fact.seat));
      if (fact.placement === null) appender.appendNull();
      else appender.appendInteger(idOf(placements, fact.placement));
      appender.appendUTinyInt(idOf(stateIds, fact.state));
    },
  };
}

function engineRowsOf(batch: FactBatch, { spans }: Dimensions): FactRows<EngineFact> {
  return {
    family: ENGINE_FAMILY,
    facts: batch.engineFacts.flatMap((fact) => splitAtMinutes(fact, ENGINE_SUMS)),
    appendKeys: (appender, fact) => appender.appendInteger(idOf(spans, fact.engineSpan)),
  };
}

function latencyRowsOf(batch: FactBatch, { spans, measureIds }: Dimensions): FactRows<LatencyFact> {
  return {
    family: LATENCY_FAMILY,
    facts: batch.latencyFacts,
    appendKeys: (appender, fact) => {
      appender.appendInteger(idOf(spans, fact.engineSpan));
      appender.appendUTinyInt(idOf(measureIds, fact.measure));
      appender.appendDouble(fact.upperBoundSeconds);
    },
  };
}

function meterRowsOf(batch: FactBatch, { meters }: Dimensions): FactRows<MeterFact> {
  return {
    family: METER_FAMILY,
    facts: batch.meterFacts.flatMap((fact) => splitAtMinutes({ ...fact, bridgedSeconds: null }, METER_SUMS)),
    appendKeys: (appender, fact) => appender.appendInteger(idOf(meters, fact.meter)),
  };
}

function boardRowsOf(batch: FactBatch, { seats }: Dimensions): FactRows<BoardFact> {
  return {
    family: BOARD_FAMILY,
    facts: boardFactsOf(batch.gpuFacts, (key) => valueOf(seats, key)),
    appendKeys: (appender, fact) => appender.appendInteger(idOf(seats, fact.seat)),
  };
}

async function appendFacts<Fact extends FactInterval>(
  connection: DuckDBConnection,
  rows: FactRows<Fact>,
  tiers: TierStates,
): Promise<void> {
  const rolledUntil = Math.max(...ROLLED_TIERS.map((tier) => tiers[tier].rolledUntil ?? -Infinity));
  if (rows.facts.some((fact) => fact.start < rolledUntil)) await appendLate(connection, rows, tiers);
  else await appendTo(connection, { table: tableOf(rows.family, 'raw'), ...rows });
}

const ROLLED_TIERS: readonly RolledTier[] = ['minute', 'hour'];

/**
 * Facts of which some are late. Their rows are written once, beside the tables, and summed from there by the database:
 * the past of a server is millions of them.
 */
async function appendLate<Fact extends FactInterval>(
  connection: DuckDBConnection,
  rows: FactRows<Fact>,
  tiers: TierStates,
): Promise<void> {
  const { family } = rows;
  const raw = tableOf(family, 'raw');
  const table = `late_${family.name}`;
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${table} AS SELECT * FROM ${raw} LIMIT 0`);
  await appendTo(connection, { table, ...rows });
  await connection.run(`INSERT INTO ${raw} SELECT * FROM ${table}`);
  for (const tier of ROLLED_TIERS) {
    const { rolledUntil } = tiers[tier];
    if (rolledUntil !== null) await addToTier(connection, { family, table, tier, rolledUntil });
  }
  await connection.run(`DROP TABLE ${table}`);
}

type LateRows = {
  readonly family: Family;
  readonly table: string;
  readonly tier: RolledTier;
  readonly rolledUntil: EpochMs;
};

/** A bucket that had rows already is marked, to be packed; most of a past are new. */
async function addToTier(connection: DuckDBConnection, { family, table, tier, rolledUntil }: LateRows): Promise<void> {
  const target = tableOf(family, tier);
  const isLate = `ts < make_timestamp(${rolledUntil}000)`;
  await connection.run(
    `INSERT INTO late_bucket SELECT DISTINCT '${family.name}', '${tier}', ts FROM ${target}
     WHERE ts >= (SELECT date_trunc('${tier}', min(ts)) FROM ${table})
       AND ts IN (SELECT date_trunc('${tier}', ts) FROM ${table} WHERE ${isLate})`,
  );
  const sums = `${sumsSql(family, table, tier)} WHERE ${isLate} ${groupSql(family)}`;
  await connection.run(`INSERT INTO ${target} ${sums}`);
}

async function appendTo<Fact extends FactInterval>(
  connection: DuckDBConnection,
  { table, family, facts, appendKeys }: FactRows<Fact> & { readonly table: string },
): Promise<void> {
  if (facts.length === 0) return;
  const appender = await connection.createAppender(table);
  const fields = family.measures.map(({ field }) => field as keyof Fact);
  for (const fact of facts) {
    assertInterval(fact);
    appender.appendTimestamp(timestampOf(fact.start));
    appender.appendDouble(fact.seconds);
    appendKeys(appender, fact);
    for (const field of fields) appendNumber(appender, fact[field] as number | null);
    appender.endRow();
  }
  appender.closeSync();
}

async function appendEvents(connection: DuckDBConnection, { events }: FactBatch): Promise<void> {
  if (events.length === 0) return;
  const appender = await connection.createAppender('event');
  for (const event of events) {
    appender.appendTimestamp(timestampOf(event.at));
    for (const text of [event.kind, event.subject, event.model, event.node, event.message]) appendText(appender, text);
    appender.endRow();
  }
  appender.closeSync();
}

async function appendCheckpoints(connection: DuckDBConnection, { checkpoints }: FactBatch): Promise<void> {
  if (checkpoints.length === 0) return;
  const appender = await connection.createAppender('checkpoint');
  for (const checkpoint of checkpoints) {
    appender.appendVarchar(checkpoint.thing);
    appender.appendTimestamp(timestampOf(checkpoint.at));
    appendNumber(appender, checkpoint.startedAt);
    appender.appendVarchar(JSON.stringify(checkpoint.counters));
    appender.endRow();
  }
  appender.closeSync();
}

import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { EngineFact, GpuFact, LatencyFact, MeterFact } from '#shared/model/fact.ts';
import { epochMs } from '#shared/time/instant.ts';
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
  TIER_SECONDS,
  timestampOf,
  type Family,
  type Tier,
} from './rows.ts';
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
  await appendToTier(connection, 'raw', rows);
  for (const tier of ['minute', 'hour'] as const) {
    const { rolledUntil } = tiers[tier];
    if (rolledUntil === null) continue;
    const late = rows.facts.filter((fact) => fact.start < rolledUntil);
    if (late.length === 0) continue;
    const buckets = late.map((fact) => ({ ...fact, ...bucketOf(fact, TIER_SECONDS[tier]) }));
    await appendToTier(connection, tier, { ...rows, facts: buckets });
    await markLate(connection, rows.family, tier, buckets);
  }
}

/** A row of a coarser tier is as long as its bucket. */
function bucketOf(fact: FactInterval, seconds: number): FactInterval {
  return { start: epochMs(Math.floor(fact.start / (seconds * 1000)) * seconds * 1000), seconds };
}

async function appendToTier<Fact extends FactInterval>(
  connection: DuckDBConnection,
  tier: Tier,
  { family, facts, appendKeys }: FactRows<Fact>,
): Promise<void> {
  if (facts.length === 0) return;
  const appender = await connection.createAppender(tableOf(family, tier));
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

async function markLate(connection: DuckDBConnection, family: Family, tier: Tier, buckets: readonly FactInterval[]) {
  const appender = await connection.createAppender('late_bucket');
  for (const start of new Set(buckets.map((bucket) => bucket.start))) {
    appender.appendVarchar(family.name);
    appender.appendVarchar(tier);
    appender.appendTimestamp(timestampOf(start));
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

import { z } from 'zod';
import type { ExportedDimensions } from '#backend/store/store.ts';
import { epochMs } from '#shared/time/instant.ts';
import { METER_BOUNDARIES } from '#shared/model/power-boundary.ts';
import { METER_ORIGINS } from '#shared/model/sample.ts';
import type { FleetEvent } from '#shared/model/fact.ts';

/** What the facts of a snapshot refer to, and what happened: the entry `fleet.json`. */
export const FLEET = 'fleet.json';

export type FleetEntry = { readonly dimensions: ExportedDimensions; readonly events: readonly FleetEvent[] };

const instant = z
  .number()
  .min(0)
  .max(8.64e15)
  .transform((value) => epochMs(value));
const text = z.string().max(4096);
const id = z
  .number()
  .int()
  .min(1)
  .max(2 ** 31 - 1);
const place = { site: text.nullable(), rack: text.nullable(), pool: text.nullable(), node: text.nullable() };
const time = { since: instant, until: instant.nullable() };

const seat = z.strictObject({
  ...place,
  ...time,
  key: text,
  gpu: text,
  sku: text,
  index: text.nullable(),
  domain: text.nullable(),
  tray: text.nullable(),
  driverVersion: text.nullable(),
  cudaVersion: text.nullable(),
});

const span = z.strictObject({
  ...place,
  ...time,
  key: text,
  engine: text,
  kind: z.enum(['vllm', 'sglang', 'tensorrt-llm', 'dynamo', 'triton', 'tgi', 'llama.cpp', 'lmdeploy', 'nim']),
  model: text,
  role: z.enum(['prefill', 'decode']).nullable(),
  pod: text.nullable(),
  version: text.nullable(),
  versionEvidence: z.enum(['http', 'image', 'pod-label', 'metric-names']).nullable(),
  image: text.nullable(),
  settings: z.string().max(65_536).nullable(),
  tenant: text.nullable(),
});

const placement = z.strictObject({
  key: z.string().max(65_536),
  rule: z.enum(['operator', 'pod', 'process', 'reported', 'node']),
  members: z.array(z.strictObject({ engineSpan: text.nullable(), share: z.number().min(0).max(1) })).max(10_000),
});

const meter = z.strictObject({
  ...place,
  ...time,
  key: text,
  meter: text,
  boundary: z.enum(METER_BOUNDARIES),
  origin: z.enum(METER_ORIGINS),
  parts: z.number().min(0),
});

const listOf = <Schema extends z.ZodType>(value: Schema) => z.array(z.strictObject({ id, value })).max(2_000_000);
const codes = z.array(z.strictObject({ id: id.max(255), name: z.string().max(64) })).max(255);

const event = z.strictObject({
  at: instant,
  kind: z.string().max(64),
  subject: text,
  model: text.nullable(),
  node: text.nullable(),
  message: text,
});

export const fleetEntrySchema = z.strictObject({
  dimensions: z.strictObject({
    seats: listOf(seat),
    spans: listOf(span),
    placements: listOf(placement),
    meters: listOf(meter),
    states: codes,
    measures: codes,
  }),
  events: z.array(event).max(1_000_000),
});

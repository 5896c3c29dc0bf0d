import { z } from 'zod';
import { claimArithmeticSchema } from '#shared/contract/compare-schema.ts';
import type { ReferenceCatalogue } from '#shared/model/reference-catalogue.ts';

const TEXT = z.string().min(1).max(1000);
const AMOUNT = z.number().positive();
const COUNT = z.number().int().positive();
/** A day: tables are looked up by it. */
const DAY = z.iso.date();

/** Rows of one list; far above any catalogue, so that a file cannot fill the memory. */
const ROWS_MAX = 20_000;

const front = z.strictObject({
  model: TEXT,
  source: TEXT,
  gpu: TEXT,
  precision: TEXT,
  speculation: TEXT,
  inputTokens: COUNT,
  outputTokens: COUNT,
  points: z
    .array(
      z.strictObject({
        interactivity: AMOUNT,
        totalPerGpu: AMOUNT,
        engine: TEXT,
        isDisaggregated: z.boolean(),
        date: DAY,
      }),
    )
    .min(1)
    .max(ROWS_MAX),
});

const submission = z.strictObject({
  source: TEXT,
  round: TEXT,
  resultId: TEXT.nullable(),
  submitter: TEXT,
  model: TEXT,
  scenario: TEXT,
  gpu: TEXT,
  gpus: COUNT,
  outputTokensPerSecond: AMOUNT,
  precision: TEXT,
  software: TEXT,
  systemWatts: AMOUNT.nullable(),
});

const gain = z.strictObject({
  source: TEXT,
  model: TEXT,
  gpu: TEXT,
  engine: TEXT.nullable(),
  precision: TEXT,
  speculation: TEXT.nullable(),
  scenario: TEXT.nullable(),
  from: TEXT,
  to: TEXT,
  pairs: COUNT,
  throughputRatio: AMOUNT,
  steadyRatio: AMOUNT.nullable(),
  startupArtefacts: z.number().int().nonnegative(),
  isSameSoftwareText: z.boolean().nullable(),
});

const claim = z.strictObject({
  id: TEXT,
  statement: TEXT,
  statedBy: TEXT,
  source: TEXT,
  attributedTo: TEXT.nullable(),
  model: TEXT.nullable(),
  status: TEXT,
  finding: TEXT,
  arithmetic: claimArithmeticSchema.nullable(),
});

const rates = z.strictObject({ hyperscaler: AMOUNT, neocloud: AMOUNT, rental: AMOUNT });

/** The shape of a catalogue's file. Every entry names a source that the catalogue holds, with its date. */
export const CATALOGUE: z.ZodType<ReferenceCatalogue> = z
  .strictObject({
    version: TEXT,
    asOf: DAY,
    sources: z.record(TEXT, z.strictObject({ title: TEXT, where: TEXT, date: TEXT })),
    models: z.array(z.strictObject({ name: TEXT, alsoCalled: z.array(TEXT) })).max(ROWS_MAX),
    tiers: z.array(z.strictObject({ source: TEXT, from: DAY, note: TEXT, usdPerGpuHour: z.record(TEXT, rates) })),
    power: z.array(
      z.strictObject({ source: TEXT, from: DAY, boundary: TEXT, kilowattsPerGpu: z.record(TEXT, AMOUNT) }),
    ),
    tdpWatts: z.record(TEXT, AMOUNT),
    fronts: z.array(front).max(ROWS_MAX),
    latencyLimits: z
      .array(
        z.strictObject({ source: TEXT, model: TEXT, scenario: TEXT, ttftP99Seconds: AMOUNT, tpotP99Seconds: AMOUNT }),
      )
      .max(ROWS_MAX),
    submissions: z.array(submission).max(ROWS_MAX),
    gains: z.array(gain).max(ROWS_MAX),
    claims: z.array(claim).max(ROWS_MAX),
  })
  .superRefine((catalogue, context) => {
    for (const missing of missingNames(catalogue)) context.addIssue({ code: 'custom', message: missing });
  });

/** Entries whose source or model the catalogue does not hold: a figure without a date is no reference. */
function missingNames(catalogue: ReferenceCatalogue): string[] {
  const { sources, models, tiers, power, fronts, latencyLimits, submissions, gains, claims } = catalogue;
  const named = [...tiers, ...power, ...fronts, ...latencyLimits, ...submissions, ...gains, ...claims];
  const unknownSources = named.map((entry) => entry.source).filter((source) => !Object.hasOwn(sources, source));
  const known = new Set(models.map((model) => model.name));
  const unknownModels = [...fronts, ...latencyLimits, ...submissions, ...gains, ...claims]
    .map((entry) => entry.model)
    .filter((model) => model !== null && !known.has(model));
  return [
    ...[...new Set(unknownSources)].map((source) => `there is no source ${source}`),
    ...[...new Set(unknownModels)].map((model) => `there is no model ${model ?? ''}`),
  ];
}

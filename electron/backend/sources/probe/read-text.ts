import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { targetSeries } from '../inference-engine/engine-series.ts';
import { tracedEngines } from '../inference-engine/engines-of-target.ts';
import { createExpositionReader, readReadableLines, type ReadableLines } from '../prometheus/exposition-reader.ts';
import type { ExpositionFailure } from '../prometheus/exposition/exposition.ts';
import { newestOfRepeats } from '../prometheus/newest-of-repeats.ts';
import { judgeStamps } from '../prometheus/value-stamps.ts';
import type { ExpositionFormat, Series } from '../prometheus/series.ts';
import type { SeriesValues } from '../read-value.ts';
import { createSampleReader } from '../sample-reader.ts';
import { namesIn } from '../signals/target-read.ts';
import { mistakenFor } from './input-format.ts';
import { kindOfMetrics } from './kind-of-metrics.ts';
import type { ProbeEngine, ProbeProblem, ReadInput } from './probe-answer.ts';

/**
 * Reads a text of metrics as a poll would, save that a line which cannot be read does not take the others with it. `at`
 * is the instant that the text speaks for: null for a saved one, which speaks for its newest time stamp.
 */
export function readText(bytes: Buffer, format: ExpositionFormat, about: TextOrigin): ReadInput {
  const mistaken = mistakenFor(bytes);
  if (mistaken !== null) return notMetrics(mistaken, format);
  const { exposition, refused, refusedLines } = readLines(bytes, format);
  const { series, warnings } = exposition;
  const newest = newestOfRepeats(exposition);
  const stamps = judgeStamps(newest.timestamps, about.at ?? newestStamp(newest.timestamps));
  const valueAt = (index: number) => (stamps.isCurrent(index) ? newest.values[index] : undefined);
  const samples = readSeries(newest.series, valueAt, about.address);
  const cut = refused.length === 0 ? cutOff(bytes, series) : null;
  const dropped = warnings.filter((warning) => warning.kind === 'conflict' || warning.kind === 'duplicate').length;
  const ofLines = refused.map(problemOfLine);
  const more = refusedLines - refused.length;
  return {
    ...samples,
    valid: refusedLines === 0 && cut === null,
    format,
    samples: series.length + dropped,
    problems: [
      ...(cut === null ? [] : [cut]),
      ...ofLines,
      ...(more === 0 ? [] : [{ kind: 'more', message: `${more} more lines cannot be read`, line: null }]),
      ...warnings,
      ...stamps.problems.map((problem) => ({ ...problem, line: null })),
      ...samples.problems,
    ],
  };
}

export type TextOrigin = { readonly address: string; readonly at: EpochMs | null };

function newestStamp(timestamps: Float64Array | null): EpochMs {
  let newest = 0;
  for (const stamp of timestamps ?? []) if (stamp > newest) newest = stamp;
  return epochMs(newest);
}

function readLines(bytes: Buffer, format: ExpositionFormat): ReadableLines {
  const whole = createExpositionReader().read(bytes, format);
  return whole.ok ? { exposition: whole.value, refused: [], refusedLines: 0 } : readReadableLines(bytes, format);
}

/** What the series of one input say, whatever they were written as. */
export function readSeries(
  series: readonly Series[],
  values: SeriesValues,
  address: string,
): Omit<ReadInput, 'valid' | 'format' | 'samples'> {
  const { gpus, engines, meters, problems } = createSampleReader({}, address)(series, values);
  const target = targetSeries(series, {});
  const engineOnly = engines.length > 0 ? null : tracedEngine(target);
  const hasEngines = engines.length > 0 || engineOnly !== null;
  return {
    kind: kindOfMetrics(target.names, {
      hasGpus: gpus.length > 0,
      hasEngines,
      isGateway: problems.some(({ kind }) => kind === 'repeats'),
    }),
    gpus,
    engines,
    engineOnly,
    meters,
    migDevices: new Map(gpus.flatMap(({ gpu, migDevices }) => (migDevices === null ? [] : [[gpu, migDevices]]))),
    reads: [{ gpus, engines, meters, by: 'metrics', ...namesIn(series, (index) => values(index) !== undefined) }],
    problems: problems.map((problem) => ({ ...problem, line: null })),
  };
}

function tracedEngine(target: ReturnType<typeof targetSeries>): ProbeEngine | null {
  const [first] = tracedEngines(target);
  return first === undefined ? null : { name: first.kind, version: null, versionFrom: null, models: first.models };
}

function problemOfLine({ kind, message, excerpt, line }: ExpositionFailure): ProbeProblem {
  return { kind, message: excerpt === '' ? message : `${message}: ${excerpt}`, line };
}

/**
 * Where the text breaks off although its last line reads well: a histogram never ends on a lower bucket, nor a text on
 * the HELP or TYPE of what should follow. Only a text without a last line break: excerpts made by people end with one.
 */
function cutOff(bytes: Buffer, series: readonly Series[]): ProbeProblem | null {
  if (bytes.length === 0 || bytes.at(-1) === 0x0a) return null;
  const lastLine = bytes.subarray(bytes.lastIndexOf(0x0a) + 1).toString('utf8');
  const last = series.at(-1);
  const isLowerBucket =
    last?.kind === 'histogram' && last.name.endsWith('_bucket') && (last.labels.get('le') ?? '+Inf') !== '+Inf';
  const isMetadata = /^\s*#\s*($|(H|T|HE|TY|HEL|TYP|HELP|TYPE)(\s|$))/.test(lastLine);
  if (!isMetadata && (lastLine.trimStart().startsWith('#') || !isLowerBucket)) return null;
  return { kind: 'truncated', message: 'The text breaks off: its last metric is not whole', line: lineCount(bytes) };
}

function lineCount(bytes: Buffer): number {
  let lines = 1;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) lines += 1;
  return lines;
}

function notMetrics(
  { kind, message }: NonNullable<ReturnType<typeof mistakenFor>>,
  format: ExpositionFormat,
): ReadInput {
  const problem = { kind: 'not-metrics', message, line: null };
  const nothing = { samples: 0, gpus: [], engines: [], meters: [], reads: [] };
  return { valid: false, format, ...nothing, kind: kind ?? 'unknown', problems: [problem] };
}

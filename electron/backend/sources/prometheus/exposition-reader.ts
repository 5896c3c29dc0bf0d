import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type {
  Exposition,
  ExpositionFailure,
  ExpositionLimits,
  ExpositionReader,
  ExpositionWarning,
} from './exposition/exposition.ts';
import { layoutOf, type Layout } from './exposition/layout.ts';
import { parseBody, parseReadableLines, type ParsedBody } from './exposition/parse-body.ts';
import { readKnownLayout } from './exposition/read-known-layout.ts';
import { leftOutOf } from './exposition/repeated-series.ts';
import { createScan, type Scan } from './exposition/scan.ts';
import type { ExpositionFormat, Series } from './series.ts';
import { checkValues } from './exposition/value-checks.ts';
import { createWarningList, type WarningList } from './exposition/warning-list.ts';

export type { ExpositionLimits, ExpositionReader };

export const EXPOSITION_LIMITS: ExpositionLimits = {
  samplesMax: 50_000,
  labelsPerSampleMax: 64,
  labelNameBytesMax: 128,
  labelValueBytesMax: 2048,
};

/** No setting goes beyond this many samples in one body. */
export const SAMPLES_CEILING = 500_000;

/**
 * A reader for the bodies of one target. A body whose bytes differ from the last good one only in its numbers is read
 * in one pass of comparisons; any other is parsed from scratch. Both give exactly the same answer.
 */
export function createExpositionReader(limits: ExpositionLimits = EXPOSITION_LIMITS): ExpositionReader {
  const bounded = { ...limits, samplesMax: Math.min(limits.samplesMax, SAMPLES_CEILING) };
  let last: Remembered | null = null;

  function read(body: Uint8Array, format: ExpositionFormat): Result<Exposition, ExpositionFailure> {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    if (last?.layout.format === format && readKnownLayout(last.layout, bytes, last)) return succeed(answerOf(last));
    const scan = createScan(bytes, format, bounded);
    const parsed = parseBody(scan);
    if (parsed === null) return fail(scan.failure ?? UNEXPLAINED);
    last = rememberedOf(scan, parsed, last?.series ?? []);
    return succeed(answerOf(last));
  }

  return { read };
}

/** What could be read of a body, and why each other line could not. */
export type ReadableLines = {
  readonly exposition: Exposition;
  /** The first of them; `refusedLines` counts all. */
  readonly refused: readonly ExpositionFailure[];
  readonly refusedLines: number;
};

const REFUSED_KEPT_MAX = 20;

/** Reads a body line by line, leaving out those that are refused: for looking at a text. Polls refuse it whole. */
export function readReadableLines(body: Uint8Array, format: ExpositionFormat): ReadableLines {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const scan = createScan(bytes, format, EXPOSITION_LIMITS);
  const refused: ExpositionFailure[] = [];
  let refusedLines = 0;
  const parsed = parseReadableLines(scan, (failure) => {
    refusedLines += 1;
    if (refused.length < REFUSED_KEPT_MAX) refused.push(failure);
  });
  return { exposition: answerOf(rememberedOf(scan, parsed, [])), refused, refusedLines };
}

const UNEXPLAINED: ExpositionFailure = { kind: 'syntax', line: 0, message: 'unreadable', excerpt: '' };

/** What a reader keeps between two bodies: memory for the numbers, and the series as they were last given out. */
type Remembered = {
  readonly layout: Layout;
  readonly values: Float64Array;
  readonly timestamps: Float64Array | null;
  series: readonly Series[];
  /** Which sample lines `series` was made without; null when it has one for every line. */
  leftOut: Uint8Array | null;
  /** Whether `series` was made from this layout yet. */
  isSettled: boolean;
};

function rememberedOf(scan: Scan, parsed: ParsedBody, series: readonly Series[]): Remembered {
  const { values, timestamps } = parsed.table;
  return {
    layout: layoutOf(scan, parsed),
    values: Float64Array.from(values),
    timestamps: timestamps === null ? null : Float64Array.from(timestamps.times),
    series,
    leftOut: null,
    isSettled: false,
  };
}

function answerOf(memory: Remembered): Exposition {
  const { layout, values, timestamps } = memory;
  const warnings = createWarningList();
  checkValues(layout.checks, { series: layout.series, lines: layout.lines, values }, warnings);
  if (layout.repeats.length > 0) return answerWithout(memory, warnings);
  if (!memory.isSettled) settle(memory, layout.series, null);
  return { series: memory.series, values, timestamps, warnings: joined(layout, warnings) };
}

/** The answer for a body with repeated series: without the lines that do not count. */
function answerWithout(memory: Remembered, warnings: WarningList): Exposition {
  const { layout, values, timestamps } = memory;
  const { repeats, series, lines } = layout;
  const leftOut = leftOutOf({ repeats, series, lines, values, timestamps }, warnings);
  if (!memory.isSettled || memory.leftOut === null || Buffer.compare(leftOut, memory.leftOut) !== 0) {
    settle(
      memory,
      series.filter((_, sample) => leftOut[sample] === 0),
      leftOut,
    );
  }
  const isKept = (_: number, sample: number) => leftOut[sample] === 0;
  return {
    series: memory.series,
    values: values.filter(isKept),
    timestamps: timestamps && timestamps.filter(isKept),
    warnings: joined(layout, warnings),
  };
}

function joined(layout: Layout, warnings: WarningList): readonly ExpositionWarning[] {
  const ofValues = warnings.all();
  return ofValues.length === 0 ? layout.warnings : [...layout.warnings, ...ofValues];
}

/** Takes over new series, unless they are the old ones again: then consumers keep the array they know. */
function settle(memory: Remembered, series: readonly Series[], leftOut: Uint8Array | null): void {
  if (!areSameSeries(memory.series, series)) memory.series = series;
  memory.leftOut = leftOut;
  memory.isSettled = true;
}

function areSameSeries(ones: readonly Series[], others: readonly Series[]): boolean {
  return ones.length === others.length && ones.every((one, index) => isSameSeries(one, others[index]));
}

function isSameSeries(one: Series, other: Series | undefined): boolean {
  if (other === undefined || one.name !== other.name || one.kind !== other.kind) return false;
  if (one.labels === other.labels) return true;
  if (one.labels.size !== other.labels.size) return false;
  for (const [name, value] of one.labels) if (other.labels.get(name) !== value) return false;
  return true;
}

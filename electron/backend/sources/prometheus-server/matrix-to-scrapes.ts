import type { MeterMapping } from '#shared/model/power-boundary.ts';
import type { Scrape } from '#shared/model/sample.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { createSampleReader, type SampleReader } from '../sample-reader.ts';
import { createScrapeStreams, type ScrapeStream, type ScrapeStreams } from './scrape-streams.ts';
import type { MatrixSeries } from './server-answer.ts';
import type { Series } from '../prometheus/series.ts';

/** What is kept of one target between answers of a server, so that meanings are worked out once. */
type KnownTarget = {
  readonly readSamples: SampleReader;
  /** Numbers of all series ever seen, by their labels as text. */
  readonly numbers: Map<string, number>;
  /**
   * The series of the last scrape, by number. Only what a scrape held has a meaning in it: a series that a restart, an
   * update or another pod left behind must not speak for the one that took its place.
   */
  layout: { readonly numbers: readonly number[]; readonly series: readonly Series[] };
  /** Milliseconds of the newest scrape handed on: an instant is handed on once. */
  newest: number | null;
  /** The last spacings of scrapes, s, oldest first: a gap is one among many, and does not pass for the pace. */
  spacings: readonly number[];
};

/** A pace that changes is believed after half as many scrapes. */
const SPACINGS_KEPT = 15;

export type MatrixReader = {
  /**
   * Scrapes that are newer than all handed on before, in order of time. A server that is written to by others may hold one
   * half of a scrape before the other: from `settledUntil` on, a scrape that lacks a series of the one before waits.
   */
  readonly scrapesOf: (matrix: readonly MatrixSeries[], reading?: Reading) => Scrape[];
};

export type Reading = {
  /** All is settled when left out: the past. */
  readonly settledUntil?: EpochMs;
  /** The answer holds stale markers, written as NaN. */
  readonly marksStale?: boolean;
  /** Scrapes are so far apart at least, s: more were not asked for. */
  readonly stepSeconds?: number | null;
};

const INTERVAL_SECONDS_DEFAULT = 60;

/**
 * Puts a server's raw samples back together as the scrapes they came from: samples of one target with one time stamp. The
 * rest of Tokenwatt then reads history exactly as it reads a live answer.
 */
export function createMatrixReader(
  meters: readonly MeterMapping[] = [],
  streams: ScrapeStreams = createScrapeStreams(),
  tenantLabel: string | null = null,
): MatrixReader {
  const targets = new Map<string, KnownTarget>();
  return {
    scrapesOf: (matrix, reading = {}) => {
      const scrapes = streams.of(matrix).flatMap((stream) => {
        const target = targets.get(stream.target) ?? newTarget(stream.instance, { meters, tenantLabel });
        targets.set(stream.target, target);
        return scrapesOfStream(stream, target, reading);
      });
      return scrapes.toSorted((one, other) => one.at - other.at);
    },
  };
}

function scrapesOfStream({ target: name, series }: ScrapeStream, target: KnownTarget, reading: Reading): Scrape[] {
  const entries = inOrderOfNumber(series, target.numbers);
  const { newest } = target;
  const { settledUntil = Infinity, marksStale = false, stepSeconds = null } = reading;
  const positions = new Int32Array(entries.length);
  const scrapes: Omit<Scrape, 'intervalSeconds'>[] = [];
  for (const at of instantsOf(series)) {
    if (newest !== null && at <= newest) continue;
    const present = presentAt(entries, positions, { at, marksStale });
    if (at >= settledUntil && lacksSeries(target.layout.numbers, present)) break;
    if (!isLayout(target.layout.numbers, present)) target.layout = layoutOf(present);
    const read = target.readSamples(target.layout.series, (index) => present[index]?.value, epochMs(at));
    scrapes.push({ target: name, at: epochMs(at), monotonicMs: null, ...read });
    target.newest = at;
  }
  const instants = [...(newest === null ? [] : [newest]), ...scrapes.map(({ at }) => at)];
  target.spacings = [...target.spacings, ...spacingsOf(instants)].slice(-SPACINGS_KEPT);
  const seenSeconds = medianOf(target.spacings) ?? INTERVAL_SECONDS_DEFAULT;
  const intervalSeconds = Math.max(stepSeconds ?? 0, seenSeconds);
  return scrapes.map((scrape) => ({ ...scrape, intervalSeconds }));
}

function newTarget(
  instance: string,
  told: { readonly meters: readonly MeterMapping[]; readonly tenantLabel: string | null },
): KnownTarget {
  return {
    readSamples: createSampleReader({}, instance, told.meters, told.tenantLabel),
    numbers: new Map(),
    layout: { numbers: [], series: [] },
    newest: null,
    spacings: [],
  };
}

type Numbered = { readonly number: number; readonly entry: MatrixSeries };

/** Series in one lasting order, so that a server's order of an answer changes no layout. */
function inOrderOfNumber(list: readonly MatrixSeries[], numbers: Map<string, number>): Numbered[] {
  const numbered = list.map((entry) => {
    const key = JSON.stringify(entry.metric);
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return { number, entry };
  });
  return numbered.toSorted((one, other) => one.number - other.number);
}

type Present = Numbered & { readonly value: number };

function isLayout(numbers: readonly number[], present: readonly Present[]): boolean {
  return numbers.length === present.length && present.every(({ number }, index) => number === numbers[index]);
}

/** Whether a series of the scrape before is missing. Both lists ascend. */
function lacksSeries(numbers: readonly number[], present: readonly Present[]): boolean {
  const there = new Set(present.map(({ number }) => number));
  return numbers.some((number) => !there.has(number));
}

function layoutOf(present: readonly Present[]): KnownTarget['layout'] {
  return { numbers: present.map(({ number }) => number), series: present.map(({ entry }) => seriesOf(entry)) };
}

function seriesOf(entry: MatrixSeries): Series {
  const { __name__: name, ...labels } = entry.metric;
  return { name: name ?? '', labels: new Map(Object.entries(labels)), kind: 'unknown' };
}

/**
 * The instants of scrapes. One with nothing but NaN is none: a stale marker ends a series some milliseconds beside the scrape
 * that no longer has it.
 */
function instantsOf(list: readonly MatrixSeries[]): number[] {
  const instants = new Set<number>();
  for (const { values } of list) {
    for (const [seconds, text] of values) if (text !== 'NaN') instants.add(Math.round(seconds * 1000));
  }
  return [...instants].toSorted((one, other) => one - other);
}

/** The series that have a value at an instant. Each series is walked once over the whole list of instants. */
function presentAt(
  entries: readonly Numbered[],
  positions: Int32Array,
  { at, marksStale }: { readonly at: number; readonly marksStale: boolean },
): Present[] {
  const present: Present[] = [];
  entries.forEach(({ number, entry }, index) => {
    let position = positions[index] ?? 0;
    while (position < entry.values.length && stampOf(entry, position) < at) position += 1;
    positions[index] = position;
    if (position >= entry.values.length || stampOf(entry, position) !== at) return;
    const text = entry.values[position]?.[1] ?? 'NaN';
    if (!marksStale || text !== 'NaN') present.push({ number, entry, value: valueOf(text) });
  });
  return present;
}

/** Numbers as servers write them: `1e+06`, `NaN`, `+Inf`. */
function valueOf(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}

function stampOf(entry: MatrixSeries, position: number): number {
  return Math.round((entry.values[position]?.[0] ?? 0) * 1000);
}

function spacingsOf(instants: readonly number[]): readonly number[] {
  return instants.slice(1).map((at, index) => (at - (instants[index] ?? at)) / 1000);
}

/** The lower one of two in the middle: of a gap and a pace, the pace. */
function medianOf(values: readonly number[]): number | null {
  return values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) / 2)] ?? null;
}

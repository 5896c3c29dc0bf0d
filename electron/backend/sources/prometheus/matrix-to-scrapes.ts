import type { MeterMapping } from '#shared/model/power-boundary.ts';
import type { Scrape } from '#shared/model/sample.ts';
import { epochMs } from '#shared/time/instant.ts';
import { createSampleReader, type SampleReader } from '../sample-reader.ts';
import type { MatrixSeries } from './server-api.ts';
import type { Series } from './series.ts';

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
  intervalSeconds: number | null;
};

export type MatrixReader = {
  /** Scrapes that are newer than all handed on before, in order of time. */
  readonly scrapesOf: (matrix: readonly MatrixSeries[]) => Scrape[];
};

const INTERVAL_SECONDS_DEFAULT = 60;

/**
 * Puts a server's raw samples back together as the scrapes they came from: samples of one target with one time stamp. The
 * rest of Tokenwatt then reads history exactly as it reads a live answer.
 */
export function createMatrixReader(meters: readonly MeterMapping[] = []): MatrixReader {
  const targets = new Map<string, KnownTarget>();
  return {
    scrapesOf: (matrix) => {
      const byTarget = Map.groupBy(matrix, ({ metric }) => `${metric['job'] ?? ''} ${metric['instance'] ?? ''}`);
      const scrapes = [...byTarget].flatMap(([name, list]) => scrapesOfTarget(name, list, { targets, meters }));
      return scrapes.toSorted((one, other) => one.at - other.at);
    },
  };
}

type Known = { readonly targets: Map<string, KnownTarget>; readonly meters: readonly MeterMapping[] };

function scrapesOfTarget(name: string, list: readonly MatrixSeries[], { targets, meters }: Known): Scrape[] {
  const target = targets.get(name) ?? newTarget(list, meters);
  targets.set(name, target);
  const entries = inOrderOfNumber(list, target.numbers);
  const { newest } = target;
  const instants = instantsOf(list).filter((at) => newest === null || at > newest);
  const known = newest === null ? instants : [newest, ...instants];
  target.intervalSeconds = medianSpacing(known) ?? target.intervalSeconds;
  const intervalSeconds = target.intervalSeconds ?? INTERVAL_SECONDS_DEFAULT;
  const positions = new Int32Array(entries.length);
  const scrapes = instants.map((at) => {
    const present = presentAt(entries, positions, at);
    if (!isLayout(target.layout.numbers, present)) target.layout = layoutOf(present);
    const read = target.readSamples(target.layout.series, (index) => present[index]?.value, epochMs(at));
    return { target: name, at: epochMs(at), monotonicMs: null, intervalSeconds, ...read };
  });
  target.newest = instants.at(-1) ?? newest;
  return scrapes;
}

function newTarget(list: readonly MatrixSeries[], meters: readonly MeterMapping[]): KnownTarget {
  const instance = list[0]?.metric['instance'] ?? 'unknown';
  return {
    readSamples: createSampleReader({}, instance, meters),
    numbers: new Map(),
    layout: { numbers: [], series: [] },
    newest: null,
    intervalSeconds: null,
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

function layoutOf(present: readonly Present[]): KnownTarget['layout'] {
  return { numbers: present.map(({ number }) => number), series: present.map(({ entry }) => seriesOf(entry)) };
}

function seriesOf(entry: MatrixSeries): Series {
  const { __name__: name, ...labels } = entry.metric;
  return { name: name ?? '', labels: new Map(Object.entries(labels)), kind: 'unknown' };
}

function instantsOf(list: readonly MatrixSeries[]): number[] {
  const instants = new Set<number>();
  for (const entry of list) for (const [seconds] of entry.values) instants.add(Math.round(seconds * 1000));
  return [...instants].toSorted((one, other) => one - other);
}

/** The series that have a value at an instant. Each series is walked once over the whole list of instants. */
function presentAt(entries: readonly Numbered[], positions: Int32Array, at: number): Present[] {
  const present: Present[] = [];
  entries.forEach(({ number, entry }, index) => {
    let position = positions[index] ?? 0;
    while (position < entry.values.length && stampOf(entry, position) < at) position += 1;
    positions[index] = position;
    if (position < entry.values.length && stampOf(entry, position) === at) {
      present.push({ number, entry, value: Number(entry.values[position]?.[1]) });
    }
  });
  return present;
}

function stampOf(entry: MatrixSeries, position: number): number {
  return Math.round((entry.values[position]?.[0] ?? 0) * 1000);
}

/** The usual spacing of instants, s: a gap does not move it. */
function medianSpacing(instants: readonly number[]): number | null {
  const spacings = instants.slice(1).map((at, index) => (at - (instants[index] ?? at)) / 1000);
  return spacings.toSorted((one, other) => one - other)[Math.floor(spacings.length / 2)] ?? null;
}

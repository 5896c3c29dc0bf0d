import type { EngineMoment } from '../world/engine-moment.ts';
import type { Family, Series, SeriesLabels } from './series.ts';
import type { TwoPaces } from './two-paces.ts';

/** Releases that export a family: from the first inclusive to the second exclusive, as `releaseNumber` gives them. */
export type Releases = { readonly from?: number; readonly before?: number };

export type VllmFamily = Family<EngineMoment>;
type ValueOf = (engine: EngineMoment) => number;
/** Without a value the series is left out. */
type Labelled = readonly (readonly [labels: SeriesLabels, valueOf: (engine: EngineMoment) => number | undefined])[];

/** 0.11.2 -> 1102: orders releases by minor and patch. */
export function releaseNumber(release: string): number {
  const known = releaseNumbers.get(release);
  if (known !== undefined) return known;
  const [, minor = 0, patch = 0] = release.split('.').map(Number);
  releaseNumbers.set(release, minor * 100 + patch);
  return minor * 100 + patch;
}

/** Asked once per sample of a past. */
const releaseNumbers = new Map<string, number>();

/** Makers of one engine's families; `labels` stand on every series. */
export function vllmFamilyMakers(labels: SeriesLabels) {
  function gauge(name: string, help: string, valueOf: ValueOf, releases: Releases = {}): VllmFamily {
    return gauges(name, help, [[[], valueOf]], releases);
  }

  function gauges(name: string, help: string, rows: Labelled, releases: Releases = {}): VllmFamily {
    return { name, help, type: 'gauge', style: 'python', series: seriesOf(name, rows, releases) };
  }

  /** A counter and the `_created` gauge the Python client writes beside it. */
  function counter(name: string, help: string, rows: Labelled, releases: Releases = {}): readonly VllmFamily[] {
    const created = rows.map(([own]) => [own, createdSeconds] as const);
    const createdName = `${name.replace(/_total$/, '')}_created`;
    return [
      { name, help, type: 'counter', style: 'python', series: seriesOf(name, rows, releases) },
      gauges(createdName, help, created, releases),
    ];
  }

  function histogram(name: string, help: string, spec: HistogramSpec, releases: Releases = {}): readonly VllmFamily[] {
    const series = [
      ...seriesOf(`${name}_bucket`, bucketRows(spec), releases),
      ...seriesOf(`${name}_count`, [[[], spec.count]], releases),
      ...seriesOf(`${name}_sum`, [[[], spec.sum ?? meanSum(spec)]], releases),
    ];
    return [
      { name, help, type: 'histogram', style: 'python', series },
      gauge(`${name}_created`, help, createdSeconds, releases),
    ];
  }

  function seriesOf(name: string, rows: Labelled, releases: Releases): readonly Series<EngineMoment>[] {
    const { from = 0, before = Infinity } = releases;
    return rows.map(([own, valueOf]) => ({
      name,
      labels: sorted([...labels, ...own]),
      valueOf: (engine) => {
        const release = releaseNumber(engine.life.release);
        return release >= from && release < before ? valueOf(engine) : undefined;
      },
    }));
  }

  return { gauge, gauges, counter, histogram };
}

export type HistogramSpec = {
  /** Shapes for the engine's first release, and for the faster one where an update helped. */
  readonly shapeOf: (engine: EngineMoment) => TwoPaces;
  readonly bounds: readonly number[];
  readonly count: ValueOf;
  /** Observations at the quiet and at the busy pace, unrounded. */
  readonly light: ValueOf;
  readonly heavy: ValueOf;
  /** Sum of observations where it is known otherwise; else the means of the shapes give it. */
  readonly sum?: ValueOf;
};

function bucketRows({ shapeOf, bounds, count, light, heavy }: HistogramSpec): Labelled {
  const rows = bounds.map((bound, at): Labelled[number] => [
    [['le', pythonBound(bound)]],
    (engine) => {
      const { lightShares, heavyShares } = shapeOf(engine);
      const reached = light(engine) * (lightShares[at] ?? 1) + heavy(engine) * (heavyShares[at] ?? 1);
      return Math.min(count(engine), Math.floor(reached));
    },
  ]);
  return [...rows, [[['le', '+Inf']], count]];
}

function meanSum({ shapeOf, light, heavy }: HistogramSpec): ValueOf {
  return (engine) => light(engine) * shapeOf(engine).lightMean + heavy(engine) * shapeOf(engine).heavyMean;
}

/** The Python client writes label names in alphabetical order. */
function sorted(labels: SeriesLabels): SeriesLabels {
  return labels.toSorted(([left], [right]) => (left < right ? -1 : 1));
}

function createdSeconds(engine: EngineMoment): number {
  // Metrics are registered some seconds after the process starts.
  return engine.processStart / 1000 + 8.25;
}

function pythonBound(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

import { epochMs, type EpochMs } from '#shared/time/instant.ts';

import type { ScrapeTarget } from '../exporters/scrape-targets.ts';
import type { Selector } from './selector.ts';

/** The past of the fleet as a Prometheus server would hold it that had scraped every target each 30 s. */
export type History = {
  readonly targets: readonly ScrapeTarget[];
  /** Nothing is known before this instant. */
  readonly from: EpochMs;
};

export type HistorySeries = {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [at: EpochMs, value: number])[];
};

export const gridMs = 30_000;

/** Scrape instants in (after, upTo]: whole multiples of 30 s since 1970. */
export function gridBetween(after: number, upTo: number): readonly EpochMs[] {
  const instants: EpochMs[] = [];
  for (let at = (Math.floor(after / gridMs) + 1) * gridMs; at <= upTo; at += gridMs) instants.push(epochMs(at));
  return instants;
}

/** Series that pass the selector and have samples in (after, upTo], one by one, so that an hour can be streamed. */
export function selectHistory(
  history: History,
  selector: Selector,
  window: { readonly after: number; readonly upTo: number },
): Generator<HistorySeries> {
  return selectAt(history, selector, gridBetween(Math.max(window.after, history.from - 1), window.upTo));
}

/** Series that pass the selector, at these scrape instants. */
export function* selectAt(
  history: History,
  { tests }: Selector,
  instants: readonly EpochMs[],
): Generator<HistorySeries> {
  for (const target of history.targets) {
    yield* selectFromTarget(target, tests, instants);
  }
}

function* selectFromTarget(
  target: ScrapeTarget,
  tests: Selector['tests'],
  instants: readonly EpochMs[],
): Generator<HistorySeries> {
  const passes = (labels: Readonly<Record<string, string>>) => {
    return tests.every((test) => test.passes(labels[test.label] ?? ''));
  };
  const upLabels = { __name__: 'up', ...target.labels };
  if (passes(upLabels)) yield* withSamples(upLabels, upSamples(target, instants));
  const wanted = labelsOf(target).map((labels) => (passes(labels) ? labels : undefined));
  if (wanted.every((labels) => labels === undefined)) return;
  const valueAt = target.readAll(instants);
  for (const [place, labels] of wanted.entries()) {
    if (labels === undefined) continue;
    const samples: [EpochMs, number][] = [];
    for (const [at, instant] of instants.entries()) {
      const value = valueAt(place, at);
      if (value !== undefined) samples.push([instant, value]);
    }
    yield* withSamples(labels, samples);
  }
}

function* withSamples(labels: HistorySeries['labels'], samples: HistorySeries['samples']): Generator<HistorySeries> {
  if (samples.length > 0) yield { labels, samples };
}

function upSamples(target: ScrapeTarget, instants: readonly EpochMs[]): HistorySeries['samples'] {
  return instants.flatMap((instant): HistorySeries['samples'] => {
    const standing = target.standingAt(instant);
    return standing === 'absent' ? [] : [[instant, standing === 'up' ? 1 : 0]];
  });
}

const knownLabels = new WeakMap<ScrapeTarget, readonly HistorySeries['labels'][]>();

/** Labels as stored: honor_labels is on, so a sample's own label wins over the target's. */
function labelsOf(target: ScrapeTarget): readonly HistorySeries['labels'][] {
  const known = knownLabels.get(target);
  if (known !== undefined) return known;
  const made = target.series.map(({ name, labels }) => {
    return { __name__: name, ...target.labels, ...Object.fromEntries(labels) };
  });
  knownLabels.set(target, made);
  return made;
}

import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createExpositionReader } from '#backend/sources/prometheus/exposition-reader.ts';
import { createSampleReader } from '#backend/sources/sample-reader.ts';
import { createEngineSpans } from '#backend/sampling/engine-spans.ts';
import { createMeters } from '#backend/sampling/known-meters.ts';
import { createSampler } from '#backend/sampling/sampler.ts';
import { createSeats } from '#backend/sampling/seats.ts';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { Store } from '#backend/store/store.ts';
import type { ScrapeTarget } from '#electron/sample-fleet/exporters/scrape-targets.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';

/** One scrape of every target that answers at one instant. */
export type TextsAt = { readonly at: EpochMs; readonly texts: readonly { target: ScrapeTarget; text: string }[] };

/** Scrapes on a grid over a window, both ends included. */
export function* textsOver(
  targets: readonly ScrapeTarget[],
  window: TimeRange,
  gridSeconds: number,
): Generator<TextsAt> {
  for (let instant = window.from as number; instant <= window.to; instant += gridSeconds * 1000) {
    const at = epochMs(instant);
    const answering = targets.filter((target) => target.standingAt(at) === 'up');
    yield { at, texts: answering.map((target) => ({ target, text: target.textAt(at) })) };
  }
}

/** Writes scrapes as promtool reads them: one sample a line with its stamp, and the labels a scrape with honor_labels gives. */
export async function writeOpenMetrics(path: string, scrapes: Iterable<TextsAt>): Promise<void> {
  const file = createWriteStream(path);
  const lineWriters = new Map<ScrapeTarget, (text: string, at: EpochMs) => string>();
  for (const { at, texts } of scrapes) {
    for (const { target, text } of texts) {
      const write = lineWriters.get(target) ?? lineWriter(target.labels);
      lineWriters.set(target, write);
      if (!file.write(write(text, at))) await once(file, 'drain');
    }
  }
  file.end('# EOF\n');
  await once(file, 'close');
}

const SAMPLE_LINE = /^([^\s{#]+)(?:\{(.*)\})? (\S+)$/;

/** Label sets repeat from scrape to scrape: each is joined with the target's once. */
function lineWriter(targetLabels: Readonly<Record<string, string>>): (text: string, at: EpochMs) => string {
  const joined = new Map<string, string>();
  const join = (own: string): string => {
    const names = new Set([...own.matchAll(/([a-zA-Z_]\w*)="/g)].map((match) => match[1]));
    const added = Object.entries(targetLabels).filter(([name]) => !names.has(name));
    return [...(own === '' ? [] : [own]), ...added.map(([name, value]) => `${name}="${value}"`)].join(',');
  };
  return (text, at) => {
    let lines = '';
    for (const line of text.split('\n')) {
      const [, name, own = '', value] = SAMPLE_LINE.exec(line) ?? [];
      if (name === undefined) continue;
      const labels = joined.get(own) ?? join(own);
      joined.set(own, labels);
      lines += `${name}{${labels}} ${value} ${at / 1000}\n`;
    }
    return lines;
  };
}

/** The same texts read as direct scrapes and kept in memory, without any server between. */
export async function storeOf(scrapes: Iterable<TextsAt>, gridSeconds: number): Promise<Store> {
  const store = createMemoryStore();
  const sampler = createSampler({ seats: createSeats([]), engines: createEngineSpans([]), meters: createMeters([]) });
  const readers = new Map<ScrapeTarget, ReturnType<typeof readerOf>>();
  for (const { at, texts } of scrapes) {
    const group = texts.map(({ target, text }) => {
      const read = readers.get(target) ?? readerOf(target);
      readers.set(target, read);
      return read(text, at);
    });
    const stored = await store.append(sampler.take(group, gridSeconds));
    if (!stored.ok) throw new Error(stored.failure.message);
  }
  return store;
}

function readerOf(target: ScrapeTarget) {
  const exposition = createExpositionReader();
  const samples = createSampleReader(target.labels, target.labels['instance'] ?? target.path);
  return (text: string, at: EpochMs) => {
    const read = exposition.read(Buffer.from(text), 'prometheus-text');
    if (!read.ok) throw new Error(`${target.path}: ${read.failure.message}`);
    const { series, values } = read.value;
    const things = samples(series, (index) => values[index]);
    return { target: target.path, at, monotonicMs: null, intervalSeconds: null, ...things };
  };
}

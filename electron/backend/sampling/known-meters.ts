import type { FactBatch } from '#backend/store/store.ts';
import type { Meter } from '#shared/model/meter.ts';
import { METER_ORIGINS, type MeterSample, type Scrape } from '#shared/model/sample.ts';
import { secondsSince, type Moment } from './interval.ts';
import { meterFactsOf, readingOf, type MeterReading } from './meter-tracker.ts';
import { moduleMeters } from './module-meters.ts';
import { nodeNames } from './node-names.ts';
import { createSpanRegistry, type Span, type SpanRegistry } from './spans.ts';

/** A part that is older than this many of its own intervals is not part of the present reading. */
const PART_INTERVALS = 1.5;

/** A more trusted origin that has been silent for this many of its intervals leaves its place to another. */
const SILENT_INTERVALS = 3;

/** A meter that has lacked a part for this long is taken for what is left of it, s. */
const LACKING_SECONDS_MAX = 24 * 3600;

export type MeterRegistry = SpanRegistry<Meter>;

/** Meters over time. One that measures another place, or has another number of parts, takes another span. */
export function createMeters(known: readonly Meter[]): MeterRegistry {
  return createSpanRegistry<Meter>(
    known,
    (meter) => meter.meter,
    (span, described) => (span.parts === described.parts ? 'same' : 'other'),
  );
}

/** The meters of a fleet: the last reading of each, and which of several that measure one thing is counted. */
export type KnownMeters = {
  take(scrapes: readonly Scrape[], pollSeconds: number, out: { meterFacts: FactBatch['meterFacts'][number][] }): void;
};

type Part = { readonly sample: MeterSample; readonly moment: Moment; readonly pollSeconds: number };

/** One origin's meter of one place and boundary. */
type Track = {
  readonly parts: Map<string, Part>;
  last: MeterReading | null;
  /** When it was last heard, whole or not. */
  heard: Part | null;
  lackingSince: Moment | null;
};

type Place = { readonly tracks: Map<MeterSample['origin'], Track>; measuredUntil: number };

export function createKnownMeters(spans: MeterRegistry, nodes: () => ReadonlySet<string>): KnownMeters {
  const places = new Map<string, Place>();

  /** Takes note of a part, and gives the key of what it is a part of. */
  function note(part: Part): string {
    const { node, rack, boundary, origin, meter } = part.sample;
    const key = JSON.stringify([node, node === null ? rack : null, boundary]);
    const place = places.get(key) ?? { tracks: new Map(), measuredUntil: -Infinity };
    const track = place.tracks.get(origin) ?? { parts: new Map(), last: null, heard: null, lackingSince: null };
    track.parts.set(meter, part);
    if (track.heard === null || secondsSince(track.heard.moment, part.moment) >= 0) track.heard = part;
    place.tracks.set(origin, track);
    places.set(key, place);
    return key;
  }

  function step(key: string, place: Place, track: Track, newest: Part): FactBatch['meterFacts'] {
    const { sample, moment } = newest;
    const present = [...track.parts.values()].filter(
      (part) => secondsSince(part.moment, moment) <= PART_INTERVALS * Math.max(part.pollSeconds, newest.pollSeconds),
    );
    const reading = readingOf(present);
    const meter = `${key} ${sample.origin}`;
    const isWhole = wholeness(track, reading, spans.current(meter)?.parts ?? 0);
    const previous = isWhole ? track.last : null;
    if (previous !== null && secondsSince(previous.moment, reading.moment) <= 0) return [];
    track.last = isWhole ? reading : null;
    if (!isWhole) return [];
    const span = spans.spanOf(meter, moment.at, described(sample, meter, reading.parts));
    if (previous === null || !isTrusted(place, sample.origin, moment)) return [];
    const pollSeconds = Math.max(...present.map((part) => part.pollSeconds));
    const facts = meterFactsOf(previous, reading, pollSeconds, span).filter(
      ({ start }) => start >= place.measuredUntil,
    );
    const last = facts.at(-1);
    if (last !== undefined) place.measuredUntil = last.start + last.seconds * 1000;
    return facts;
  }

  return {
    take: (scrapes, pollSeconds, out) => {
      const nodeOf = nodeNames(nodes());
      const parts = scrapes.flatMap((scrape) => partsOf(scrape, pollSeconds, nodeOf));
      // All parts of one round first: feeds of a rack are read by targets of their own, and are one reading together.
      const heard = new Set(parts.map(note));
      for (const key of heard) {
        const place = places.get(key);
        for (const track of place?.tracks.values() ?? []) {
          const isNew = track.heard !== null && parts.includes(track.heard);
          if (place !== undefined && track.heard !== null && isNew) {
            out.meterFacts.push(...step(key, place, track, track.heard));
          }
        }
      }
    },
  };
}

function partsOf(scrape: Scrape, pollSeconds: number, nodeOf: (host: string) => string): Part[] {
  const moment = { at: scrape.at, monotonicMs: scrape.monotonicMs };
  return [...scrape.meters, ...moduleMeters(scrape.gpus)].map((sample) => ({
    sample: sample.node === null ? sample : { ...sample, node: nodeOf(sample.node) },
    moment,
    pollSeconds: scrape.intervalSeconds ?? pollSeconds,
  }));
}

/** Whether a reading holds all parts that the meter has, or has lacked some for so long that they are no part of it. */
function wholeness(track: Track, { parts, moment }: MeterReading, expected: number): boolean {
  if (parts >= expected) {
    track.lackingSince = null;
    return true;
  }
  track.lackingSince ??= moment;
  return secondsSince(track.lackingSince, moment) > LACKING_SECONDS_MAX;
}

/** Of several origins that measure one thing, the most trusted one that is heard counts: the joules are the same. */
function isTrusted(place: Place, origin: MeterSample['origin'], now: Moment): boolean {
  const better = METER_ORIGINS.slice(0, METER_ORIGINS.indexOf(origin));
  return better.every((other) => {
    const track = place.tracks.get(other);
    const heard = track?.last === null ? null : (track?.heard ?? null);
    return heard === null || secondsSince(heard.moment, now) > SILENT_INTERVALS * heard.pollSeconds;
  });
}

function described(sample: MeterSample, meter: string, parts: number): Omit<Meter, keyof Span> {
  const { site, rack, pool, node, boundary, origin } = sample;
  return { meter, site, rack, pool, node, boundary, origin, parts };
}

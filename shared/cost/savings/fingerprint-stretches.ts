import type { GpuSeat } from '#shared/model/gpu.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { Fingerprint } from './fingerprint-change.ts';

/** An engine for as long as all that is told of its software and its machine stays the same. */
export type EngineStretch = {
  readonly engine: string;
  readonly model: string;
  readonly pool: string | null;
  readonly since: EpochMs;
  readonly until: EpochMs | null;
  readonly fingerprint: Fingerprint;
};

/** Spans of engines, cut where the driver of their node changes. */
export function engineStretches(spans: readonly EngineSpan[], seats: readonly GpuSeat[]): EngineStretch[] {
  const byNode = Map.groupBy(seats, (seat) => seat.node);
  return spans.flatMap((span) => {
    const own = span.node === null ? [] : (byNode.get(span.node) ?? []);
    const inside = own
      .map((seat) => seat.since)
      .filter((at) => at > span.since && (span.until === null || at < span.until));
    const cuts = [...new Set(inside)].toSorted((one, other) => one - other);
    return [span.since, ...cuts].map((since, index) => ({
      engine: span.engine,
      model: span.model,
      pool: span.pool,
      since,
      until: cuts[index] ?? span.until,
      fingerprint: fingerprintOf(span, own, since),
    }));
  });
}

function fingerprintOf(span: EngineSpan, seats: readonly GpuSeat[], at: EpochMs): Fingerprint {
  const seat = seats.find((one) => one.since <= at && (one.until === null || one.until > at));
  const settings = settingsOf(span.settings);
  return {
    engine: span.kind,
    version: span.version,
    image: span.image,
    arguments: settings.get('arguments') ?? null,
    parallelism: settings.get('parallelism') ?? null,
    precision: settings.get('precision') ?? null,
    speculation: settings.get('speculation') ?? null,
    driver: seat?.driverVersion ?? null,
    cuda: seat?.cudaVersion ?? null,
    'power-cap': null,
  };
}

type SettingKind = 'arguments' | 'parallelism' | 'precision' | 'speculation';

/** What a launch setting is about, by words in its name. */
const KIND_WORDS: readonly (readonly [SettingKind, RegExp])[] = [
  ['speculation', /specul|draft|mtp|eagle/],
  ['precision', /dtype|precision|quant/],
  ['parallelism', /parallel|^(tp|pp|dp|ep)(_|$)|_size$|world/],
];

/** Launch settings as one text per kind; null JSON has none. */
function settingsOf(json: string | null): ReadonlyMap<SettingKind, string> {
  const told = json === null ? {} : (JSON.parse(json) as Readonly<Record<string, unknown>>);
  const groups = Map.groupBy(
    Object.entries(told).toSorted(([one], [other]) => (one < other ? -1 : 1)),
    ([name]) => KIND_WORDS.find(([, words]) => words.test(name))?.[0] ?? 'arguments',
  );
  return new Map(
    [...groups].map(([kind, entries]) => [
      kind,
      entries.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', '),
    ]),
  );
}

import type { FactBatch, FactRow, Store } from '#backend/store/store.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import { bucketStart } from '#shared/time/buckets.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { FleetSpans } from './sampler.ts';

const MINUTE_SECONDS = 60;

/** Minutes in which a thing is told of already, by its name. */
type Told = ReadonlyMap<string, ReadonlySet<number>>;

/**
 * What a past adds to a store that other sources have filled: facts of a thing in minutes in which the store knows nothing
 * of it. A GPU is its UUID. An engine may have another name by another route, so one of the same model on the same node
 * counts as the same: rather a minute too little than one twice. Source: invariant I1.
 */
export async function factsNotStored(
  batch: FactBatch,
  window: TimeRange,
  { store, spans }: { readonly store: Store; readonly spans: FleetSpans },
): Promise<FactBatch> {
  const extent = await store.extent();
  if (extent === null || extent.from >= window.to || extent.to <= window.from) return batch;
  const ask = { window, stepSeconds: MINUTE_SECONDS, columns: ['observedSeconds', 'bridgedSeconds'] } as const;
  const [gpuRows, engineRows] = await Promise.all([
    store.gpuFacts({ ...ask, by: ['gpu'] }),
    store.engineFacts({ ...ask, by: ['engine', 'model', 'node'] }),
  ]);
  const gpus = minutesBy(gpuRows, ([gpu]) => gpu ?? '');
  const engines = minutesBy(engineRows, ([engine]) => engine ?? '');
  const models = minutesBy(engineRows, ([, model, node]) => placeOf(model ?? null, node ?? null));
  const gpuOfSeat = new Map(spans.seats.all().map(({ key, gpu }) => [key, gpu]));
  const spanOfKey = new Map<string, EngineSpan>(spans.engines.all().map((span) => [span.key, span]));
  const isNewEngine = ({ engineSpan, start }: { readonly engineSpan: string; readonly start: EpochMs }): boolean => {
    const { engine, model, node } = spanOfKey.get(engineSpan) ?? { engine: engineSpan, model: null, node: null };
    return !isTold(engines, engine, start) && !isTold(models, placeOf(model, node), start);
  };
  return {
    ...batch,
    gpuFacts: batch.gpuFacts.filter(({ seat, start }) => !isTold(gpus, gpuOfSeat.get(seat) ?? seat, start)),
    engineFacts: batch.engineFacts.filter(isNewEngine),
    latencyFacts: batch.latencyFacts.filter(isNewEngine),
  };
}

type Row = FactRow<{ readonly observedSeconds: number | null; readonly bridgedSeconds: number | null }>;

/** A bridged fact stands at its start, and tells of the whole gap after it. */
function minutesBy(rows: readonly Row[], nameOf: (by: Row['by']) => string): Told {
  const told = new Map<string, Set<number>>();
  for (const { by, start, sums } of rows) {
    const seconds = (sums.observedSeconds ?? 0) + (sums.bridgedSeconds ?? 0);
    if (seconds <= 0) continue;
    const minutes = told.get(nameOf(by)) ?? new Set();
    told.set(nameOf(by), minutes);
    const end = start + Math.max(MINUTE_SECONDS, sums.bridgedSeconds ?? 0) * 1000;
    for (let minute: number = bucketStart(start, MINUTE_SECONDS); minute < end; minute += MINUTE_SECONDS * 1000) {
      minutes.add(minute);
    }
  }
  return told;
}

function isTold(told: Told, name: string, start: EpochMs): boolean {
  return told.get(name)?.has(bucketStart(start, MINUTE_SECONDS)) === true;
}

function placeOf(model: string | null, node: string | null): string {
  return JSON.stringify([model, node]);
}

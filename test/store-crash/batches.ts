import type { FactBatch } from '#backend/store/store.ts';
import { epochMs } from '#shared/time/instant.ts';
import {
  DAY_START,
  engineFact,
  FLEET,
  gpuFact,
  latencyFact,
  NO_BATCH,
  SEATS,
  SPANS,
} from '../backend/store/store-facts.ts';

export const BATCH_SECONDS = 10;

/** Rows in each batch: more than fit one write of the log, so that a half batch could show. */
export const COPIES = 50;

/** Batch `number` of a run: its facts carry the number, so what is in the file tells which batches are. */
export function batchOf(number: number): FactBatch {
  const start = epochMs(DAY_START + number * BATCH_SECONDS * 1000);
  const copies = Array.from({ length: COPIES }, (_, copy) => copy);
  return {
    ...(number === 0 ? FLEET : NO_BATCH),
    gpuFacts: copies.flatMap((copy) =>
      SEATS.map(({ key }) => gpuFact({ start, seat: key, energyJoules: number + copy })),
    ),
    engineFacts: copies.flatMap(() =>
      SPANS.map(({ key }) => engineFact({ start, engineSpan: key, outputTokens: number })),
    ),
    latencyFacts: copies.map(() => latencyFact({ start, count: number + 1 })),
  };
}

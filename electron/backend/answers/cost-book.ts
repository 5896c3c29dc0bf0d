import type { CostBookAnswer } from '#shared/contract/backend-api.ts';
import { hourlyRatesOf, revisionAt, totalRateOf } from '#shared/cost/hourly-rates.ts';
import { plausibilityWarnings } from '#shared/cost/plausibility.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { AnswerContext } from './answer-context.ts';

/** The cost book, with what it adds up to for every product in the fleet now. */
export async function costBookAnswer(context: AnswerContext): Promise<CostBookAnswer> {
  const book = context.costBook();
  const now = context.clock.now();
  const seats = await context.store.seats({ from: now, to: epochMs(now + 1) });
  const revision = revisionAt(book, now);
  const bySku = Map.groupBy(seats, (seat) => seat.sku);
  const rates = [...bySku].map(([sku, list]) => {
    const found = revision === null ? null : hourlyRatesOf(revision, sku);
    return {
      sku,
      gpus: list.length,
      usdPerGpuHour: found === null ? null : totalRateOf(found),
      provenance: found?.price.provenance.note ?? 'no price entered',
      quality: found?.price.provenance.quality ?? ('assumed' as const),
    };
  });
  const missing = rates.filter((rate) => rate.usdPerGpuHour === null);
  return {
    book,
    rates: rates.toSorted((one, other) => other.gpus - one.gpus),
    warnings: [
      ...missing.map((rate) => `No price for ${rate.sku} (${rate.gpus} GPUs): costs that include it are not shown.`),
      ...(revision === null ? [] : plausibilityWarnings(revision)),
    ],
  };
}

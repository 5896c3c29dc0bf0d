import type { CostBookAnswer, KnownNames, MatchedRate } from '#shared/contract/cost-book-answer.ts';
import { revisionAt } from '#shared/cost/hourly-rates.ts';
import { plausibilityWarnings } from '#shared/cost/plausibility.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { AnswerContext } from '../answer-context.ts';
import { matchedRates } from './matched-rates.ts';

/** The cost book, with what it adds up to for every product in the fleet now. */
export async function costBookAnswer(context: AnswerContext): Promise<CostBookAnswer> {
  const book = context.costBook();
  const now = context.clock.now();
  const instant = { from: now, to: epochMs(now + 1) };
  const seats = await context.store.seats(instant);
  const revision = revisionAt(book, now);
  const rates = matchedRates(seats, revision);
  return {
    book,
    rates,
    known: await knownNames(context, seats, instant),
    warnings: [...missingPrices(rates), ...(revision === null ? [] : plausibilityWarnings(revision))],
  };
}

/** Products that no price holds for, as warnings: what includes them has no cost. */
export function missingPrices(rates: readonly Pick<MatchedRate, 'sku' | 'gpus' | 'usdPerGpuHour'>[]): string[] {
  return rates
    .filter((rate) => rate.usdPerGpuHour === null)
    .map((rate) => `No price for ${rate.sku} (${rate.gpus} GPUs): costs that include it are not shown.`);
}

async function knownNames(context: AnswerContext, seats: readonly GpuSeat[], instant: TimeRange): Promise<KnownNames> {
  const [spans, meters] = await Promise.all([context.store.engineSpans(instant), context.store.meters(instant)]);
  const walls = meters.filter((meter) => meter.boundary === 'wall');
  return {
    skus: namesOf(seats, (seat) => seat.sku),
    sites: namesOf(seats, (seat) => seat.site),
    pools: namesOf(seats, (seat) => seat.pool),
    racks: namesOf(seats, (seat) => seat.rack),
    nodes: namesOf(seats, (seat) => seat.node),
    models: namesOf(spans, (span) => span.model),
    wallMetered: namesOf(walls, (meter) => meter.node ?? meter.rack),
  };
}

function namesOf<Item>(items: readonly Item[], nameOf: (item: Item) => string | null): string[] {
  return [...new Set(items.flatMap((item) => nameOf(item) ?? []))].toSorted();
}

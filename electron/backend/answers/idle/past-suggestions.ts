import type { IdleCapacity, Suggestion } from '#shared/contract/idle-schema.ts';
import type { CostBookRevision } from '#shared/model/cost-book.ts';
import type { CapacityFacts } from './capacity-facts.ts';
import { divided } from './deployment-capacity.ts';
import { freeHold, nodeSizes } from './free-gpus.ts';
import type { ProductPrice } from './prices.ts';
import type { RuledDeployment } from './recoverable.ts';
import { clocksOf, daysSeen } from './schedule.ts';
import { freeSuggestions, replicaSuggestions, type Past } from './suggestions.ts';

/** Days after which at least a schedule of weekdays may be seen. */
const DAYS_MIN = 3;

/** All suggestions that the past supports, most money first. */
export function suggestionsOf(
  facts: CapacityFacts,
  deployments: readonly RuledDeployment[],
  known: {
    readonly zone: string;
    readonly revision: CostBookRevision;
    readonly priceOf: (pool: string | null, sku: string) => ProductPrice;
  },
): Pick<IdleCapacity, 'suggestions' | 'suggestionsNote'> {
  const { asked, heardSeconds, free } = facts.past;
  const clocks = clocksOf(asked, known.zone);
  const past: Past = { clocks, zone: known.zone, stepSeconds: asked.stepSeconds };
  const replicas = deployments.flatMap((one) =>
    replicaSuggestions({ ...one, divided: divided(one.past, asked, one.rules, heardSeconds) }, past),
  );
  const unused = free.flatMap((pool) => {
    const price = known.priceOf(pool.pool, pool.sku);
    const own = facts.seats.filter((seat) => seat.pool === pool.pool && seat.sku === pool.sku);
    return freeSuggestions(pool, { price, hold: freeHold(known.revision, price), nodes: nodeSizes(own).size }, past);
  });
  const suggestions = [...replicas, ...unused].toSorted(byMoney);
  const days = daysSeen(clocks);
  return { suggestions, suggestionsNote: days >= DAYS_MIN ? null : noteOf(days) };
}

function byMoney(one: Suggestion, other: Suggestion): number {
  return (other.usdPerMonth.value ?? 0) - (one.usdPerMonth.value ?? 0) || (one.id < other.id ? -1 : 1);
}

function noteOf(days: number): string {
  const seen = days === 1 ? '1 day was' : `${days} days were`;
  return `A schedule rests on at least three weekdays or two days of a weekend: ${seen} seen so far.`;
}

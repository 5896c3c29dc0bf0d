import type { CheckedInput, CostSeries } from '#shared/contract/backend-api.ts';
import { bucketStarts, stepFor } from '#shared/time/buckets.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { overlapSeconds, type TimeRange } from '#shared/time/time-range.ts';
import { windowOfFacts, type AnswerContext } from './answer-context.ts';
import { pricedGroups } from './priced-groups.ts';
import { eachPart, GAP, pointOf, type SeriesPoint } from './series-point.ts';

/** Unit cost by part, spend, throughput, power and efficiency over time. Gaps stay gaps. */
export async function costSeries(context: AnswerContext, input: CheckedInput['costSeries']): Promise<CostSeries> {
  // The chart shows the past as it comes in; what is still unread is a gap like any other.
  const known = await windowOfFacts(context, input.window);
  const window = { from: input.window.from, to: known.to };
  const stepSeconds = stepFor(window, { bucketsMax: input.bucketsMax, secondsMin: context.pollSeconds });
  const [{ groups }, events] = await Promise.all([
    pricedGroups(context.store, context.costBook(), { window, scope: input.scope, by: [], stepSeconds }),
    context.store.events(window),
  ]);
  const starts = bucketStarts(window, stepSeconds);
  const byStart = new Map(groups.map((group) => [group.start, group]));
  const points = starts.map((start) => {
    const bucket: TimeRange = { from: start, to: epochMs(start + stepSeconds * 1000) };
    const group = byStart.get(start);
    return group === undefined ? GAP : pointOf(group, overlapSeconds(bucket, known), input.basis);
  });
  const column = <Key extends keyof SeriesPoint>(key: Key): SeriesPoint[Key][] => points.map((point) => point[key]);
  return {
    stepSeconds,
    starts,
    parts: eachPart((part) => points.map((point) => point.parts?.[part] ?? null)),
    cost: column('cost'),
    spendPerHour: column('spendPerHour'),
    idleSpendPerHour: column('idleSpendPerHour'),
    tokensPerSecond: column('tokensPerSecond'),
    powerWatts: column('powerWatts'),
    tokensPerJoule: column('tokensPerJoule'),
    coverage: column('coverage'),
    events: events.filter((event) => isInScope(event, input.scope)),
  };
}

function isInScope(
  event: { readonly at: EpochMs; readonly model: string | null; readonly node: string | null },
  scope: CheckedInput['costSeries']['scope'],
): boolean {
  const fits = (wanted: string | null | undefined, own: string | null): boolean =>
    wanted === undefined || own === null || own === wanted;
  return fits(scope.model, event.model) && fits(scope.node, event.node);
}

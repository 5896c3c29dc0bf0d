import { engineWork } from '#backend/answers/engine-work.ts';
import type { Store } from '#backend/store/store.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import type { ChargeWork } from '#shared/cost/charges/charge-rows.ts';
import { stepOfZones } from '#shared/cost/tariff-calendar.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { EngineFactColumn } from '#shared/model/fact.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { dayFinder, localDays, placeOnDay, TOLD } from './day-slots.ts';

const COLUMNS = [
  'inputTokens',
  'cachedTokens',
  'outputTokens',
  'requestsStopped',
  'requestsLength',
] as const satisfies readonly EngineFactColumn[];

/** Tokens and requests that engines counted, by local day. Prices do not cut them: a count stays a whole number. */
export async function readWork(
  store: Store,
  { window, zone, scope }: { readonly window: TimeRange; readonly zone: string; readonly scope: CallScope },
): Promise<ChargeWork[]> {
  const days = localDays(window, zone);
  const dayAt = dayFinder(days);
  const stepSeconds = stepOfZones([zone], window);
  const rows = await engineWork(store, { window, scope, by: TOLD, stepSeconds, columns: COLUMNS });
  const dayOf = (start: number): number => dayAt(Math.max(start, window.from));
  const groups = Map.groupBy(rows, (row) => JSON.stringify([dayOf(row.start), ...row.by]));
  return [...groups.values()].flatMap((list) => {
    const [first] = list;
    if (first === undefined) return [];
    const total = (column: EngineFactColumn): number | null => {
      const known = list.flatMap(({ sums }) => sums[column] ?? []);
      return known.length === 0 ? null : wholeCount(sumOf(known, (count) => count));
    };
    const [input, output, cached] = [total('inputTokens'), total('outputTokens'), total('cachedTokens')];
    const [stopped, length] = [total('requestsStopped'), total('requestsLength')];
    return {
      place: placeOnDay(days[dayOf(first.start)], first.by),
      tokens: input === null && output === null ? null : { input: input ?? 0, cached, output: output ?? 0 },
      requests: stopped === null && length === null ? null : (stopped ?? 0) + (length ?? 0),
    };
  });
}

/** Reading divides facts by shares of their time, all of it too: what that leaves of a count is this near to it. */
const COUNT_ROUNDING = 1e-12;
const COUNT_ROUNDING_MIN = 1e-6;

/** A count without the rounding of its reading. One that a window really cuts keeps its fraction. */
function wholeCount(count: number): number {
  const whole = Math.round(count);
  return Math.abs(count - whole) <= Math.max(COUNT_ROUNDING_MIN, COUNT_ROUNDING * whole) ? whole : count;
}

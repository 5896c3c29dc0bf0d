import { engineScopeOf } from '#backend/answers/engine-work.ts';
import { pricedGroups } from '#backend/answers/priced-groups.ts';
import { knownCost } from '#backend/answers/unit-cost.ts';
import type { Store } from '#backend/store/store.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { toKilowattHours } from '#shared/units/arithmetic.ts';
import { joules } from '#shared/units/quantities.ts';
import type { FocusSources } from './checks/checked-export.ts';

/** What an export is checked against: the store's own count of tokens, and the answers' energy and cost. */
export async function focusSources(
  store: Store,
  book: CostBook,
  { window, scope }: { readonly window: TimeRange; readonly scope: CallScope },
): Promise<FocusSources> {
  const [counted, { whole }] = await Promise.all([
    store.engineFacts({
      window,
      scope: engineScopeOf(scope),
      by: [],
      stepSeconds: null,
      columns: ['inputTokens', 'outputTokens'],
    }),
    pricedGroups(store, book, { window, scope, by: [], stepSeconds: null }),
  ]);
  const sums = counted[0]?.sums;
  return {
    tokens: (sums?.inputTokens ?? 0) + (sums?.outputTokens ?? 0),
    kilowattHours: toKilowattHours(joules(whole.facilityEnergyJoules ?? 0)),
    hasBridged: whole.bridgedSeconds > 0,
    spend: knownCost('loaded', whole).value,
  };
}

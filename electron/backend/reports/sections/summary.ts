import { tokensOf, type PricedGroup } from '#backend/answers/priced-group.ts';
import { knownCost, unitCostOf } from '#backend/answers/unit-cost.ts';
import type { ReportSection, ReportTile } from '#shared/model/report.ts';

/** The first page: what was spent, what a unit cost, how sure that is. */
export function summarySection(whole: PricedGroup): ReportSection {
  const cost = knownCost('loaded', whole);
  const unit = unitCostOf('loaded', whole, 'billed');
  return {
    id: 'summary',
    title: 'Summary',
    lead: [],
    tiles: [
      tile({ id: 'cost', title: 'Total effective cost', kind: 'usd', value: cost.value, reason: cost.absence }),
      tile({
        id: 'unit-cost',
        title: 'Loaded cost per million tokens',
        kind: 'usd-per-mtok',
        value: unit.value,
        reason: unit.absence,
      }),
      tile({
        id: 'tokens',
        title: 'Tokens served',
        kind: 'tokens',
        value: whole.hasTokens ? tokensOf(whole, 'total') : null,
        reason: whole.hasTokens ? null : 'no-tokens',
      }),
    ],
    charts: [],
    tables: [],
    notes: [],
    emptyReason: null,
    workbookOnly: false,
  };
}

function tile(told: Omit<ReportTile, 'basis' | 'changes'>): ReportTile {
  return { ...told, basis: 'all GPUs of the scope', changes: [] };
}

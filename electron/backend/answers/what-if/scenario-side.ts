import type { Store } from '#backend/store/store.ts';
import { IDLE_STATES, WORKING_STATES } from '#shared/cost/cost-per-million-tokens.ts';
import { scaleOf, type KnownFleetEdit, type UsageScale } from '#shared/cost/what-if/scaled-usage.ts';
import { bookWithPriceOf, editedBook } from '#shared/cost/what-if/scenario-book.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { BookEdit } from '#shared/model/scenario.ts';
import { gpuSecondsOf, priceGroup, type PricedGroup, type UsageLine } from '../priced-group.ts';
import { pricedGroups, type GroupQuery, type PricedGroups } from '../priced-groups.ts';
import type { KnownEdit } from './known-edits.ts';

/** A cost book, and changes of the fleet in the order in which they are made. */
export type ScenarioState = { readonly book: CostBook; readonly fleet: readonly KnownFleetEdit[] };

/** The state after one more edit. A replaced product is priced as the one in its place, under its own name. */
export function afterEdit({ book, fleet }: ScenarioState, edit: KnownEdit['edit']): ScenarioState {
  if (!isFleetEdit(edit)) return { book: editedBook(book, edit), fleet };
  if (edit.kind === 'busy') return { book, fleet: [...fleet, edit] };
  const { sku, by, usdPerGpuHour } = edit;
  const priced =
    usdPerGpuHour === null
      ? bookWithPriceOf(book, sku, by)
      : editedBook(book, { kind: 'rent', sku, usdPerGpuHour, isAllIn: true });
  return { book: priced, fleet: [...fleet, edit] };
}

export function isFleetEdit(edit: BookEdit | KnownFleetEdit): edit is KnownFleetEdit {
  return edit.kind === 'replace' || edit.kind === 'busy';
}

/** The groups of a window under a state: the same facts, priced by its book and scaled by its changes of the fleet. */
export async function sideOf(store: Store, state: ScenarioState, query: GroupQuery): Promise<PricedGroups> {
  let side = await pricedGroups(store, state.book, query);
  for (const edit of state.fleet) {
    const scale = scaleOf(edit, {
      workingGpuSeconds: gpuSecondsOf(side.whole, WORKING_STATES),
      idleGpuSeconds: gpuSecondsOf(side.whole, IDLE_STATES),
    });
    side = { groups: side.groups.map((group) => scaled(group, scale)), whole: scaled(side.whole, scale) };
  }
  return side;
}

function scaled(group: PricedGroup, scale: UsageScale): PricedGroup {
  return priceGroup({ ...group, lines: group.lines.map((line) => scaledLine(line, scale)) });
}

function scaledLine(line: UsageLine, scale: UsageScale): UsageLine {
  const { gpuTime, energy } = scale(line);
  return {
    ...line,
    gpuSeconds: line.gpuSeconds * gpuTime,
    energyJoules: line.energyJoules === null ? null : line.energyJoules * energy,
    integratedJoules: line.integratedJoules * energy,
    energySeconds: line.energySeconds * gpuTime,
    bridgedSeconds: line.bridgedSeconds * gpuTime,
  };
}

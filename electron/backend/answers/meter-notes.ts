import type { Store } from '#backend/store/store.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import { METER_BOUNDARIES, type PowerBoundary } from '#shared/model/power-boundary.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { listed, MEASURED_WORDS } from './power-basis.ts';
import type { PricedGroup } from './priced-group.ts';

/** A meter that was silent for more of the window than this is no news: the boundary says what was used in its place. */
const MEASURED_SHARE_MIN = 0.5;

/** What meters measured in a window and no figure uses, with the next step. */
export async function meterNotes(
  store: Store,
  ask: { readonly window: TimeRange; readonly scope: CallScope },
  group: PricedGroup,
): Promise<string[]> {
  const meters = await store.meters(ask.window);
  if (meters.length === 0) return [];
  const isWholeFleet = Object.values(ask.scope).every((value) => value === undefined);
  const strangers = isWholeFleet ? await strangersOf(store, ask.window) : [];
  return [...strangerNotes(strangers), ...disbeliefNotes(await disbelieved(store, ask.window, group))];
}

/** Places with a meter and without a GPU: nodes of another kind, or nodes that their BMC names otherwise. */
async function strangersOf(store: Store, window: TimeRange): Promise<string[]> {
  const [meters, seats] = await Promise.all([store.meters(window), store.seats(window)]);
  const nodes = new Set(seats.map(({ node }) => node));
  const racks = new Set(seats.map(({ rack }) => rack));
  const strange = meters.flatMap(({ node, rack }) => {
    if (node !== null) return nodes.has(node) ? [] : [node];
    return rack === null || racks.has(rack) ? [] : [rack];
  });
  return [...new Set(strange)];
}

function strangerNotes(places: readonly string[]): string[] {
  if (places.length === 0) return [];
  const verb = places.length === 1 ? 'is' : 'are';
  return [
    `${listed(places)} ${verb} measured, but no GPU is known there: left out. If a BMC names its node otherwise, give its target a label "node".`,
  ];
}

type Disbelief = { readonly node: string; readonly boundary: PowerBoundary };

async function disbelieved(store: Store, window: TimeRange, { powerBases }: PricedGroup): Promise<Disbelief[]> {
  const used = Map.groupBy(powerBases, ({ node }) => node);
  if (used.size === 0) return [];
  const ask = { window, by: ['node', 'boundary'], stepSeconds: null, columns: ['observedSeconds'] } as const;
  const rows = await store.meterFacts(ask);
  const least = secondsOf(window) * MEASURED_SHARE_MIN;
  return rows.flatMap(({ by: [node = null, measured], sums }) => {
    const boundary = METER_BOUNDARIES.find((one) => one === measured);
    const bases = node === null ? undefined : used.get(node);
    if (node === null || boundary === undefined || bases === undefined) return [];
    const rank = METER_BOUNDARIES.indexOf(boundary);
    const isUsed = bases.some((basis) => METER_BOUNDARIES.findIndex((one) => one === basis.boundary) >= rank);
    return isUsed || (sums.observedSeconds ?? 0) < least ? [] : [{ node, boundary }];
  });
}

function disbeliefNotes(list: readonly Disbelief[]): string[] {
  return [...Map.groupBy(list, ({ boundary }) => boundary)].map(
    ([boundary, found]) =>
      `The ${MEASURED_WORDS[boundary]} of ${listed(found.map(({ node }) => node))} read less than the GPU boards in them: not used.`,
  );
}

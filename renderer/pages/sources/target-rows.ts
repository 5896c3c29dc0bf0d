import type { SourceHealth, SourceState, TargetHealth } from '#shared/contract/backend-api.ts';

/** What needs a hand stands first. */
const ORDER: readonly SourceState[] = ['down', 'stale', 'late', 'waiting', 'fresh', 'paused'];

/** Targets of one state, which stand together; `hidden` of them are left out until they are asked for. */
export type TargetGroup = {
  readonly state: SourceState;
  readonly count: number;
  readonly rows: readonly TargetHealth[];
  readonly hidden: number;
};

/** Up to so many rows the list is short enough to show whole. */
const SHORT_LIST = 24;
/** Of a long list, so many that are well are shown, and so many of each state that are not, at first and at last. */
const WELL_SHOWN = 8;
const ILL_SHOWN = 100;
const ILL_SHOWN_LAST = 500;

/**
 * Targets in groups by state, the worst first. A long list shows what is not well and a few that are; `isWhole` shows all.
 */
export function targetGroups(targets: readonly TargetHealth[], isWhole: boolean): readonly TargetGroup[] {
  const byState = Map.groupBy(targets, ({ state }) => state);
  const isShort = isWhole || targets.length <= SHORT_LIST;
  return ORDER.flatMap((state) => {
    const all = byState.get(state)?.toSorted(byTrouble) ?? [];
    const few = state === 'fresh' ? WELL_SHOWN : ILL_SHOWN;
    const most = state === 'fresh' ? all.length : ILL_SHOWN_LAST;
    const shown = isShort ? most : few;
    return all.length === 0
      ? []
      : [{ state, count: all.length, rows: all.slice(0, shown), hidden: Math.max(0, all.length - shown) }];
  });
}

/** Of one state, those with held-out values or a note come first; then by name, numbers in their order. */
function byTrouble(one: TargetHealth, other: TargetHealth): number {
  return (
    Number(other.heldOut > 0) - Number(one.heldOut > 0) ||
    Number(other.reason !== null) - Number(one.reason !== null) ||
    one.name.localeCompare(other.name, 'en', { numeric: true })
  );
}

/** Targets whose name, address, state, signal or reason holds every word of the text. */
export function matchingTargets(targets: readonly TargetHealth[], text: string): readonly TargetHealth[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return targets;
  return targets.filter((target) => {
    const { name, address, state, signal, reason, heldOutReason } = target;
    const all = [name, address, state, signal, reason ?? '', heldOutReason ?? ''].join(' ').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** How many targets are in each state, the worst first. */
export function stateCounts(
  targets: readonly TargetHealth[],
): readonly { readonly state: SourceState; readonly count: number }[] {
  return ORDER.map((state) => ({ state, count: targets.filter((target) => target.state === state).length })).filter(
    ({ count }) => count > 0,
  );
}

/** Sources that need a hand first; those that are well in the order in which they are configured. */
export function inOrderOfTrouble(sources: readonly SourceHealth[]): readonly SourceHealth[] {
  const rank = (source: SourceHealth): number =>
    source.targets.some(({ state }) => state === 'down')
      ? Math.min(1, ORDER.indexOf(source.state))
      : ORDER.indexOf(source.state);
  return sources.toSorted((one, other) => rank(one) - rank(other));
}

import { assert } from '#shared/lib/assert.ts';
import type { Aggregation } from '#shared/model/fact.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { bucketStart } from '#shared/time/buckets.ts';
import { finestStepOf, slotAt } from './bucket-slots.ts';
import type { FactQuery, FactRow, Scope } from './store.ts';
import { lengthMicrosOf, startMicrosOf, type FactInterval } from './whole-facts.ts';

/** What a fact adds to one group: its values by the group's dimensions, with the share of its sums that counts. */
export type Contribution<Dimension extends string> = {
  readonly dimensions: { readonly [Name in Dimension]: string | null };
  readonly share: number;
  /** Values of columns that are not the fact's own. */
  readonly values?: { readonly [column: string]: number | null };
};

/** One group of facts under way. */
export type Group = {
  readonly by: readonly (string | null)[];
  readonly start: EpochMs;
  readonly slot?: number;
  sums: Record<string, number | null>;
};

/** Facts summed by dimensions and buckets, one row per group, in order. */
export function sumsOf<Fact extends FactInterval & Sums, Dimension extends string, Sums>(
  facts: readonly Fact[],
  columns: { readonly [Column in keyof Sums & string]: Aggregation },
  query: FactQuery<Dimension, string>,
  isWhole: (fact: Fact) => boolean,
  /** What a fact adds to the bucket that starts at an instant. */
  contributionsOf: (fact: Fact, start: EpochMs) => readonly Contribution<Dimension>[],
): FactRow<Sums>[] {
  const groups = new Map<string, Group>();
  const { window, stepSeconds, slots } = query;
  const parting = { window, stepSeconds: finestStepOf(query) };
  for (const fact of facts) {
    for (const part of partsOf(fact, isWhole(fact), parting)) {
      const start = stepSeconds === null ? window.from : bucketStart(part.start, stepSeconds);
      const place = slots === undefined ? { start } : { start, slot: slotAt(slots, part.start) };
      for (const { dimensions, share, values } of contributionsOf(fact, part.start)) {
        if (!isInScope(dimensions, query.scope)) continue;
        const by = query.by.map((name) => dimensions[name]);
        const group = groupOf(groups, { by, ...place }, columns);
        for (const [column, aggregation] of Object.entries<Aggregation>(columns)) {
          if (query.columns?.includes(column) === false) continue;
          const value = values?.[column] ?? (fact[column as keyof Fact] as number | null | undefined) ?? null;
          group.sums[column] = combine(aggregation, group.sums[column] ?? null, value, part.share * share);
        }
      }
    }
  }
  return [...groups.values()].toSorted(compareGroups) as unknown as FactRow<Sums>[];
}

function groupOf(
  groups: Map<string, Group>,
  place: Pick<Group, 'by' | 'start' | 'slot'>,
  columns: { readonly [column: string]: Aggregation },
): Group {
  const key = JSON.stringify([place.start, place.slot ?? 0, ...place.by]);
  const known = groups.get(key);
  if (known !== undefined) return known;
  const sums = Object.fromEntries(Object.keys(columns).map((column) => [column, null]));
  const group: Group = { ...place, sums };
  groups.set(key, group);
  return group;
}

export function combine(
  aggregation: Aggregation,
  sum: number | null,
  value: number | null,
  share: number,
): number | null {
  if (value === null) return sum;
  switch (aggregation) {
    case 'sum':
      return (sum ?? 0) + value * share;
    case 'min':
      return Math.min(sum ?? Infinity, value);
    case 'max':
      return Math.max(sum ?? -Infinity, value);
  }
}

/** The buckets that an interval has a part in, with the share of it that lies there and inside the window. */
export function partsOf(
  fact: FactInterval,
  isWhole: boolean,
  query: { readonly window: TimeRange; readonly stepSeconds: number | null },
): { readonly start: EpochMs; readonly share: number }[] {
  const window = { from: query.window.from * 1000, to: query.window.to * 1000 };
  const step = query.stepSeconds === null ? null : query.stepSeconds * 1e6;
  const start = startMicrosOf(fact);
  const end = start + lengthMicrosOf(fact);
  const bucketOf = (at: number) => (step === null ? window.from : Math.floor(at / step) * step);
  if (isWhole) {
    return start >= window.from && start < window.to ? [{ start: epochMs(bucketOf(start) / 1000), share: 1 }] : [];
  }
  const parts: { start: EpochMs; share: number }[] = [];
  const last = Math.min(end, window.to);
  for (let at = Math.max(start, window.from); at < last;) {
    const next = step === null ? last : Math.min(last, bucketOf(at) + step);
    parts.push({ start: epochMs(bucketOf(at) / 1000), share: (next - at) / (end - start) });
    at = next;
  }
  return parts;
}

export function isInScope<Dimension extends string>(
  dimensions: { readonly [Name in Dimension]: string | null },
  scope: Scope<Dimension> = {},
): boolean {
  return Object.entries(scope).every(
    ([name, value]) => value === undefined || dimensions[name as Dimension] === (value as string | null),
  );
}

export function compareGroups(one: Omit<Group, 'sums'>, other: Omit<Group, 'sums'>): number {
  if (one.start !== other.start) return one.start - other.start;
  for (const [index, key] of one.by.entries()) {
    const order = compareKeys(key, other.by[index] ?? null);
    if (order !== 0) return order;
  }
  return (one.slot ?? 0) - (other.slot ?? 0);
}

/** Order of keys: by code unit, null last. */
export function compareKeys(one: string | null, other: string | null): number {
  if (one === other) return 0;
  if (one === null) return 1;
  if (other === null) return -1;
  return one < other ? -1 : 1;
}

export function found<Value>(values: ReadonlyMap<string, Value>, key: string): Value {
  const value = values.get(key);
  assert(value !== undefined, `${key} was stored before it is referred to`);
  return value;
}

import type { ExportedDimensions } from '../store.ts';
import { ENGINE_FAMILY, GPU_FAMILY, type Family } from './rows.ts';

/**
 * What is alike: GPUs of one site, pool and product; engines of one site, pool, model, version and tenant; placements on
 * engines that are alike. A large fleet's minutes are kept for these, its hours for each thing. Each group goes by the
 * lowest number in it.
 */
export type FactGroups = {
  readonly seats: ReadonlyMap<number, number>;
  readonly spans: ReadonlyMap<number, number>;
  readonly placements: ReadonlyMap<number, number>;
};

export function groupsOf({ seats, spans, placements }: ExportedDimensions): FactGroups {
  const spanGroups = alike(
    spans.map(({ id, value }) => {
      const { site, pool, model, kind, version, tenant, role } = value;
      return [id, JSON.stringify([site, pool, model, kind, version, tenant, role])];
    }),
  );
  const groupOfSpan = new Map(spans.map(({ id, value }) => [value.key, spanGroups.get(id) ?? id]));
  return {
    seats: alike(seats.map(({ id, value: { site, pool, sku } }) => [id, JSON.stringify([site, pool, sku])])),
    spans: spanGroups,
    placements: alike(
      placements.map(({ id, value }) => {
        const members = value.members.map(({ engineSpan, share }) =>
          JSON.stringify([engineSpan === null ? null : (groupOfSpan.get(engineSpan) ?? null), share]),
        );
        return [id, members.toSorted().join(' ')];
      }),
    ),
  };
}

function alike(named: readonly (readonly [number, string])[]): ReadonlyMap<number, number> {
  const lowest = new Map<string, number>();
  for (const [id, name] of named) lowest.set(name, Math.min(id, lowest.get(name) ?? id));
  return new Map(named.map(([id, name]) => [id, lowest.get(name) ?? id]));
}

/** A family whose minutes can be kept by group. */
export type GroupedFamily = {
  readonly family: Family;
  /** Columns whose minutes are kept: what unit costs rest on. Others go through an hour as the observed seconds do. */
  readonly profiled: readonly string[];
};

const GPU_PROFILED = [
  'observed_seconds',
  'bridged_seconds',
  'energy_joules',
  'energy_integrated_joules',
  'energy_seconds',
];

const ENGINE_PROFILED = ['observed_seconds', 'bridged_seconds', 'input_tokens', 'cached_tokens', 'output_tokens'];

export const GROUPED_FAMILIES: readonly GroupedFamily[] = [
  { family: GPU_FAMILY, profiled: GPU_PROFILED },
  { family: ENGINE_FAMILY, profiled: ENGINE_PROFILED },
];

export function groupTableOf({ name }: Family): string {
  return `${name}_group_minute`;
}

/** The groups of a key column; null where each value is a group of its own. */
export function groupsOfKey(key: string, { seats, spans, placements }: FactGroups): ReadonlyMap<number, number> | null {
  if (key === 'seat_id') return seats;
  if (key === 'placement_id') return placements;
  return key === 'engine_span_id' ? spans : null;
}

/** A map of numbers as a table of two columns, `id` and `alike`. */
export function mapSql(map: ReadonlyMap<number, number>): string {
  if (map.size === 0) return '(SELECT 0 AS id, 0 AS alike WHERE false)';
  return `(SELECT * FROM (VALUES ${[...map].map(([id, group]) => `(${id}, ${group})`).join(', ')}) map(id, alike))`;
}

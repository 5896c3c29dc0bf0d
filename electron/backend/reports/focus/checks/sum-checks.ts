import { sumOf } from '#shared/lib/sum.ts';
import { CHARGE_USES, type ChargeCapacity } from '#shared/model/charge-row.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { writtenName } from '../focus-rows.ts';
import type { FocusContext } from '../focus-settings.ts';
import { instantText } from '../focus-text.ts';
import { isSame, numberOf, wrongLines, type FocusCheck, type ReadRow, type ReadTable } from './checked-export.ts';

const isOfMonth = (row: ReadRow): boolean => row.ChargeCategory === 'Usage' && (row.ChargeClass ?? null) === null;
const isTime = (row: ReadRow): boolean => isOfMonth(row) && (row.x_GpuCount ?? null) !== null;
const isNotThere = (row: ReadRow): boolean => row.x_UtilisationClass === 'unused-commitment';

function total(rows: readonly ReadRow[], name: Parameters<typeof numberOf>[1]): number {
  return sumOf(rows, (row) => numberOf(row, name));
}

/** A place and charge period, as both the file and the ledger's capacity name it. */
function placeKey(
  start: string | null | undefined,
  site: string | null | undefined,
  pool: string | null | undefined,
): string {
  return JSON.stringify([start ?? null, site ?? null, pool ?? null]);
}

function capacityKey({ period, site, pool }: ChargeCapacity, { settings }: FocusContext): string {
  return placeKey(instantText(period.from), writtenName(site, settings), writtenName(pool, settings));
}

const DAY_HOURS = 24;
const HOUR_MS = 3_600_000;

/** Charge periods that leave a gap or overlap, or are no days. */
function untiled(table: ReadTable, zone: string): string[] {
  const ends = new Map<string, string>();
  for (const row of table.rows.filter(isOfMonth)) ends.set(`${row.ChargePeriodStart}`, `${row.ChargePeriodEnd}`);
  const periods = [...ends].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return periods.flatMap(([start, end], index) => {
    const next = periods[index + 1]?.[0];
    const hours = (Date.parse(end) - Date.parse(start)) / HOUR_MS;
    const isDay = hours === DAY_HOURS || (zone !== 'UTC' && Math.abs(hours - DAY_HOURS) <= 1);
    return [
      ...(next !== undefined && next !== end
        ? [`the day from ${start} ends at ${end}, and the next begins at ${next}`]
        : []),
      ...(isDay ? [] : [`the day from ${start} has ${hours} h`]),
    ];
  });
}

/** What no two rows have in common. */
const GRAIN = [
  'ChargePeriodStart',
  'RegionName',
  'x_NodePool',
  'x_Model',
  'x_Tenant',
  'x_EngineVersion',
  'x_UtilisationClass',
  'SkuPriceId',
  'CommitmentDiscountId',
  'ChargeClass',
  'ChargeCategory',
] as const;

/** Counts are whole, save at the edge of a window: less than this is the rounding of their sums. */
const HALF_TOKEN = 0.5;

export const SUM_CHECKS: readonly FocusCheck[] = [
  {
    id: 'FX-03',
    title: 'Days tile the time, and every pool has GPU time on each of them',
    find: (table, { ledger, context }) => {
      const told = new Set(
        table.rows.filter(isTime).map((row) => placeKey(row.ChargePeriodStart, row.RegionName, row.x_NodePool)),
      );
      const ends = Map.groupBy(table.rows.filter(isOfMonth), (row) => row.ChargePeriodStart);
      return [
        ...untiled(table, context.zone),
        ...[...ends].flatMap(([start, rows]) =>
          new Set(rows.map((row) => row.ChargePeriodEnd)).size > 1
            ? [`charges from ${start} end at different times`]
            : [],
        ),
        ...ledger.capacity
          .filter((one) => !told.has(capacityKey(one, context)))
          .map(({ day, pool }) => `no GPU time of pool ${pool ?? '(none)'} on ${day}`),
      ];
    },
  },
  {
    id: 'FX-07',
    title: 'Costs are the exact product of price and quantity, save of corrections',
    find: (table) =>
      wrongLines(
        table,
        (row) => {
          if ((row.ChargeClass ?? null) !== null) return false;
          const cost = numberOf(row, 'ListUnitPrice') * numberOf(row, 'PricingQuantity');
          const isEffective = row.ChargeCategory === 'Purchase' || numberOf(row, 'EffectiveCost') === cost;
          return numberOf(row, 'ListCost') !== cost || numberOf(row, 'ContractedCost') !== cost || !isEffective;
        },
        'the cost is not price x quantity',
      ),
  },
  {
    id: 'FX-09',
    title: 'Each price belongs to one SKU, each service to one category',
    find: ({ rows }) =>
      (
        [
          ['SkuPriceId', 'SkuId'],
          ['ServiceName', 'ServiceCategory'],
          ['ServiceName', 'ServiceSubcategory'],
          ['CommitmentDiscountId', 'CommitmentDiscountName'],
        ] as const
      ).flatMap(([of, has]) =>
        [...Map.groupBy(rows, (row) => row[of] ?? null)]
          .filter(([value, list]) => value !== null && new Set(list.map((row) => row[has])).size > 1)
          .map(([value]) => `${of} ${value} has more than one ${has}`),
      ),
  },
  {
    id: 'FX-11',
    title: 'No two rows are of the same day, place, use, price and class',
    find: ({ rows }) => {
      const keys = rows.map((row) => JSON.stringify(GRAIN.map((name) => row[name])));
      const seen = new Set<string>();
      return keys.flatMap((key, index) => {
        const isSecond = seen.has(key);
        seen.add(key);
        return isSecond ? [`line ${index + 2} repeats an earlier one`] : [];
      });
    },
  },
  {
    id: 'FX-12',
    title: 'The tokens of the file are those that engines counted, to the last one',
    find: ({ rows }, { sources }) => {
      const bearers = rows.filter((row) => isOfMonth(row) && row.ConsumedUnit === 'Tokens');
      const consumed = total(bearers, 'ConsumedQuantity');
      const byClass = total(bearers, 'x_InputTokens') + total(bearers, 'x_OutputTokens');
      return [consumed, byClass]
        .filter((count) => Math.abs(count - sources.tokens) >= HALF_TOKEN)
        .map((count) => `${count} tokens in the file, ${sources.tokens} counted`);
    },
    note: (_table, { sources }) => `${Math.round(sources.tokens)} tokens`,
  },
  {
    id: 'FX-13',
    title: 'GPU-hours of the five uses add to the capacity of each pool and day, within 1 s per GPU',
    find: ({ rows }, { ledger, context }) => {
      const time = rows.filter((row) => isTime(row) && !isNotThere(row));
      const unknown = time.filter((row) => !(CHARGE_USES as readonly string[]).includes(`${row.x_UtilisationClass}`));
      const hours = Map.groupBy(time, (row) => placeKey(row.ChargePeriodStart, row.RegionName, row.x_NodePool));
      return [
        ...unknown.map((row) => `${row.x_UtilisationClass} is no use of GPU time`),
        ...ledger.capacity.flatMap((one) => {
          const told = total(hours.get(capacityKey(one, context)) ?? [], 'PricingQuantity');
          const owned = one.coverage.expectedSeconds / SECONDS_PER_HOUR;
          const gpus = Math.max(1, owned / DAY_HOURS);
          return Math.abs(told - owned) * SECONDS_PER_HOUR <= gpus
            ? []
            : [`${told} GPU-h of pool ${one.pool ?? '(none)'} on ${one.day}, of ${owned}`];
        }),
      ];
    },
  },
  {
    id: 'FX-14',
    title: 'The energy of the file is the energy that was measured; time that nobody saw has none made up',
    find: ({ rows }, { sources }) => {
      const energy = rows.filter((row) => isOfMonth(row) && (row.x_ItKilowattHours ?? null) !== null);
      const told = total(energy, 'PricingQuantity');
      const unseen = energy.filter((row) => row.x_UtilisationClass === 'unobserved');
      return [
        ...(isSame(told, sources.kilowattHours) ? [] : [`${told} kWh in the file, ${sources.kilowattHours} measured`]),
        ...(unseen.length > 0 && !sources.hasBridged ? ['unobserved time has energy that no counter told'] : []),
      ];
    },
  },
  {
    id: 'FX-15',
    title: 'The effective cost of the file is the total of the ledger and the cost that the fleet shows',
    find: ({ rows }, { ledger, sources, corrections }) => {
      const told = total(rows.filter(isOfMonth), 'EffectiveCost');
      const corrected = total(
        rows.filter((row) => row.ChargeClass === 'Correction'),
        'EffectiveCost',
      );
      const wanted = sumOf(corrections, ({ cost }) => cost ?? 0);
      return [
        ...(ledger.total === null
          ? [`no price for ${ledger.unpriced.join(', ')}: what it costs is not in the file`]
          : []),
        ...(ledger.total === null || isSame(told, ledger.total)
          ? []
          : [`${told} USD in the file, ${ledger.total} in the ledger`]),
        ...(sources.spend === null || isSame(told, sources.spend)
          ? []
          : [`${told} USD in the file, ${sources.spend} shown`]),
        ...(isSame(corrected, wanted) ? [] : [`${corrected} USD of corrections in the file, ${wanted} meant`]),
      ];
    },
    note: (_table, { ledger }) => `${ledger.total ?? 0} USD`,
  },
  {
    id: 'FX-16',
    title: 'Used and unused hours of each commitment are the committed ones of the day, at their price',
    find: ({ rows }, { ledger, context }) =>
      ledger.commitments.flatMap(({ id, days }) => {
        const own = rows.filter((row) => isOfMonth(row) && row.CommitmentDiscountId === id);
        const wanted = Map.groupBy(days, ({ day }) => day);
        const told = Map.groupBy(own, (row) => dayOf(row, context.zone));
        const cost = sumOf(days, ({ gpuHours, unitPrice }) => gpuHours * unitPrice);
        const effective = total(own, 'EffectiveCost');
        return [
          ...[...wanted].flatMap(([day, list]) => {
            const hours = sumOf(list, ({ gpuHours }) => gpuHours);
            const used = total(told.get(day) ?? [], 'CommitmentDiscountQuantity');
            return isSame(used, hours) ? [] : [`${id} on ${day}: ${used} GPU-h of ${hours}`];
          }),
          ...(isSame(effective, cost) ? [] : [`${id}: ${effective} USD of ${cost}`]),
        ];
      }),
  },
];

function dayOf(row: ReadRow, zone: string): string {
  return formatInstant(Date.parse(`${row.ChargePeriodStart}`), zone, 'date');
}

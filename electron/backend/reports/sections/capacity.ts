import { chargedCost, chargedEnergy, chargedGpuHours, ratioOf } from '#shared/cost/charges/charge-sums.ts';
import { sumOf } from '#shared/lib/sum.ts';
import { CHARGE_USES, type ChargeLedger, type ChargeRow, type ChargeUse } from '#shared/model/charge-row.ts';
import type { ReportCell, ReportChart, ReportSection, ReportTable } from '#shared/model/report.ts';
import type { TimeClass } from '#shared/model/report-drawing.ts';
import type { ReportMaterial } from '../material/report-material.ts';
import { addedColumn, plainColumn, sectionOf, tableOf, textColumn } from './tables.ts';
import { dollars, percent, USE_MEANINGS, USE_WORDS, WASTE_USES } from './words.ts';

/** The five uses that every GPU-second lies in exactly one of. */
const TIME_USES = ['serving', 'loaded-quiet', 'idle', 'unavailable', 'unobserved'] as const satisfies ChargeUse[];

const TIME_CLASSES: Readonly<Record<(typeof TIME_USES)[number], TimeClass>> = {
  serving: 'serving',
  'loaded-quiet': 'quiet',
  idle: 'idle',
  unavailable: 'down',
  unobserved: 'unseen',
};

const ACTIONS_MAX = 5;
/** More pools than this have bars too narrow to be read. */
const CHART_POOLS_MAX = 16;

/** What GPU time went into, what of it was wasted, and what could be done. */
export function capacitySection(material: ReportMaterial): ReportSection {
  const { ledger } = material;
  const head = { id: 'capacity', title: 'Capacity and waste' };
  const pools = poolRows(ledger);
  if (pools.length === 0) return sectionOf({ ...head, emptyReason: 'No GPU was in the fleet in this time.' });
  const waste = chargedCost(ledger.rows.filter(({ use }) => WASTE_USES.includes(use)));
  return sectionOf({
    ...head,
    lead: [
      `${percent(
        ratioOf(
          hoursOf(ledger.rows, 'serving'),
          sumOf(TIME_USES, (use) => hoursOf(ledger.rows, use)),
        ),
      )} of the GPU time served. Time that could have and did not cost ${dollars(waste)}.`,
    ],
    charts: [...poolChart(pools), ...weekChart(material)],
    tables: [poolTable(ledger, pools), wasteTable(ledger), weekTable(material), actionTable(material)],
    notes: [
      ...(material.idle.suggestionsNote === null ? [] : [material.idle.suggestionsNote]),
      ...material.idle.recoverable.notes,
    ],
  });
}

type PoolRows = { readonly pool: string; readonly rows: readonly ChargeRow[] };

const NO_POOL = 'no pool';

export function poolRows({ rows }: ChargeLedger): readonly PoolRows[] {
  return [...Map.groupBy(rows, ({ pool }) => pool)]
    .map(([pool, list]) => ({ pool: pool ?? NO_POOL, rows: list }))
    .toSorted(
      (one, other) => chargedGpuHours(other.rows) - chargedGpuHours(one.rows) || (one.pool < other.pool ? -1 : 1),
    );
}

function hoursOf(rows: readonly ChargeRow[], use: ChargeUse): number {
  return chargedGpuHours(rows.filter((row) => row.use === use));
}

function poolTable(ledger: ChargeLedger, pools: readonly PoolRows[]): ReportTable {
  return tableOf({
    id: 'pools',
    title: 'GPU time and cost by pool',
    note: 'Every GPU-second lies in exactly one class; the classes add to the GPU time that is owned.',
    columns: [
      textColumn('pool', 'Pool'),
      addedColumn('capacity', 'Capacity', 'gpu-hours'),
      ...TIME_USES.map((use) => addedColumn(use, USE_WORDS[use], 'gpu-hours')),
      addedColumn('energy', 'Energy', 'kwh'),
      addedColumn('cost', 'Cost', 'usd'),
    ],
    rows: pools.map(({ pool, rows }): ReportCell[] => [
      pool,
      sumOf(TIME_USES, (use) => hoursOf(rows, use)),
      ...TIME_USES.map((use) => hoursOf(rows, use)),
      chargedEnergy(rows),
      chargedCost(rows),
    ]),
    total: { cost: chargedCost(ledger.rows) },
    totalName: 'All pools',
  });
}

function wasteTable({ rows }: ChargeLedger): ReportTable {
  const total = chargedCost(rows);
  return tableOf({
    id: 'waste',
    title: 'Cost by use of GPU time',
    columns: [
      textColumn('use', 'Use'),
      addedColumn('gpu-hours', 'GPU time', 'gpu-hours'),
      addedColumn('energy', 'Energy', 'kwh'),
      addedColumn('cost', 'Cost', 'usd'),
      plainColumn('share', 'Share', 'ratio'),
      plainColumn('is-waste', 'Waste', 'flag'),
      textColumn('meaning', 'What it is'),
    ],
    rows: CHARGE_USES.flatMap((use): ReportCell[][] => {
      const list = rows.filter((row) => row.use === use);
      if (list.length === 0) return [];
      const cost = chargedCost(list);
      return [
        [
          USE_WORDS[use],
          chargedGpuHours(list),
          chargedEnergy(list),
          cost,
          ratioOf(cost, total),
          WASTE_USES.includes(use),
          USE_MEANINGS[use],
        ],
      ];
    }),
    total: { cost: total, share: total === null ? null : 1 },
  });
}

function poolChart(pools: readonly PoolRows[]): readonly ReportChart[] {
  const shown = pools.slice(0, CHART_POOLS_MAX);
  const left = pools.length - shown.length;
  return [
    {
      id: 'pools',
      title: `GPU-hours by class and pool${left > 0 ? `: the ${CHART_POOLS_MAX} largest, and ${left} more in the table` : ''}`,
      alt: 'Stacked bars of GPU-hours by class, one bar for each pool.',
      tableId: 'pools',
      drawing: {
        kind: 'stack',
        labels: shown.map(({ pool }) => pool),
        layers: TIME_USES.map((use) => ({
          key: TIME_CLASSES[use],
          name: USE_WORDS[use],
          values: shown.map(({ rows }) => hoursOf(rows, use)),
        })),
      },
    },
  ];
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function weekShare({ idle }: ReportMaterial, weekday: number, hour: number): number | null {
  const found = idle.hoursOfWeek.find((one) => one.weekday === weekday && one.hour === hour);
  return found === undefined || found.allGpuHours === 0 ? null : found.gpuHours / found.allGpuHours;
}

function weekChart(material: ReportMaterial): readonly ReportChart[] {
  return [
    {
      id: 'week',
      title: `Idle share of GPU time by hour of the week, percent, ${material.idle.zone}`,
      alt: 'A map of the hours of the week: the darker an hour, the more of its GPU time was idle.',
      tableId: 'idle-week',
      drawing: {
        kind: 'week',
        values: WEEKDAYS.map((_, day) => Array.from({ length: 24 }, (_, hour) => weekShare(material, day, hour))),
      },
    },
  ];
}

/** The days of the week as a whole; the hours are in the picture. */
function weekTable({ idle }: ReportMaterial): ReportTable {
  return tableOf({
    id: 'idle-week',
    title: 'Idle by day of the week',
    columns: [
      textColumn('day', 'Day'),
      addedColumn('idle', 'Idle', 'gpu-hours'),
      addedColumn('all', 'All', 'gpu-hours'),
      plainColumn('share', 'Share', 'ratio'),
      addedColumn('usd', 'Cost of idle', 'usd'),
    ],
    rows: WEEKDAYS.map((day, index): ReportCell[] => {
      const hours = idle.hoursOfWeek.filter(({ weekday }) => weekday === index);
      const [idleHours, all] = [sumOf(hours, (one) => one.gpuHours), sumOf(hours, (one) => one.allGpuHours)];
      const isPriced = hours.every(({ usd }) => usd !== null);
      return [day, idleHours, all, ratioOf(idleHours, all), isPriced ? sumOf(hours, ({ usd }) => usd ?? 0) : null];
    }),
    total: {
      share: ratioOf(
        sumOf(idle.hoursOfWeek, (one) => one.gpuHours),
        sumOf(idle.hoursOfWeek, (one) => one.allGpuHours),
      ),
      usd: idle.waste.value,
    },
  });
}

function actionTable({ idle }: ReportMaterial): ReportTable {
  const shown = idle.suggestions.slice(0, ACTIONS_MAX);
  const left = idle.suggestions.length - shown.length;
  return tableOf({
    id: 'actions',
    title: 'What could be given back',
    note:
      shown.length === 0
        ? 'No schedule held on enough days to be suggested.'
        : `An opportunity, not a saving: nothing is saved until it is done.${left > 0 ? ` ${left} smaller ones are on the Idle screen.` : ''}`,
    columns: [
      textColumn('what', 'Schedule'),
      textColumn('where', 'Where'),
      plainColumn('gpus', 'GPUs', 'count'),
      plainColumn('usd', 'A month', 'usd'),
      plainColumn('days', 'Held on days', 'count'),
    ],
    rows: shown.map((one): ReportCell[] => [
      one.title,
      [one.deployment?.model, one.pool].filter((part) => typeof part === 'string').join(', ') || one.sku,
      one.gpus,
      one.usdPerMonth.value,
      one.days,
    ]),
    total: null,
  });
}

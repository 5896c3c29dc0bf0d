import { addCoverage } from '#backend/answers/priced-group.ts';
import { ratioOf } from '#shared/cost/charges/charge-sums.ts';
import type { ChargeCapacity } from '#shared/model/charge-row.ts';
import type { FleetEventKind } from '#shared/model/fact.ts';
import type { ReportCell, ReportSection, ReportTable } from '#shared/model/report.ts';
import { secondsOf } from '#shared/time/time-range.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import type { ReportMaterial } from '../material/report-material.ts';
import { addedColumn, plainColumn, sectionOf, tableOf, textColumn } from './tables.ts';
import { percent } from './words.ts';

/** How complete the data is that all figures rest on. */
export function qualitySection(material: ReportMaterial): ReportSection {
  const { ledger, known, period, spend } = material;
  const all = addCoverage(ledger.capacity.map(({ coverage }) => coverage));
  const missing = secondsOf(period.window) - secondsOf(known);
  return sectionOf({
    id: 'quality',
    title: 'Data quality',
    lead: [
      `${percent(ratioOf(all.observedSeconds, all.expectedSeconds))} of the GPU time that is owned was observed, from ${formatInstant(known.from, period.zone, 'input')} to ${formatInstant(known.to, period.zone, 'input')} ${period.zone}.`,
      ...(missing > 1
        ? [
            `${(missing / SECONDS_PER_HOUR).toFixed(1)} hours of the asked time lie before the first or after the last fact: nothing is charged for them.`,
          ]
        : []),
    ],
    tables: [poolTable(ledger.capacity), coverageTable(ledger.capacity), eventTable(material)],
    notes: spend.notes,
  });
}

function poolTable(capacity: readonly ChargeCapacity[]): ReportTable {
  const pools = [...Map.groupBy(capacity, ({ pool }) => pool ?? 'no pool')].toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  );
  return tableOf({
    id: 'coverage-pools',
    title: 'Coverage by pool',
    columns: [
      textColumn('pool', 'Pool'),
      addedColumn('owned', 'Owned', 'gpu-hours'),
      addedColumn('observed', 'Observed', 'gpu-hours'),
      plainColumn('coverage', 'Coverage', 'ratio'),
      textColumn('worst', 'Worst day'),
      plainColumn('worst-coverage', 'Coverage then', 'ratio'),
    ],
    rows: pools.map(([pool, list]): ReportCell[] => {
      const { observedSeconds, expectedSeconds } = addCoverage(list.map(({ coverage }) => coverage));
      const worst = worstDay(list);
      return [
        pool,
        expectedSeconds / SECONDS_PER_HOUR,
        observedSeconds / SECONDS_PER_HOUR,
        ratioOf(observedSeconds, expectedSeconds),
        worst?.day ?? null,
        worst?.coverage ?? null,
      ];
    }),
    total: coverageTotals(capacity),
    totalName: 'All pools',
  });
}

function coverageTotals(capacity: readonly ChargeCapacity[]): Readonly<Record<string, ReportCell>> {
  const { observedSeconds, expectedSeconds } = addCoverage(capacity.map(({ coverage }) => coverage));
  return { coverage: ratioOf(observedSeconds, expectedSeconds) };
}

/** The day that was observed least; null where all were observed whole. */
function worstDay(list: readonly ChargeCapacity[]): { readonly day: string; readonly coverage: number } | null {
  const days = dayCoverage(list).flatMap(({ day, coverage }) =>
    coverage === null || coverage >= 1 ? [] : [{ day, coverage }],
  );
  return days.toSorted((one, other) => one.coverage - other.coverage || (one.day < other.day ? -1 : 1))[0] ?? null;
}

function dayCoverage(list: readonly ChargeCapacity[]) {
  return [...Map.groupBy(list, ({ day }) => day)].map(([day, ofDay]) => {
    const { observedSeconds, expectedSeconds } = addCoverage(ofDay.map(({ coverage }) => coverage));
    return { day, observedSeconds, expectedSeconds, coverage: ratioOf(observedSeconds, expectedSeconds) };
  });
}

/** Day by day over all pools; the workbook has each pool in its daily table. */
function coverageTable(capacity: readonly ChargeCapacity[]): ReportTable {
  return tableOf({
    id: 'coverage-days',
    title: 'Coverage by day',
    columns: [
      plainColumn('day', 'Day', 'day'),
      addedColumn('owned', 'Owned', 'gpu-hours'),
      addedColumn('observed', 'Observed', 'gpu-hours'),
      plainColumn('coverage', 'Coverage', 'ratio'),
    ],
    rows: dayCoverage(capacity)
      .toSorted((one, other) => (one.day < other.day ? -1 : 1))
      .map((one): ReportCell[] => [
        one.day,
        one.expectedSeconds / SECONDS_PER_HOUR,
        one.observedSeconds / SECONDS_PER_HOUR,
        one.coverage,
      ]),
    total: coverageTotals(capacity),
  });
}

const HANDLED: readonly { readonly kind: FleetEventKind; readonly words: string }[] = [
  {
    kind: 'engine-restarted',
    words: 'Counters that began anew: counted from their new start, nothing is guessed between',
  },
  { kind: 'counter-held-out', words: 'Counters held out because they could not be true' },
  { kind: 'clock-stepped', words: 'Clocks of sources that stepped' },
  { kind: 'node-changed', words: 'GPUs that changed their node' },
  { kind: 'price-changed', words: 'Prices that changed; each holds for its own time' },
];

function eventTable({ events }: ReportMaterial): ReportTable {
  return tableOf({
    id: 'handled',
    title: 'What was handled',
    columns: [textColumn('what', 'What'), plainColumn('times', 'Times', 'count')],
    rows: HANDLED.map(({ kind, words }): ReportCell[] => [words, events.filter((event) => event.kind === kind).length]),
    total: null,
  });
}

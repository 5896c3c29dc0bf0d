import { labelsOf, locationOf, type Labels } from '../label-reader.ts';
import type { Location } from '#shared/model/gpu.ts';
import type { GpuOrigin, GpuWorkload } from '#shared/model/sample.ts';
import type { Series } from '../prometheus/series.ts';
import type { GpuField, GpuLabels, GpuReading, GpuTable } from './gpu-table.ts';
import { instanceShares } from './mig-shares.ts';
import { podFinder, workloadsOf, type Holding } from './workloads.ts';

/** A series that holds a reading of a card, or of one of its GPU instances. */
export type Row = { readonly series: number; readonly instance: string | null };

/** The metric that a reading of a card comes from, and its rows. */
export type Slot = { readonly field: GpuField; readonly rows: readonly Row[] };

/** Where the readings of one card stand in a list of series, and what their labels say of it. */
export type CardPlan = {
  readonly gpu: string;
  readonly origin: GpuOrigin;
  readonly labels: GpuLabels;
  readonly location: Location;
  readonly workloads: readonly GpuWorkload[];
  /** Share of the card's compute by GPU instance; empty where the card is not divided. */
  readonly instances: ReadonlyMap<string, number>;
  /** Numbers of all series of the card. */
  readonly rows: readonly number[];
  readonly slots: { readonly [Reading in GpuReading]?: Slot };
  readonly isBlank: (value: number) => boolean;
};

/** The cards that one exporter's metrics name in a list of series. */
export function cardPlans(
  table: GpuTable,
  series: readonly Series[],
  targetLabels: Readonly<Record<string, string>>,
): CardPlan[] {
  const found = rowsOf(table, series);
  const cards = Map.groupBy(found, ({ gpu }) => gpu);
  const infos = infosOf(table, series);
  const podOf = podFinder(found.some(({ own }) => own('exported_pod') !== null));
  return [...cards].map(([gpu, rows]) => {
    const first = series[rows[0]?.series ?? -1]?.labels ?? new Map<string, string>();
    const ofSeries = labelsOf(first, targetLabels);
    const info = infos.get(gpu);
    const labels = table.labelsOf(info === undefined ? ofSeries : (name) => info(name) ?? ofSeries(name));
    const instances = instanceShares(instancesOf(rows), labels.sku);
    const holdings = rows.flatMap(({ own, instance }): Holding[] => {
      const pod = podOf(own);
      return pod === null ? [] : [{ ...pod, instance }];
    });
    return {
      gpu,
      origin: table.origin,
      labels,
      location: locationOf(ofSeries),
      workloads: workloadsOf(holdings, instances),
      instances,
      rows: rows.map((row) => row.series),
      slots: slotsOf(table, rows),
      isBlank: table.isBlank,
    };
  });
}

type FoundRow = Row & { readonly gpu: string; readonly field: GpuField; readonly own: Labels };

/** Rows of the table's metrics that name a card, by preference of their metric. */
function rowsOf(table: GpuTable, series: readonly Series[]): FoundRow[] {
  const seriesByName = Map.groupBy(series.keys(), (index) => series[index]?.name ?? '');
  return table.fields.flatMap((field) =>
    (seriesByName.get(field.name) ?? []).flatMap((index) => {
      const own = labelsOf(series[index]?.labels ?? new Map(), {});
      const gpu = table.uuidOf(own);
      return gpu === null ? [] : [{ series: index, instance: own('GPU_I_ID'), gpu, field, own }];
    }),
  );
}

function infosOf(table: GpuTable, series: readonly Series[]): ReadonlyMap<string, Labels> {
  const infos = new Map<string, Labels>();
  for (const { name, labels } of series) {
    if (name !== table.infoMetric) continue;
    const own = labelsOf(labels, {});
    const gpu = table.uuidOf(own);
    if (gpu !== null) infos.set(gpu, own);
  }
  return infos;
}

function instancesOf(rows: readonly FoundRow[]): { readonly id: string; readonly profile: string | null }[] {
  const profiles = new Map<string, string | null>();
  for (const { instance, own } of rows) if (instance !== null) profiles.set(instance, own('GPU_I_PROFILE'));
  return [...profiles].map(([id, profile]) => ({ id, profile }));
}

/** Each reading from its preferred metric; rows of the whole card where there are some, else those of its instances. */
function slotsOf(table: GpuTable, rows: readonly FoundRow[]): CardPlan['slots'] {
  const slots: { [Reading in GpuReading]?: Slot } = {};
  const rowsByField = Map.groupBy(rows, ({ field }) => field);
  for (const field of table.fields) {
    const ofField = rowsByField.get(field);
    if (ofField === undefined || slots[field.reading] !== undefined) continue;
    const whole = ofField.filter(({ instance }) => instance === null);
    slots[field.reading] = { field, rows: whole.length > 0 ? whole : ofField };
  }
  return slots;
}

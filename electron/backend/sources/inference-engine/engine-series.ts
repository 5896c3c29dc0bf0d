import { labelsOf, type Labels } from '../label-reader.ts';
import type { Series } from '../prometheus/series.ts';
import { metricsOf, type CounterName, type EngineTable, type SeriesName } from './engine-table.ts';

/** The series of one target, by number, with a way to look them up by metric and label. */
export type TargetSeries = {
  readonly names: ReadonlySet<string>;
  readonly ofMetric: (name: string) => readonly number[];
  readonly labelsAt: (index: number) => Labels;
  /** The series's own TYPE is no gauge: names that end like a counter's may be one (`_total` says nothing). */
  readonly mayCount: (index: number) => boolean;
  /** The label that names whom an engine serves; null: its namespace. */
  readonly tenantLabel: string | null;
};

export function targetSeries(
  series: readonly Series[],
  targetLabels: Readonly<Record<string, string>>,
  tenantLabel: string | null = null,
): TargetSeries {
  const byName = Map.groupBy(series.keys(), (index) => series[index]?.name ?? '');
  return {
    names: new Set(byName.keys()),
    ofMetric: (name) => byName.get(name) ?? [],
    labelsAt: (index) => labelsOf(series[index]?.labels ?? new Map(), targetLabels),
    mayCount: (index) => series[index]?.kind !== 'gauge',
    tenantLabel,
  };
}

/** The series of one model: what a table's names mean in this target. */
export type ModelSeries = {
  /** The series of a metric, each whole once. */
  readonly ofMetric: (name: string) => readonly number[];
  readonly ofGauge: (names: readonly SeriesName[]) => readonly number[];
  readonly ofCounter: (names: readonly CounterName[]) => readonly number[];
  readonly labelsAt: (index: number) => Labels;
};

export function modelSeries(table: EngineTable, target: TargetSeries, model: string | null): ModelSeries {
  const { labelsAt } = target;
  const ofMetric = (name: string): readonly number[] => {
    const ofModel = target.ofMetric(name).filter((index) => modelAt(table, labelsAt(index)) === model);
    let kept: readonly number[] = ofModel;
    for (const [label, whole] of Object.entries(table.wholes)) kept = wholesOf(kept, { label, whole }, labelsAt);
    return kept;
  };
  const ofSeries = (name: SeriesName): readonly number[] =>
    typeof name === 'string' ? ofMetric(name) : ofMetric(name.name).filter((index) => isMeant(name, labelsAt(index)));
  const ofName = (name: CounterName): readonly number[] =>
    typeof name !== 'string' && 'sumOf' in name ? name.sumOf.flatMap(ofSeries) : ofSeries(name);
  // A metric that is there decides, whatever is left of it: an older one beside it would hold what was left out.
  const firstThere = <Name extends CounterName>(names: readonly Name[]): Name | undefined =>
    names.find((name) => metricsOf(name).some((metric) => ofMetric(metric).length > 0));
  return {
    ofMetric,
    ofGauge: (names) => {
      const name = firstThere(names);
      return name === undefined ? [] : ofSeries(name);
    },
    ofCounter: (names) => {
      const name = firstThere(names);
      if (name === undefined) return [];
      const mayBeGauge = typeof name !== 'string' && 'isGauge' in name;
      return mayBeGauge ? ofName(name) : ofName(name).filter(target.mayCount);
    },
    labelsAt,
  };
}

/** The model that a series names; null where it names none. TensorRT-LLM named none as `undefined` for a while. */
export function modelAt(table: EngineTable, labels: Labels): string | null {
  const named = table.modelLabels.map(labels).find((model) => model !== null) ?? null;
  return named === 'undefined' ? null : named;
}

/** Of series that repeat each other, those that hold the whole; all of them where none does. */
function wholesOf(
  indexes: readonly number[],
  { label, whole }: { readonly label: string; readonly whole: string },
  labelsAt: (index: number) => Labels,
): readonly number[] {
  const kept = indexes.filter((index) => {
    const value = labelsAt(index)(label);
    return value === null || value === whole;
  });
  return kept.length > 0 ? kept : indexes;
}

function isMeant(name: Exclude<SeriesName, string>, labels: Labels): boolean {
  const has = ([label, values]: [string, readonly string[]]): boolean => values.includes(labels(label) ?? '');
  return Object.entries(name.where ?? {}).every(has) && !Object.entries(name.unless ?? {}).some(has);
}
